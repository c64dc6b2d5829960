"""A layer's pooled responses as a table: one row per photograph."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generator.artifacts.artifact import Floats, Responses
from generator.images.photographs import Photograph
from generator.spec.report import EvidenceSpec


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """All responses of one layer, on the side of the activation function that the spec names.

    Attributes
    ----------
    hashes:
        SHA-256 of the photographs, ascending: one for each row.
    mean, max:
        Pooled responses, shape (photographs, channels).
    pooled:
        The one of the two that decides.
    before:
        Mean before the activation function, whatever the spec names: what pictures maximise.
    sound:
        Whether every response to the photograph is a finite number, shape (photographs,).
    """

    layer: str
    hashes: tuple[str, ...]
    mean: Floats
    max: Floats
    pooled: Floats
    before: Floats
    sound: npt.NDArray[np.bool_]

    @property
    def channels(self) -> int:
        """How many filters the layer has."""
        return int(self.pooled.shape[1])

    def row(self, photograph: Photograph) -> int | None:
        """The row of a photograph, or None if that very file was never scored."""
        place = bisect_left(self.hashes, photograph.sha256)
        found = place < len(self.hashes) and self.hashes[place] == photograph.sha256
        return place if found else None

    def rows(self, photographs: tuple[Photograph, ...]) -> list[int]:
        """Rows of photographs that are known to be there."""
        return [row for row in map(self.row, photographs) if row is not None]

    def finite(self, photograph: Photograph) -> bool:
        """Whether the photograph was scored and every channel's response is a number."""
        row = self.row(photograph)
        return row is not None and bool(self.sound[row])


def tabulate(evidence: EvidenceSpec, responses: tuple[Responses, ...]) -> tuple[Table, ...]:
    """One table for each layer, in the order of the layers' names; a file scored twice counts once.

    Raises
    ------
    ValueError
        If the photographs of a layer disagree on its number of channels.
    """
    by_layer: dict[str, list[Responses]] = {}
    for each in responses:
        by_layer.setdefault(each.layer, []).append(each)
    return tuple(_table(evidence, layer, by_layer[layer]) for layer in sorted(by_layer))


def _table(evidence: EvidenceSpec, layer: str, responses: list[Responses]) -> Table:
    ordered = sorted({each.photograph: each for each in responses}.items())
    hashes = tuple(photograph for photograph, _ in ordered)
    mean, highest = (
        np.stack([getattr(each, f"{pooling}_{evidence.unit}") for _, each in ordered])
        for pooling in ("mean", "max")
    )
    before = mean if evidence.unit == "before" else np.stack([r.mean_before for _, r in ordered])
    pooled = mean if evidence.pooling == "mean" else highest
    sound = np.isfinite(mean).all(axis=1) & np.isfinite(highest).all(axis=1)
    return Table(layer, hashes, mean, highest, pooled, before, sound)


def table_of(tables: tuple[Table, ...], layer: str) -> Table | None:
    """The table of that layer, or None if nothing was scored there."""
    return next((table for table in tables if table.layer == layer), None)
