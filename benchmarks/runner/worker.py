"""A subprocess that makes pictures with one tool: ``python -m benchmarks.runner.worker``.

It knows the tools by name and answers through files, so that each tool can run in the environment
that it needs. The first job is run once beforehand on a small budget, which is not timed.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
import warnings
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from benchmarks.runner.job import Job, Pixels, Timing, read_jobs
from benchmarks.tools import TOOLS

WARM_UP = 0.01  # of the budget


def work(source: Path, jobs: list[Job], folder: Path, *, run: int) -> None:
    """Make the pictures; each job leaves ``<slug>.png`` and, last, ``<slug>.json``."""
    prepared: dict[tuple[str, str], Any] = {}
    for job in jobs:
        tool = importlib.import_module(TOOLS[job.tool].module)
        if (job.tool, job.layer) not in prepared:
            prepared.clear()
            prepared[job.tool, job.layer] = tool.prepare(source, job.layer)
            tool.picture(prepared[job.tool, job.layer], replace(job, budget=WARM_UP))
        pixels, timing = timed(tool, prepared[job.tool, job.layer], job, run)
        Image.fromarray(pixels).save(folder / f"{job.slug}.png")
        draft = folder / f"{job.slug}.json.part"
        draft.write_text(json.dumps(asdict(timing)), encoding="utf-8")
        draft.rename(folder / f"{job.slug}.json")
        print(f"{job.slug}: {timing.wall:.1f} s", file=sys.stderr, flush=True)


def timed(tool: Any, prepared: Any, job: Job, run: int) -> tuple[Pixels, Timing]:
    """One picture, with the wall clock's and the processors' time."""
    wall, cpu = time.perf_counter(), time.process_time()
    pixels: Pixels = tool.picture(prepared, job)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return pixels, Timing(wall, cpu, torch.get_num_threads(), tool.version(job), run)


def main() -> None:
    """``worker WEIGHTS JOBS FOLDER RUN``."""
    warnings.simplefilter("ignore")  # peers' own, about what PyTorch has since deprecated
    source, jobs, folder = map(Path, sys.argv[1:4])
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    work(source, read_jobs(jobs), folder, run=int(sys.argv[4]))


if __name__ == "__main__":
    main()
