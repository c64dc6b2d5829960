"""From ten filters to all 4,224 of VGG-16: time, memory, store and site of whole builds.

``python -m benchmarks.scale`` builds reports of growing size from an empty store and writes its
table into docs/scale.md. Times are of the processor, children included, so that a busy machine
changes them little. Settings are cheap (pictures of 64 pixels, no small ones, 24 photographs): what
grows with the number of filters is the same.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks import page
from generator.models.layers import vgg

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "scale.md"
PHOTOGRAPHS = 24


@dataclass(frozen=True, slots=True)
class Measured:
    """A report of so many filters: seconds of the processor, and bytes."""

    filters: int
    estimate: str
    seconds: float
    again: float
    memory: int
    store: int
    objects: int
    site: int
    files: int


def spec(filters: int, size: int) -> str:
    """A report of so many filters, spread over the convolutions of VGG-16."""
    known = vgg("vgg16")
    layers = list(known.convolutions) if known else []
    report: dict[str, object] = {
        "version": 1,
        "title": f"{filters} filters",
        "images": "images",
        "render": {"recipe": "multiscale", "size": size, "stability": 1},
        "layers": "all",
    }
    if filters < sum(layer.channels for layer in layers):
        taken: dict[str, list[int]] = {}
        left, number = filters, 0
        while left:
            for layer in layers[::-1]:
                if left and number < layer.channels:
                    taken.setdefault(layer.name, []).append(number)
                    left -= 1
            number += 1
        report["layers"] = [{"layer": name, "filters": those} for name, those in taken.items()]
    return json.dumps(report)


def lay_out(filters: int, size: int, folder: Path) -> None:
    """A folder with the report of so many filters and its photographs."""
    (folder / "images").mkdir()
    photographs = sorted((ROOT / "images").glob("*/*.jpg"))
    for path in photographs[:: len(photographs) // PHOTOGRAPHS][:PHOTOGRAPHS]:
        (folder / "images" / path.name).write_bytes(path.read_bytes())
    (folder / "report.yml").write_text(spec(filters, size), encoding="utf-8")


def measure(filters: int, size: int, folder: Path) -> Measured:
    """Build once from nothing and once again from the store."""
    lay_out(filters, size, folder)
    told = _run(folder, "plan")
    estimate = next(line for line in told.splitlines() if line.startswith("time: about "))
    seconds = _spent(folder)
    again = _spent(folder)
    store, objects = _weigh(folder / ".filterbook")
    site, files = _weigh(folder / "site")
    return Measured(
        filters,
        estimate.removeprefix("time: about ").split(" of one core")[0],
        seconds,
        again,
        1024 * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,
        store,
        objects,
        site,
        files,
    )


def _run(folder: Path, command: str) -> str:
    words = [sys.executable, "-m", "generator", command, "--spec", str(folder / "report.yml")]
    done = subprocess.run(
        [*words, "--device", "cpu"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def _spent(folder: Path) -> float:
    """Seconds of the processor that a build takes, on all cores and in its children."""
    before = os.times()
    _run(folder, "build")
    after = os.times()
    return sum(after[2:4]) - sum(before[2:4])


def _weigh(folder: Path) -> tuple[int, int]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return sum(path.stat().st_size for path in files), len(files)


def table(rows: list[Measured], size: int) -> str:
    """The measurements as Markdown."""
    head = [
        f"VGG-16, pictures of {size} × {size} pixels by `multiscale`, `stability: 1`, "
        f"{PHOTOGRAPHS} photographs, on the CPU. Processor time of a build from nothing and of a "
        "second one, the largest process, bytes of 10⁶.",
        "",
        "| filters | `plan` said | built in | again in | memory | store | objects | site | files |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    lines = [
        f"| {r.filters:,} | {r.estimate} | {r.seconds:.0f} s | {r.again:.0f} s "
        f"| {r.memory / 1e6:.0f} MB | {r.store / 1e6:.0f} MB | {r.objects:,} "
        f"| {r.site / 1e6:.0f} MB | {r.files:,} |"
        for r in rows
    ]
    return "\n".join([*head, *lines])


def main() -> None:
    """Measure, print, and write the table into its place."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--filters", type=int, nargs="+", default=[10, 100, 512, 4224])
    parser.add_argument("--size", type=int, default=64, help="side of the pictures in pixels")
    parser.add_argument("--dry", action="store_true", help="print only")
    given = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:  # fetches the weights, which no row is about
        lay_out(1, given.size, Path(folder))
        _run(Path(folder), "build")
    for filters in given.filters:
        with tempfile.TemporaryDirectory() as folder:
            rows.append(measure(filters, given.size, Path(folder)))
        print(rows[-1], flush=True)
    text = table(rows, given.size)
    print(text)
    if not given.dry:
        written = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(page.fill(written, {"filters": text}), encoding="utf-8")


if __name__ == "__main__":
    main()
