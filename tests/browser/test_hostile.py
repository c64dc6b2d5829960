"""A hundred hostile texts in every field of a report, in Chromium: not an element more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import hostility
from tests.browser.hostility import AT_ONCE, Seen, complaints, groups, harmless, look
from tests.faults import project
from tests.faults.nursery import Nursery
from tests.isolation import once


@pytest.fixture(scope="module")
def nursery(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    with project.crew(tmp_path_factory.mktemp("nursery")) as nurseries:
        yield nurseries[0]


@pytest.fixture(scope="module")
def folder(nursery: Nursery, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of all reports, and what was seen of the harmless one."""

    def make(folder: Path) -> None:
        words = harmless(AT_ONCE)
        site = hostility.build(nursery, folder / "report", words, store=folder / "store")
        seen = {name: asdict(each) for name, each in look(browser, site).items()}
        (folder / "seen.json").write_text(json.dumps(seen))

    return once(tmp_path_factory, "hostile", make)


@pytest.fixture(scope="module")
def plain(folder: Path) -> dict[str, Seen]:
    kept = json.loads((folder / "seen.json").read_text())
    seen = {name: Seen(tuple(e["skeleton"]), tuple(e["wrong"])) for name, e in kept.items()}
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
    folder: Path,
):
    place = folder / str(groups().index(texts))
    site = hostility.build(nursery, place, texts, store=folder / "store")
    assert list(complaints(plain, look(browser, site))) == []
