"""A layer's responses to the whole library: strongest, histogram, similar filters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generator.artifacts.artifact import Floats
from generator.findings.findings import Histogram, Neighbour
from generator.findings.response_table import Table
from generator.findings.standardize import Scale, scale_of
from generator.images.photographs import Photograph
from generator.statistics.auc import Numbers

SHOWN_OF_A_FILTER = 9  # the photographs that excite a filter most …
THROUGH = (0.8, 0.6, 0.4, 0.2, 0.0)  # … and those that this share of all excite it less than
BINS = 20
NEIGHBOURS = 8
_BLOCK = 256  # filters whose correlations with all others are held at once


@dataclass(frozen=True, slots=True, eq=False)
class LibraryResponses:
    """Responses of every channel to the photographs that gave numbers, in the order of the names.

    Attributes
    ----------
    pooled:
        By the pooling that decides, shape (photographs, channels).
    order:
        For each channel the photographs' places, the strongest first; equals keep their order.
    active:
        For each channel the share of photographs on which its map rises above 0 anywhere.
    """

    photographs: tuple[Photograph, ...]
    pooled: Floats
    order: npt.NDArray[np.int64]
    active: Numbers

    def strongest(self, index: int) -> tuple[Photograph, ...]:
        """The photographs that excite a filter most."""
        return tuple(self.photographs[row] for row in self.order[:SHOWN_OF_A_FILTER, index])

    def through(self, index: int) -> tuple[tuple[float, Photograph], ...]:
        """Photographs down the rest of a filter's range, the last the one that excites it least.

        Each with the share of photographs that excite the filter less; none twice, and none of
        the strongest.
        """
        last = len(self.photographs) - 1
        places = {round((1 - share) * last): share for share in reversed(THROUGH)}
        return tuple(
            (places[place], self.photographs[self.order[place, index]])
            for place in sorted(places)
            if place >= SHOWN_OF_A_FILTER
        )

    def scale(self, index: int) -> Scale:
        """The scale on which a filter's responses are standardised."""
        return scale_of(self.pooled[:, index])

    def histogram(self, index: int) -> Histogram | None:
        """How a filter's responses are spread; None without photographs."""
        values = self.pooled[:, index].astype(float)
        if not len(values):
            return None
        low, high, middle = float(values.min()), float(values.max()), float(np.median(values))
        counts = np.histogram(values, BINS, (low, high))[0] if high > low else [len(values)]
        threshold = middle + (high - middle) / 2
        return Histogram(
            low,
            high,
            tuple(int(count) for count in counts),
            threshold,
            share=float((values > threshold).mean()),
            active=float(self.active[index]),
        )

    def neighbours(self, indices: Sequence[int]) -> dict[int, tuple[Neighbour, ...]]:
        """For each of these the filters of the layer whose responses go most alike with it.

        By Pearson's r over the photographs, the most similar first.
        A filter that never varies is nobody's neighbour; fewer than three photographs have none.
        """
        if len(self.photographs) < 3:
            return {}
        centred = self.pooled - self.pooled.mean(axis=0, dtype=float)
        length = np.where(np.ptp(self.pooled, axis=0) > 0, np.linalg.norm(centred, axis=0), np.nan)
        unit = centred / length
        found: dict[int, tuple[Neighbour, ...]] = {}
        for start in range(0, len(indices), _BLOCK):
            block = list(indices[start : start + _BLOCK])
            found |= _nearest(block, unit[:, block].T @ unit)
        return found


def _nearest(indices: Sequence[int], correlations: Numbers) -> dict[int, tuple[Neighbour, ...]]:
    """The best of each row of correlations (indices, channels), itself left out."""
    r = np.clip(np.nan_to_num(correlations, nan=-np.inf), -np.inf, 1.0)
    r[np.arange(len(indices)), list(indices)] = -np.inf
    best = np.argsort(-r, axis=1, kind="stable")[:, :NEIGHBOURS]
    return {
        index: tuple(
            Neighbour(int(other), float(r[row, other]))
            for other in best[row]
            if np.isfinite(r[row, other])
        )
        for row, index in enumerate(indices)
    }


def library_responses(table: Table, library: tuple[Photograph, ...]) -> LibraryResponses:
    """Look at a layer's responses; photographs without usable ones are left out."""
    places = [(photograph, table.row(photograph)) for photograph in library]
    kept = [(each, row) for each, row in places if row is not None and table.sound[row]]
    rows = [row for _, row in kept]
    pooled = table.pooled[rows]
    order = np.argsort(-pooled, axis=0, kind="stable")
    active = (table.max[rows] > 0).mean(axis=0) if rows else np.zeros(table.channels)
    return LibraryResponses(tuple(each for each, _ in kept), pooled, order, active)
