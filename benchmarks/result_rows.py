"""What was measured, as committed in ``benchmarks/results``: one line a picture. No torch."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.runner.job import Job
from benchmarks.tools import TOOLS

QUIET = 0.85  # of its cores: with less, a process was kept waiting, and the clock says little
WHOLE = "whole"
MIDDLE = "middle"
Version = Callable[[Job], str]  # of the job's tool: the one that is wanted now


@dataclass(frozen=True, slots=True)
class Row:
    """One picture: who made it, how long it took, what it is worth.

    Attributes
    ----------
    tool, layer, filter, seed, size, budget, take:
        As of the `Job`.
    view:
        What of the file was judged: the whole, or the middle at the magnification at which a tool
        that works on crops optimised it.
    wall, cpu, threads, run, version:
        As of the `Timing`.
    activation:
        Published activation: the mean of the filter's map on the decoded 8-bit file, in fp32.
    rank, of:
        Of the filter among its layer's, each standardised over the photographs; 1 is the best.
    agreement:
        Machine 2AFC; None where it was not measured.
    """

    tool: str
    layer: str
    filter: int
    seed: int
    size: int
    budget: float
    take: int
    view: str
    wall: float
    cpu: float
    threads: int
    run: int
    version: str
    activation: float
    rank: int
    of: int
    agreement: float | None

    @property
    def place(self) -> tuple[str, int, int]:
        """Layer, filter, seed: what other tools' rows must share to be compared with this one."""
        return self.layer, self.filter, self.seed

    @property
    def job(self) -> Job:
        """What was asked for."""
        return Job(self.tool, self.layer, self.filter, self.seed, self.size, self.budget, self.take)

    @property
    def timed(self) -> bool:
        """Whether the clock can be believed: a run of its own, on cores that were free."""
        return bool(self.run) and self.cpu >= QUIET * self.wall * self.threads

    @property
    def seconds(self) -> float:
        """By the clock; for rows that are not ``timed``, the processors' time by the cores."""
        return self.wall if self.timed else self.cpu / self.threads


@dataclass(frozen=True, slots=True)
class Results:
    """All rows of a machine.

    ``machine`` describes it without a name; ``photographs`` says how many there were; ``run`` is
    the number of the last run.
    """

    machine: str
    photographs: int
    run: int
    rows: tuple[Row, ...]

    def has(self, job: Job) -> bool:
        """Whether a picture has been judged."""
        return any(row.job == job for row in self.rows)

    def joined(self, others: Iterable[Row]) -> Results:
        """With other rows, whichever machine made their pictures; of two of a picture, the own."""
        kept = {_identity(row): row for row in (*others, *self.rows)}
        return replace(self, rows=tuple(kept.values()))

    def aged(self, version: Version) -> set[str]:
        """Tools of which another version is wanted now than some rows are of."""
        tools = (row for row in self.rows if row.tool in TOOLS)
        return {row.tool for row in tools if row.version != version(row.job)}

    def untimed(self, photographs: int, version: Version) -> Iterator[Row]:
        """What no later run need make again: same photographs, same version of the tool."""
        if photographs == self.photographs:
            tools = (row for row in self.rows if row.tool in TOOLS and not row.run)
            yield from (row for row in tools if row.version == version(row.job))

    def where(self, **wanted: object) -> Iterator[Row]:
        """Rows whose fields are as given."""
        for row in self.rows:
            if all(getattr(row, name) == value for name, value in wanted.items()):
                yield row


def write(results: Results, path: Path) -> None:
    """One line a row, sorted: a change shows as the lines that changed."""
    lines = ",\n".join(json.dumps(_rounded(row)) for row in _sorted(results.rows))
    head = {name: getattr(results, name) for name in ("machine", "photographs", "run")}
    fields = ",\n".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in head.items())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'{{{fields},\n"rows": [\n{lines}\n]}}\n', encoding="utf-8")


def read(path: Path) -> Results:
    """The inverse of ``write``, to the digits that it keeps."""
    found = json.loads(path.read_text(encoding="utf-8"))
    return Results(**{**found, "rows": tuple(Row(**row) for row in found["rows"])})


def _sorted(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=_identity)


def _identity(row: Row) -> tuple[Any, ...]:
    return *row.place, row.tool, row.size, row.budget, row.take, row.view


def _rounded(row: Row) -> dict[str, Any]:
    digits = {"wall": 2, "cpu": 2, "activation": 2, "agreement": 4}
    return {
        name: round(value, digits[name]) if name in digits and value is not None else value
        for name, value in asdict(row).items()
    }
