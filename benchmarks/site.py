"""Pages of thousands of filters: time, bytes and search index, stage by stage.

``python -m benchmarks.site`` builds synthetic reports of growing size and writes its table into
docs/benchmarks.md. Times are of the processor, children included, so that a busy machine changes
them little; pictures are small, because their encoding is another question.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks import page, synthetic
from generator.findings.findings import Findings
from generator.site import check_site, write
from generator.site.mkdocs import run
from generator.site.postprocess import finish

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"


@dataclass(frozen=True, slots=True)
class Measured:
    """A report of so many filters: milliseconds of the processor a page, and bytes."""

    filters: int
    pages: int
    write: float
    mkdocs: float
    finish: float
    check: float
    filter_page: float  # bytes of HTML, mean over filters
    layer_page: int  # bytes of HTML, the largest
    index: float  # bytes of search index a page


def measure(filters: int, size: int, work: Path) -> Measured:
    """Build one synthetic report from nothing."""
    findings = synthetic.findings(filters, size=size)
    new = work / "new"
    times = [
        _spent(lambda: write(findings, work)),
        _spent(lambda: run(work / "mkdocs.yml", new)),
        _spent(lambda: finish(new)),
        _spent(lambda: check_site(new)),
    ]
    return _measured(findings, new, filters, times)


def _measured(findings: Findings, new: Path, filters: int, times: list[float]) -> Measured:
    pages = sorted(new.rglob("*.html"))
    sizes = {page: page.stat().st_size for page in pages}
    of_filters = [size for page, size in sizes.items() if page.stem.isdecimal()]
    of_layers = [sizes[new / "layers" / y.layer / "index.html"] for y in findings.layers]
    index = (new / "search" / "search_index.json").stat().st_size
    writing, mkdocs, finishing, checking = (1000 * each / len(pages) for each in times)
    return Measured(
        filters=filters,
        pages=len(pages),
        write=writing,
        mkdocs=mkdocs,
        finish=finishing,
        check=checking,
        filter_page=sum(of_filters) / len(of_filters),
        layer_page=max(of_layers),
        index=index / len(pages),
    )


def _spent(work: Callable[[], object]) -> float:
    """Seconds of the processor, on all cores and in children."""
    before = os.times()
    work()
    after = os.times()
    return sum(after[:4]) - sum(before[:4])


def table(rows: list[Measured], size: int) -> str:
    """The measurements as Markdown."""
    head = [
        f"Synthetic reports, 512 filters to a layer, 14 photographs a filter, pictures of {size} × "
        f"{size} pixels. Milliseconds of one core for each page, from an empty folder; kilobytes "
        "(1000 bytes) of HTML before compression.",
        "",
        "| filters | pages | write | `mkdocs` | finish | check | a filter’s page | a layer’s page "
        "| search index a page |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    lines = [
        f"| {r.filters} | {r.pages} | {r.write:.0f} ms | {r.mkdocs:.0f} ms | {r.finish:.1f} ms "
        f"| {r.check:.1f} ms | {r.filter_page / 1000:.0f} kB | {r.layer_page / 1000:.0f} kB "
        f"| {r.index / 1000:.2f} kB |"
        for r in rows
    ]
    return "\n".join([*head, *lines])


def main() -> None:
    """Measure, print, and write the table into its place."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--filters", type=int, nargs="+", default=[512, 2048, 5000])
    parser.add_argument("--size", type=int, default=128, help="side of the pictures in pixels")
    parser.add_argument("--dry", action="store_true", help="print only")
    given = parser.parse_args()
    rows = []
    for filters in given.filters:
        with tempfile.TemporaryDirectory() as folder:
            rows.append(measure(filters, given.size, Path(folder)))
        print(rows[-1], flush=True)
    text = table(rows, given.size)
    print(text)
    if not given.dry:
        written = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(page.fill(written, {"site": text}), encoding="utf-8")


if __name__ == "__main__":
    main()
