"""Selects photographs by response: the strongest, the weakest, and evenly between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from generator.findings.response_table import Table
from generator.images.photographs import Photograph

Section = Literal["top", "range", "bottom"]
SECTIONS: dict[Section, str] = {
    "top": "Those that excite it most",
    "range": "Evenly through its range",
    "bottom": "Those that excite it least",
}


@dataclass(frozen=True, slots=True)
class Sample:
    """A photograph that is shown; ``place`` is its rank among all, 1 for the strongest response.

    ``mean`` and ``max`` are over the filter's map; ``z`` is the pooled response that the spec's
    ``evidence`` names, standardised on all photographs.
    """

    section: Section
    place: int
    photograph: Photograph
    mean: float
    max: float
    z: float


def sample(
    table: Table, number: int, photographs: Sequence[Photograph], *, count: int
) -> tuple[Sample, ...]:
    """Up to ``count`` photographs for each section, strongest first; each at most once."""
    unique = tuple({photograph.sha256: photograph for photograph in photographs}.values())
    rows = table.rows(unique)
    values, mean, largest = (
        part[rows, number].astype(float) for part in (table.pooled, table.mean, table.max)
    )
    z = (values - values.mean()) / (values.std() or 1.0)
    places = {index: place for place, index in enumerate(_order(values).tolist(), 1)}
    return tuple(
        Sample(section, places[i], unique[i], float(mean[i]), float(largest[i]), float(z[i]))
        for section, chosen in choose(values, count).items()
        for i in chosen
    )


def choose(values: npt.NDArray[np.floating], count: int) -> dict[Section, tuple[int, ...]]:
    """Which of (n,) responses to show, by section.

    Top and bottom come first. The way from the strongest to the weakest response is then cut into
    equal steps, and each shows the photograph that is nearest to it and is not shown yet. Where
    there are few photographs, the sections shrink.
    """
    order = _order(values).tolist()
    top = min(count, -(-len(order) // 3))
    bottom = min(count, (len(order) - top) // 2)
    left = order[top : len(order) - bottom]
    steps = np.linspace(values.max(), values.min(), min(count, len(left)) + 2)[1:-1]
    middle: list[int] = []
    for step in steps:
        nearest = min(left, key=lambda index: abs(float(values[index]) - float(step)))
        left.remove(nearest)
        middle.append(nearest)
    middle.sort(key=order.index)
    return {
        "top": tuple(order[:top]),
        "range": tuple(middle),
        "bottom": tuple(order[len(order) - bottom :]),
    }


def _order(values: npt.NDArray[np.floating]) -> npt.NDArray[np.intp]:
    return np.argsort(-values, kind="stable")
