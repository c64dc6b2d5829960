"""The command line of ``python -m benchmarks``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import matrix
from benchmarks.runner.measure import HOME
from benchmarks.tools import OURS, TOOLS

PHOTOGRAPHS = HOME / "images"


@dataclass(frozen=True, slots=True)
class Asked:
    """The command line."""

    full: bool
    anew: bool
    dry: bool
    add: bool  # to what is committed, without the clock
    filters: dict[str, tuple[int, ...]]
    photographs: Path
    tools: tuple[str, ...]
    seeds: tuple[int, ...]
    own: bool  # other filters or photographs than the page's

    @property
    def units(self) -> list[tuple[str, int]]:
        """Every filter."""
        return matrix.units(self.filters, 10_000)


def parse(arguments: Sequence[str], about: str) -> Asked:
    """The command line as a record; exits with 2 and a sentence where it makes no sense."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=about)
    add = parser.add_argument
    add("--full", action="store_true", help="every filter, seed and peer: days on two cores")
    add("--anew", action="store_true", help="a new run, even if the last one was interrupted")
    add("--dry-run", action="store_true", help="measure nothing; judge and write what there is")
    add("--add", action="store_true", help="pictures to the page's; no time is taken")
    add("--filters", type=_units, action="append", metavar="LAYER:N,N", help="not the page's")
    add("--photographs", type=Path, default=PHOTOGRAPHS, help="a folder, not the page's")
    add("--tools", default=",".join((*OURS, "article code")), help=f"of {', '.join(TOOLS)}")
    add("--seeds", default="0", help="such as 0,1,2")
    found = parser.parse_args(arguments)
    if unknown := set(found.tools.split(",")) - TOOLS.keys():
        parser.error(f"no such tool: {', '.join(sorted(unknown))}")
    if not found.photographs.is_dir():
        parser.error(f"{found.photographs} is no folder")
    return Asked(
        full=found.full,
        anew=found.anew,
        dry=found.dry_run,
        add=found.add,
        filters=dict(found.filters or matrix.FILTERS),
        photographs=found.photographs,
        tools=tuple(found.tools.split(",")),
        seeds=tuple(int(seed) for seed in found.seeds.split(",")),
        own=bool(found.filters) or found.photographs != PHOTOGRAPHS,
    )


def _units(text: str) -> tuple[str, tuple[int, ...]]:
    layer, _, numbers = text.partition(":")
    return layer, tuple(int(number) for number in numbers.split(","))
