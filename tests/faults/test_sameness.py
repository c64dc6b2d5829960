"""The same report elsewhere: the same bytes, and nothing of the machine in them."""

from __future__ import annotations

from pathlib import Path

from tests.faults.sameness import PLACES, build, differences, leaks, own_names


def test_the_same_bytes_elsewhere_and_nothing_of_the_machine(tmp_path: Path) -> None:
    here, elsewhere = (build(place, tmp_path) for place in PLACES)
    assert differences(here.site, elsewhere.site) == []
    assert differences(here.objects, elsewhere.objects) == []
    assert leaks(elsewhere, own_names(tmp_path)) == []
