"""A build about to begin, and what it must lead to: the stage on which things go wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.faults.nursery import Ended, Fault, Nursery
from tests.faults.project import AFTER, FAST, Digests, Report


@dataclass(frozen=True, slots=True)
class Operation:
    """The ``number``-th call of a build and the file that it touches, seen from the report."""

    number: int
    call: str
    path: str

    @property
    def kind(self) -> tuple[str, str]:
        """What it is an example of: the call, and the path without what is numbered or hashed."""
        parts = [re.sub(r"[0-9a-f]{2,}|\d+|(?<=[-.])\w{8}$", "#", p) for p in self.path.split("/")]
        return self.call, "/".join(parts[:3]) + Path(self.path).suffix

    @property
    def is_stand_in(self) -> bool:
        """Whether it is the test's own copying in the place of MkDocs."""
        making = self.call in ("create", "write", "mkdir", "stat", "opendir", "chmod")
        return making and self.path.startswith("build/site.new-")


@dataclass(frozen=True, slots=True)
class Scene:
    """A report before a build, and what that build must lead to.

    ``operations`` are the file operations of the build, where a compiler lets them be counted.
    """

    before: Report
    after: Digests
    objects: Digests
    operations: tuple[Operation, ...]
    prelude: tuple[str, ...]

    @classmethod
    def set(
        cls,
        nursery: Nursery,
        folder: Path,
        *,
        fresh: bool = False,
        prelude: tuple[str, ...] = FAST,
        process: str = "main",
    ) -> Scene:
        """Build a report whose spec was changed since its last build, or a ``fresh`` one."""
        before = Report.new(folder / "before")
        if not fresh:
            _must(nursery.run(*before.command(), prelude=prelude))
        before.spec.write_text(AFTER, encoding="utf-8")
        after = before.copy(folder / "after")
        log = folder / "log"
        fault = Fault(str(after.folder), log=str(log), process=process)
        _must(nursery.run(*after.command(), prelude=prelude, fault=fault))
        operations = tuple(logged(log, after.folder))
        return cls(before, after.site, after.objects, operations, prelude)


def logged(log: Path, folder: Path) -> Iterator[Operation]:
    """What a build did below its folder, as the preloaded library wrote it down."""
    text = log.read_text() if log.exists() else ""
    for line in text.splitlines():
        number, call, path = line.split(" ", 2)
        yield Operation(int(number), call, str(Path(path).relative_to(folder)))


def _must(ended: Ended) -> None:
    if ended.code:
        raise RuntimeError(f"the build itself fails: {ended.err}")
