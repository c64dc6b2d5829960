"""Merges two summaries exactly, in any order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generator.summaries.summary import FAULTS, SAMPLE, Counts, Floats, Ids, Summary, naming
from generator.summaries.top_k import Ranking


def merge(one: Summary, other: Summary) -> Summary:
    """The summary of the images of both.

    To the last bit the same in whatever order and grouping summaries are merged, provided that
    the same image gives the same responses wherever it comes.

    Raises
    ------
    ValueError
        If they are of different layers, or keep different numbers of images.
    """
    if (one.layer, one.top_values.shape) != (other.layer, other.top_values.shape):
        raise ValueError(f"{one.layer} and {other.layer} cannot be merged")
    cells, counts = _histograms(one, other)
    best = ranking(one).joined(ranking(other)).strongest(one.top)
    ids, values = sampled(
        np.concatenate((one.sample_ids, other.sample_ids)),
        np.concatenate((one.sample_values, other.sample_values)),
    )
    merged = replace(
        one,
        count=one.count + other.count,
        unsound=one.unsound + other.unsound,
        spoiled=one.spoiled + other.spoiled,
        faults=tuple(sorted({*one.faults, *other.faults})[:FAULTS]),
        sums=one.sums + other.sums,
        squares=one.squares + other.squares,
        low=np.minimum(one.low, other.low),
        high=np.maximum(one.high, other.high),
        peak=np.maximum(one.peak, other.peak),
        active=one.active + other.active,
        cells=cells,
        counts=counts,
        top_values=best.values,
        top_ids=best.ids,
        sample_ids=ids,
        sample_values=values,
    )
    known, more = one.images(), other.images()
    both = {each: min(known[each], more[each]) for each in known.keys() & more.keys()}
    return naming(merged, {**known, **more, **both})


def ranking(summary: Summary) -> Ranking:
    """The strongest images of a summary."""
    return Ranking(summary.top_values, summary.top_ids)


def sampled(ids: Ids, values: Floats) -> tuple[Ids, Floats]:
    """The images with the smallest digests, each once, with the responses to them."""
    kept, rows = np.unique(ids, return_index=True)
    return kept[:SAMPLE], values[rows[:SAMPLE]]


def _histograms(one: Summary, other: Summary) -> tuple[Counts, Counts]:
    """Cells of both, ascending, with their counts: a stable sort merges two ascending runs."""
    cells = np.concatenate((one.cells, other.cells))
    if not len(cells):
        return one.cells, one.counts
    order = np.argsort(cells, kind="stable")
    cells, counts = cells[order], np.concatenate((one.counts, other.counts))[order]
    first = np.flatnonzero(np.diff(cells, prepend=cells[0] + np.uint32(1)))
    return cells[first], np.add.reduceat(counts, first, dtype=np.uint32)
