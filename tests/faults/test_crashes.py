"""A sample of the kills and interrupts that `make torture` tries."""

from __future__ import annotations

from pathlib import Path

from tests.faults.crashes import try_interrupts, try_kills
from tests.faults.nursery import Nursery


def test_a_build_may_be_killed_at_any_moment(crew: tuple[Nursery, ...], tmp_path: Path) -> None:
    """One of each kind: a new report and a changed one, by the clock and at a file operation."""
    assert try_kills(crew, tmp_path, count=4, seed=0) == (4, [])


def test_a_build_may_be_interrupted_at_any_moment(
    crew: tuple[Nursery, ...], tmp_path: Path
) -> None:
    assert try_interrupts(crew, tmp_path, count=4, seed=0) == (4, [])
