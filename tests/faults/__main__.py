"""``make torture``: everything that can go wrong, done on purpose; figures, and 1 if aught broke.

Names of drivers as arguments run those alone; ``--seed N`` makes other kills and other inputs,
``--share 0.1`` a tenth of them. Mutated specs take what the others leave of the processor, from the
beginning on, until there are a million or 55 minutes are over (``--minutes``).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.browser import hostility
from tests.faults import (
    crashes,
    crowd,
    disk,
    foreign,
    pictures,
    rot,
    sameness,
    specs,
    stamina,
    threads,
    weights,
)
from tests.faults.nursery import Nursery
from tests.faults.project import crew
from tests.faults.syscalls import compiler

Crew = Sequence[Nursery]
Result = tuple[int, list[str]]
REAL: tuple[str, ...] = ()  # no stand-ins: VGG-16 and MkDocs


class Torture:
    """The drivers at full size, each by its name; ``share`` makes all of them smaller."""

    def __init__(self, crew: Crew, options: argparse.Namespace) -> None:
        self.crew, self.options = crew, options

    def count(self, whole: int) -> int:
        return max(1, int(whole * self.options.share))

    def kills(self, folder: Path) -> Result:
        number, seed = self.count(200), self.options.seed
        return crashes.try_kills(self.crew, folder, count=number, seed=seed, prelude=REAL)

    def interrupts(self, folder: Path) -> Result:
        number, seed = self.count(40), self.options.seed
        return crashes.try_interrupts(self.crew, folder, count=number, seed=seed, prelude=REAL)

    def disk(self, folder: Path) -> Result:
        """Faults in the build itself, with stand-ins for the network and for MkDocs."""
        most, seed = self.count(400), self.options.seed
        _, tried, found = disk.try_disk(self.crew, folder, each=6, most=most, seed=seed)
        return tried, found

    def disk_of_mkdocs(self, folder: Path) -> Result:
        """Faults in the MkDocs that the build starts."""
        options = {"each": 3, "prelude": ("small_network",), "process": "child"}
        most, seed = self.count(60), self.options.seed
        _, tried, found = disk.try_disk(self.crew, folder, most=most, seed=seed, **options)
        return tried, found

    def rot(self, folder: Path) -> Result:
        number, seed = self.count(1000), self.options.seed
        return rot.try_rot(self.crew, folder, count=number, builds=3, seed=seed)

    def foreign(self, folder: Path) -> Result:
        number, seed = self.count(200), self.options.seed
        return foreign.try_foreign(self.crew, folder, count=number, seed=seed)

    def crowd(self, folder: Path) -> Result:
        return crowd.try_crowd(self.crew, folder, builds=8)

    def hostility(self, folder: Path) -> Result:
        """A hundred hostile texts, five in every field of a report, in Chromium."""
        return hostility.try_hostility(self.crew[0], folder, count=self.count(100))

    def sameness(self, folder: Path) -> Result:
        return sameness.try_sameness(folder)

    def threads(self, folder: Path) -> Result:
        """Every kind of task on four models, by 1, 2 and 4 threads."""
        return threads.try_threads(folder)

    def pictures(self, folder: Path) -> Result:
        return pictures.try_pictures(folder, flips=self.count(20_000), seed=self.options.seed)

    def weights(self, folder: Path) -> Result:
        return weights.try_weights(folder, spoiled=self.count(5_000), seed=self.options.seed)

    def stamina(self, folder: Path) -> Result:
        return stamina.try_stamina(folder, count=max(self.count(10_000) // 200, 5) * 200)

    def specs(self, folder: Path) -> Result:
        """In memory where there is such a folder: a disk flushes each file that is written anew."""
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else folder
        with tempfile.TemporaryDirectory(prefix="filterbook-specs-", dir=memory) as place:
            return specs.try_specs_side_by_side(
                Path(place),
                count=self.count(1_000_000),
                seconds=60 * self.options.minutes * self.options.share,
                processes=self.options.processes,
                seed=self.options.seed,
            )


DRIVERS = tuple(name for name in vars(Torture) if not name.startswith("_") and name != "count")


def main() -> int:
    """Run drivers, tell what each tried and found; 1 if anything broke."""
    options = _options()
    if compiler() is None:
        print("no C compiler: no file operation can be made to fail", file=sys.stderr)
    with (
        tempfile.TemporaryDirectory(prefix="filterbook-torture-") as root,
        crew(Path(root) / "crew", options.processes) as nurseries,
        ThreadPoolExecutor(1) as beside,
    ):
        torture = Torture(nurseries, options)

        def run(name: str) -> int:
            (Path(root) / name).mkdir()
            return _run(name, getattr(torture, name), Path(root) / name)

        wanted = list(dict.fromkeys(options.drivers or DRIVERS))
        endless = beside.submit(run, "specs") if "specs" in wanted else None
        broken = sum(run(name) for name in wanted if name != "specs")
        broken += endless.result() if endless else 0
    return 1 if broken else 0


def _run(name: str, driver: Callable[[Path], Result], folder: Path) -> int:
    begun = time.monotonic()
    tried, found = driver(folder)
    seconds = time.monotonic() - begun
    figures = {"driver": name, "tried": tried, "broken": len(found), "seconds": round(seconds)}
    print(json.dumps(figures), flush=True)
    for complaint in found[:20]:
        print(f"  {complaint}", flush=True)
    return len(found)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("make torture")
    parser.add_argument("drivers", nargs="*", metavar="DRIVER", help=", ".join(DRIVERS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--minutes", type=float, default=55.0)
    parser.add_argument("--processes", type=int, default=min(os.cpu_count() or 1, 2))
    options = parser.parse_args()
    if unknown := set(options.drivers) - set(DRIVERS):
        parser.error(
            f"no such driver: {', '.join(sorted(unknown))}; there are {', '.join(DRIVERS)}"
        )
    return options


if __name__ == "__main__":
    sys.exit(main())
