"""The small report that is made to suffer, and what of it must hold whatever happened."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from generator.store.encoding import DamagedError, check, ledger_tasks
from tests.conftest import SMALL, make_project
from tests.faults.nursery import Nursery
from tests.faults.syscalls import compiler

T = TypeVar("T")
Digests = dict[str, str]
BEFORE = SMALL
AFTER = SMALL.replace("[12, 33]", "[12, 13, 33]").replace("of all kinds", "and other swimmers")
FAST = ("small_network", "plain_pages")


@dataclass(frozen=True, slots=True)
class Report:
    """A report's folder; ``spec`` is its file."""

    folder: Path

    @classmethod
    def new(cls, folder: Path, text: str = BEFORE) -> Report:
        """Write one with its eight photographs."""
        make_project(folder, text)
        return cls(folder)

    def copy(self, to: Path) -> Report:
        """The same elsewhere; what is there is removed."""
        shutil.rmtree(to, ignore_errors=True)
        shutil.copytree(self.folder, to, symlinks=True)
        return Report(to)

    @contextmanager
    def trial(self, folder: Path) -> Iterator[Report]:
        """A copy to spoil, in a new folder: the MkDocs of a killed build may write on in an old."""
        place = Path(tempfile.mkdtemp(dir=folder))
        try:
            yield self.copy(place / "report")
        finally:
            shutil.rmtree(place, ignore_errors=True)

    @property
    def spec(self) -> Path:
        return self.folder / "report.yml"

    @property
    def site(self) -> Digests:
        """The site's files with their digests."""
        return digests(self.folder / "site")

    @property
    def objects(self) -> Digests:
        """Everything in the store but its lock."""
        found = digests(self.folder / ".filterbook")
        return {name: digest for name, digest in found.items() if name != "lock"}

    @property
    def unsound(self) -> list[str]:
        """Objects and ledgers that are not what they say."""
        return unsound(self.folder / ".filterbook")

    def command(self) -> tuple[str, ...]:
        """The build's command line."""
        return ("build", "--spec", str(self.spec), "--device", "cpu")


def digests(folder: Path) -> Digests:
    """Every file below a folder by its path; a folder that is not there has none."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def unsound(store: Path) -> list[str]:
    """Objects and ledgers of a store that are not what they say."""
    bad = []
    for path in sorted(store.rglob("*")):
        try:
            if path.suffix == ".safetensors":
                key, digest, _ = path.name.split(".")
                check(path.read_bytes(), key, digest=digest)
            elif path.name == "ledger.json":
                ledger_tasks(path.read_bytes())
        except DamagedError as damage:
            bad.append(f"{path.name}: {damage}")
    return bad


@contextmanager
def crew(folder: Path, count: int = 1) -> Iterator[tuple[Nursery, ...]]:
    """Some nurseries, to work side by side; their disks can fail where there is a compiler."""
    with ExitStack() as held:
        yield tuple(
            held.enter_context(Nursery(folder / f"nursery-{n}", compiler() is not None))
            for n in range(count)
        )


def side_by_side(
    crew: Sequence[Nursery], tasks: Iterable[T], work: Callable[[Nursery, T], list[str]]
) -> list[str]:
    """``work`` for every task, as many at once as there are nurseries; all complaints."""
    todo = list(tasks)

    def share(start: int) -> list[str]:
        return [
            f"{task}: {complaint}"
            for task in todo[start :: len(crew)]
            for complaint in work(crew[start], task)
        ]

    with ThreadPoolExecutor(len(crew)) as pool:
        return [complaint for found in pool.map(share, range(len(crew))) for complaint in found]
