"""A sample of a long run; `make torture` makes it ten thousand tasks."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.faults.stamina import try_stamina


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
def test_a_long_run_leaves_nothing(tmp_path: Path) -> None:
    assert try_stamina(tmp_path, count=600) == (600, [])
