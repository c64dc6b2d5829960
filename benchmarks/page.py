"""docs/benchmarks.md: hand-written text with measured blocks between marks. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks import tables
from benchmarks.matrix import PUBLISHED_SIZE
from benchmarks.result_rows import Results


def blocks(results: Results) -> dict[str, str]:
    """Every measured block of the page, by the name in its marks."""
    layers = sorted({row.layer for row in results.rows}, key=lambda name: -int(name.split(".")[1]))
    return {
        "machine": f"{results.machine}. {tables.noise(results)}",
        "article": tables.against_the_article(results, PUBLISHED_SIZE),
        "peers": "\n\n".join(f"### {each}\n{tables.by_layer(results, each)}" for each in layers),
        "duels": tables.duels(results),
        "agreement": f"{results.photographs} photographs.\n\n{tables.agreements(results)}",
        "differences": tables.differences(results),
    }


def fill(text: str, measured: Mapping[str, str]) -> str:
    """Put each block between its marks; the rest of the page stays as it was written.

    Raises
    ------
    ValueError
        If the page lacks a block's marks.
    """
    for name, block in measured.items():
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        before, found, rest = text.partition(begin)
        _, closed, after = rest.partition(end)
        if not (found and closed):
            raise ValueError(f"the page has no marks for {name!r}")
        text = f"{before}{begin}\n{block}\n{end}{after}"
    return text
