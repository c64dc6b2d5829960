"""Where things lie."""

from pathlib import Path

import pytest
from platformdirs import user_cache_path

from generator.system.locations import cache, locations_beside


def test_everything_of_a_report_lies_beside_its_spec(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILTERBOOK_CACHE", "/caches/mine")
    folders = locations_beside(Path("some/where/report.yml"))
    assert folders.work == Path("some/where/build")
    assert folders.site == Path("some/where/site")
    assert folders.store == Path("some/where/.filterbook")
    assert folders.weights == Path("/caches/mine/weights")


def test_the_command_line_may_say_otherwise() -> None:
    folders = locations_beside(Path("report.yml"), out=Path("/www"), store="/fast")
    assert (folders.site, folders.store) == (Path("/www"), Path("/fast"))
    assert folders.work == Path("build")


def test_a_store_at_an_address_is_kept_beside_the_spec_too() -> None:
    folders = locations_beside(Path("here/report.yml"), store="s3://lab/filterbook")
    assert (folders.store, folders.shared) == (Path("here/.filterbook"), "s3://lab/filterbook")
    local = locations_beside(Path("report.yml"), store="file:///fast")
    assert (local.store, local.shared) == (Path("/fast"), "")


@pytest.mark.parametrize("named", [None, ""])
def test_the_cache_is_where_the_system_keeps_caches(
    monkeypatch: pytest.MonkeyPatch, named: str | None
) -> None:
    if named is None:
        monkeypatch.delenv("FILTERBOOK_CACHE", raising=False)
    else:
        monkeypatch.setenv("FILTERBOOK_CACHE", named)
    assert cache() == user_cache_path("filterbook")
