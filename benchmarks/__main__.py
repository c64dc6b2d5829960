"""Ours against the article's code and the peers: ``make bench`` writes docs/benchmarks.md.

Pictures and times are kept in the user's cache, by machine; a run that was interrupted goes on.
"""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from benchmarks import matrix, network, page, result_rows, sheet
from benchmarks.agreement import Floats
from benchmarks.cli import Asked, parse
from benchmarks.judge import best_possible, judge, look, photographs, saved, views
from benchmarks.result_rows import Results
from benchmarks.runner.job import Job, Pixels
from benchmarks.runner.measure import (
    HOME,
    PEERS_PYTHON,
    Shelf,
    in_environment,
    measure,
    version,
)
from benchmarks.tools import OURS, PEERS, TOOLS
from generator.errors import ExitCode, ReportError
from generator.lab.loading import weights
from generator.spec.model import ModelSpec
from generator.system.locations import cache
from generator.system.processor import processor

PAGE = HOME / "docs" / "benchmarks.md"
RESULTS = HOME / "benchmarks" / "results" / "cpu.json"
SHEETS = HOME / "docs" / "images"
ELSEWHERE = HOME / "build" / "benchmarks"
say = partial(print, file=sys.stderr, flush=True)


def main() -> None:
    """Measure what is due, judge everything, write."""
    asked = parse(sys.argv[1:], __doc__ or "")
    try:
        bench(asked)
    except ReportError as refused:
        say(f"error: {refused.cause}\n{refused.remedy}")
        sys.exit(refused.exit_code)
    except KeyboardInterrupt:
        say("interrupted; the same command goes on where it stopped")
        sys.exit(ExitCode.INTERRUPTED)


def bench(asked: Asked) -> None:
    """One run."""
    shelf, source = prepare()
    if asked.add:
        extend(shelf, source, asked)
        return
    timed = [] if asked.own else matrix.timed(asked.full, asked.filters)
    kept = (
        matrix.for_their_figures(asked.units, asked.seeds, asked.tools)
        if asked.own
        else matrix.judged(asked.full, asked.filters)
    )
    if not asked.dry:
        run = shelf.begin(anew=asked.anew)
        measure(shelf.due(timed, run=run), shelf, source, run=run, say=say)
        measure(shelf.due(kept), shelf, source, run=0, say=say)
        shelf.finish()
    jobs = {*timed, *kept} if asked.own else {*timed, *kept, *everything(asked)}
    publish(judged(sorted(jobs), shelf, source, asked), shelf, asked)


def extend(shelf: Shelf, source: Path, asked: Asked) -> None:
    """More pictures on the page, from this machine, in figures that know no clock."""
    known = result_rows.read(RESULTS)
    if (there := len(photographs(asked.photographs))) != known.photographs:
        raise ReportError(
            f"{there} photographs now, {known.photographs} when the page was written",
            "measure everything again: make bench",
        )
    if aged := known.aged(version) & set(asked.tools):
        raise ReportError(
            f"the page has {', '.join(sorted(aged))} of another version, or in other arithmetic",
            "measure everything again: make bench",
        )
    wanted = matrix.for_their_figures(asked.units, asked.seeds, asked.tools)
    jobs = [job for job in wanted if not known.has(job)]
    if not asked.dry:
        measure(shelf.due(jobs), shelf, source, run=0, say=say)
    write(known.joined(judged(jobs, shelf, source, asked).rows))


def everything(asked: Asked) -> list[Job]:
    """What the shelf may hold from longer runs, to be judged with the rest."""
    whole = matrix.judged(full=True, filters=asked.filters)
    return whole + matrix.timed(full=True, filters=asked.filters)


def prepare() -> tuple[Shelf, Path]:
    """The machine's shelf, and the weights for the workers."""
    found = weights.obtain(ModelSpec(), folder=Path(), cache=cache() / "weights", say=say)
    place = hashlib.sha256(f"{machine()} {found.digest}".encode()).hexdigest()[:12]
    folder = cache() / "benchmarks" / place
    source = folder / "vgg16.safetensors"
    if not source.is_file():
        wants = found.preprocessing
        network.save(found.tensors, source, mean=tuple(wants.mean), std=tuple(wants.std))
    return Shelf(folder), source


def judged(jobs: Sequence[Job], shelf: Shelf, source: Path, asked: Asked) -> Results:
    """Every finished picture before the one evaluator."""
    embed = embedding if PEERS_PYTHON.is_file() else None
    layers = tuple(asked.filters)
    deepest = max(layers, key=network.index)
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    evaluator = network.convolutions(source, upto=deepest)
    say("judging")
    library = look(asked.photographs, evaluator, layers, cache=shelf.folder, embed=embed)
    finished = [(job, shelf.picture(job), timing) for job in jobs if (timing := shelf.timing(job))]
    rows = (*judge(finished, library, evaluator, embed), *best_possible(library, asked.units))
    return Results(machine(), len(library), shelf.latest(), rows)


def publish(results: Results, shelf: Shelf, asked: Asked) -> None:
    """The page, its figures and its sheets; of own filters or photographs, a file beside it."""
    measured = page.blocks(results)
    if asked.own:
        ELSEWHERE.mkdir(parents=True, exist_ok=True)
        names = ("machine", "peers", "agreement", "differences")
        text = "\n\n".join(measured[name] for name in names)
        (ELSEWHERE / "tables.md").write_text(text + "\n", encoding="utf-8")
        result_rows.write(results, ELSEWHERE / "results.json")
        print(text)
        return
    write(results.joined(result_rows.read(RESULTS).untimed(results.photographs, version)))
    draw(matrix.shown(asked.filters), OURS, shelf, SHEETS / "recipes.webp", side=224)
    firsts = matrix.units(asked.filters, 2)
    draw(firsts, ("multiscale", "fourier", "maco", "article code", *PEERS), shelf,
         SHEETS / "peers.webp", side=160)  # fmt: skip
    say("written: two sheets")


def write(results: Results) -> None:
    """The page and the figures that it rests on."""
    result_rows.write(results, RESULTS)
    said = page.blocks(result_rows.read(RESULTS))  # with the digits that the records keep
    PAGE.write_text(page.fill(PAGE.read_text(encoding="utf-8"), said), encoding="utf-8")
    say(f"written: {PAGE.relative_to(HOME)}, {RESULTS.relative_to(HOME)}")


def draw(
    units: Sequence[tuple[str, int]],
    tools: Sequence[str],
    shelf: Shelf,
    target: Path,
    *,
    side: int,
) -> None:
    """A sheet of what there is at the comparison's size, seed 0."""

    def shown(tool: str, unit: tuple[str, int]) -> Pixels | None:
        job = Job(tool, *unit, 0, TOOLS[tool].size or matrix.SIZE)
        if not shelf.timing(job):
            return None
        *_, (_, pixels) = views(saved(shelf.picture(job)), job)
        return pixels

    lines = [(f"{layer}:{n}", [shown(tool, (layer, n)) for tool in tools]) for layer, n in units]
    sheet.save(sheet.sheet(tools, lines, side), target)


def embedding(pictures: Pixels) -> Floats:
    """The independent network's features, from the peers' environment."""
    with TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.npy", Path(folder) / "out.npy"
        np.save(source, pictures)
        in_environment(PEERS_PYTHON, "benchmarks.peers.embed", source, target)
        return np.asarray(np.load(target))


def machine() -> str:
    """The machine in words, without a name."""
    known = (("avx512f", "AVX-512"), ("amx_bf16", "AMX"))
    units = [words for name, words in known if processor().has(name)]
    cores, version = f"{len(os.sched_getaffinity(0))} cores", torch.__version__.partition("+")[0]
    return ", ".join((cores, platform.machine(), *units, f"torch {version}"))


if __name__ == "__main__":
    main()
