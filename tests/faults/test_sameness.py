"""The same report elsewhere: the same bytes, and nothing of the machine in them."""

from __future__ import annotations

import os
from pathlib import Path

from tests.faults.project import Report
from tests.faults.sameness import MARK, PLACES, build, differences, leaks


def test_the_same_bytes_elsewhere_and_nothing_of_the_machine(built: Path, tmp_path: Path) -> None:
    here, elsewhere = Report(built.parent), build(PLACES[1], tmp_path)
    assert differences(here.site, elsewhere.site) == []
    assert differences(here.objects, elsewhere.objects) == []
    assert leaks(elsewhere, (MARK, str(tmp_path), os.uname().nodename)) == []
