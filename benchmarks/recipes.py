"""The recipe ``multiscale`` against ``article``: time and published activation, in one run.

``make bench`` prints the table and writes it into docs/benchmarks.md. On a CPU only ratios are
reported: they hold from machine to machine, seconds do not.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from generator.artifacts import Rendering
from generator.folders import cache
from generator.lab import devices, models, weights
from generator.lab.models import Bench
from generator.lab.visualize import visualize
from generator.recipes import Recipe, article, multiscale
from generator.spec.models import ModelSpec

UNITS = (("features.28", 501), ("features.28", 286), ("features.24", 456))
PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- recipes: begin -->", "<!-- recipes: end -->"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One unit, both recipes: seconds and published activations."""

    layer: str
    filter: int
    seconds: tuple[float, float]
    activations: tuple[float, float]

    @property
    def speed(self) -> float:
        """How many times faster ``multiscale`` is."""
        return self.seconds[0] / self.seconds[1]

    @property
    def strength(self) -> float:
        """Published activation of ``multiscale`` in units of ``article``'s."""
        return self.activations[1] / self.activations[0]


def compare(bench: Bench, size: int) -> Iterator[Comparison]:
    """Both recipes for each unit, after a warm-up.

    ``multiscale`` runs before and after ``article``, and its mean counts, so that a machine whose
    speed drifts favours neither.
    """
    timed(bench, "features.24", 0, multiscale(96))
    for layer, number in UNITS:
        ours, ours_took = timed(bench, layer, number, multiscale(size))
        theirs, theirs_took = timed(bench, layer, number, article(size))
        _, again = timed(bench, layer, number, multiscale(size))
        seconds = (theirs_took, (ours_took + again) / 2)
        yield Comparison(layer, number, seconds, (theirs.activation, ours.activation))


def timed(bench: Bench, layer: str, number: int, recipe: Recipe) -> tuple[Rendering, float]:
    """One picture and how many seconds it took."""
    started = time.perf_counter()
    (made,) = visualize(bench, bench.layer(layer), [number], recipe=recipe, seed=0)
    return made, time.perf_counter() - started


def table(rows: list[Comparison], bench: Bench, size: int) -> str:
    """The comparison as Markdown."""
    on_cpu = bench.device.type == "cpu"
    head = [
        f"{size} × {size} pixels, seed 0, one picture at a time, on "
        f"{devices.describe(bench.device)}"
        + (f" with {devices.usable_cores()} cores" if on_cpu else "")
        + f", torch {torch.__version__.split('+')[0]}.",
        "",
        "| unit | published activation, `article` | `multiscale` | ratio | times faster |",
        "| --- | --- | --- | --- | --- |",
    ]
    body = [
        f"| {row.layer}:{row.filter} | {row.activations[0]:.0f} | {row.activations[1]:.0f} "
        f"| {row.strength:.2f} | {row.speed:.1f} |"
        for row in rows
    ]
    times = [
        f"\nSeconds per picture: `article` {row.seconds[0]:.2f}, `multiscale` {row.seconds[1]:.2f} "
        f"({row.layer}:{row.filter})."
        for row in ([] if on_cpu else rows)
    ]
    return "\n".join([*head, *body, *times])


def write(text: str, page: Path) -> None:
    """Put the table between its marks on the page."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


def main() -> None:
    """Measure, print, and write docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=408)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--dry-run", action="store_true", help="print the table only")
    asked = parser.parse_args()
    obtained = weights.obtain(ModelSpec(), folder=Path(), cache=cache() / "weights")
    bench = models.assemble("vgg16", obtained, devices.choose(asked.device))
    rows = []
    for row in compare(bench, asked.size):
        rows.append(row)
        print(
            f"{row.layer}:{row.filter}: {row.speed:.1f} times faster, "
            f"activation × {row.strength:.2f}"
        )
    text = table(rows, bench, asked.size)
    print(f"\n{text}")
    if not asked.dry_run:
        write(text, PAGE)


if __name__ == "__main__":
    main()
