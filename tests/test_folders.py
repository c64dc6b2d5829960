"""Where things lie."""

from pathlib import Path

import pytest
from platformdirs import user_cache_path

from generator.folders import beside, cache


def test_everything_of_a_report_lies_beside_its_spec(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILTERBOOK_CACHE", "/caches/mine")
    folders = beside(Path("some/where/report.yml"))
    assert folders.work == Path("some/where/build")
    assert folders.site == Path("some/where/site")
    assert folders.store == Path("some/where/.filterbook")
    assert folders.weights == Path("/caches/mine/weights")


def test_the_command_line_may_say_otherwise() -> None:
    folders = beside(Path("report.yml"), out=Path("/www"), store=Path("/fast"))
    assert (folders.site, folders.store) == (Path("/www"), Path("/fast"))
    assert folders.work == Path("build")


@pytest.mark.parametrize("named", [None, ""])
def test_the_cache_is_where_the_system_keeps_caches(
    monkeypatch: pytest.MonkeyPatch, named: str | None
) -> None:
    if named is None:
        monkeypatch.delenv("FILTERBOOK_CACHE", raising=False)
    else:
        monkeypatch.setenv("FILTERBOOK_CACHE", named)
    assert cache() == user_cache_path("filterbook")
