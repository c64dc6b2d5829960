"""A hundred hostile texts in every field of a report, in Chromium: not an element more."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import hostility
from tests.browser.hostility import AT_ONCE, Seen, complaints, groups, harmless, look
from tests.faults import project
from tests.faults.nursery import Nursery


@pytest.fixture(scope="module")
def nursery(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    with project.crew(tmp_path_factory.mktemp("nursery")) as nurseries:
        yield nurseries[0]


@pytest.fixture(scope="module")
def plain(nursery: Nursery, browser: Browser, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("plain")
    seen = look(browser, hostility.build(nursery, folder / "report", harmless(AT_ONCE)))
    assert len(seen) > 40
    assert [each.wrong for each in seen.values() if each.wrong] == []
    return seen


@pytest.mark.timeout(900)  # builds and reads a site each; a busy machine takes minutes
@pytest.mark.parametrize("texts", groups(), ids=range(len(groups())))
def test_no_text_becomes_anything_else(
    texts: tuple[str, ...],
    nursery: Nursery,
    browser: Browser,
    plain: dict[str, Seen],
    tmp_path: Path,
):
    site = hostility.build(nursery, tmp_path / "report", texts)
    assert list(complaints(plain, look(browser, site))) == []
