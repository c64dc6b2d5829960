"""Jobs → pictures and times on disk, made by workers; what is there already is not made again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from benchmarks import engine
from benchmarks.runner.job import Job, Timing, write_jobs
from benchmarks.tools import OURS, PEERS, TOOLS
from generator.errors import MachineError

HOME = Path(__file__).parents[2]
PEERS_PYTHON = HOME / "benchmarks" / ".venv" / "bin" / "python"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of finished pictures, ``<slug>.png`` with ``<slug>.json``, for one machine."""

    folder: Path

    def picture(self, job: Job) -> Path:
        """Where the picture lies."""
        return self.folder / f"{job.slug}.png"

    def timing(self, job: Job) -> Timing | None:
        """What is known of a finished job; None if it is not there, or of another version."""
        path = self.folder / f"{job.slug}.json"
        if not path.is_file():
            return None
        found = Timing(**json.loads(path.read_text(encoding="utf-8")))
        return found if found.version == version(job) else None

    def due(self, jobs: Sequence[Job], *, run: int = 0) -> list[Job]:
        """Jobs not finished yet; with a ``run``, not finished in that run."""
        found = {job: self.timing(job) for job in jobs}
        return [job for job, timing in found.items() if not timing or (run and timing.run != run)]

    def begin(self, *, anew: bool) -> int:
        """The number of this run: that of one which was interrupted, else a new one."""
        number, is_open = self._run()
        return number if is_open and not anew else self._note(number + 1, is_open=True)

    def latest(self) -> int:
        """The number of the last run, whether it is complete or not."""
        return self._run()[0]

    def finish(self) -> None:
        """The run is complete: the next one measures everything that is timed again."""
        self._note(self._run()[0], is_open=False)

    def _run(self) -> tuple[int, bool]:
        path = self.folder / "run.json"
        if not path.is_file():
            return 0, False
        noted = json.loads(path.read_text(encoding="utf-8"))
        return int(noted["run"]), bool(noted["open"])

    def _note(self, number: int, *, is_open: bool) -> int:
        text = json.dumps({"run": number, "open": is_open})
        (self.folder / "run.json").write_text(text, encoding="utf-8")
        return number


def version(job: Job) -> str:
    """The version of its tool that is wanted now."""
    if job.tool in OURS:
        return engine.version(job)
    return TOOLS[job.tool].version or "as published"


def measure(
    jobs: Sequence[Job], shelf: Shelf, source: Path, *, run: int, say: Callable[[str], None]
) -> None:
    """Make what is due, in order; neighbours that run in the same environment share a process.

    Raises
    ------
    MachineError
        If the peers' environment is not there, or a worker fails.
    """
    done = 0
    for is_peer, group in groupby(jobs, key=lambda job: job.tool in PEERS):
        batch = list(group)
        say(f"{done} of {len(jobs)} done; next: {batch[0].tool}, {batch[0].unit}")
        python = PEERS_PYTHON if is_peer else Path(sys.executable)
        listed = _listed(batch, shelf)
        in_environment(python, "benchmarks.runner.worker", source, listed, shelf.folder, run)
        done += len(batch)


def in_environment(python: Path, module: str, *arguments: object) -> None:
    """Run a module of this folder in a process of its own, on all cores."""
    if not python.is_file():
        raise MachineError("the peers are not installed", "run `make peers`")
    cores = str(len(os.sched_getaffinity(0)))
    environment = {**os.environ, "OMP_NUM_THREADS": cores, "PYTHONPATH": str(HOME)}
    command = [str(python), "-m", module, *map(str, arguments)]
    ended = subprocess.run(command, env=environment, check=False)
    if ended.returncode:
        raise MachineError(
            f"{module} ended with {ended.returncode}",
            "what it said stands above; the same command goes on where it stopped",
        )


def _listed(jobs: list[Job], shelf: Shelf) -> Path:
    path = shelf.folder / "jobs.json"
    write_jobs(path, jobs)
    return path
