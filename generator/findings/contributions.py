"""What feeds a filter and what it feeds: weights times mean inputs.

The mean of a convolution's output over positions is its bias and, for each input channel, the sum
of its weights times the mean of what each of them is multiplied with. So every feeding filter has
an exact share of the response before the activation function: its contribution. That the weights
between features can be read as excitation and inhibition is Olah et al. 2020 (Zoom In); that
weights alone say little without how active the feeding feature is, Voss et al. 2021 (Visualizing
Weights).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from generator.artifacts.artifact import Artifacts
from generator.artifacts.contributions import ConvWeights, LayerInputs
from generator.findings.contribution_types import ConnectedFilter, Contributions
from generator.images.photographs import Photograph
from generator.models.card import ModelCard
from generator.models.layers import Catalogue, Layer
from generator.plan.contributions import ConvWeightsTask, LayerInputsTask
from generator.spec.study import Study

SHOWN = 6  # of each kind: what excites, what inhibits
PHOTOGRAPHS = 512  # at most: a mean over more hardly moves, and each costs a pass of the network

Numbers = npt.NDArray[np.float64]


def wanted_weights(study: Study, card: ModelCard) -> tuple[ConvWeightsTask, ...]:
    """The rows of every reported filter, and the columns by which the next layers read it."""
    reported = {each.layer: frozenset(each.filters) for each in study.spec.reported_layers}
    tasks: dict[str, ConvWeightsTask] = {}
    for layer in _fed(card.catalogue):
        own = reported.get(layer.name, frozenset())
        columns = [
            column
            for column, (name, number) in enumerate(_inputs(layer))
            if number in reported.get(name, ())
        ]
        whole = len(own) == layer.channels or (columns and layer.groups > 1)
        if own or whole:
            rows = () if whole else tuple(sorted(own))
            tasks[f"rows {layer.name}"] = ConvWeightsTask(layer.name, rows)
        if columns and not whole:
            tasks[f"columns {layer.name}"] = ConvWeightsTask(layer.name, (), tuple(columns))
    return tuple(tasks.values())


def wanted_inputs(study: Study, card: ModelCard) -> tuple[LayerInputsTask, ...]:
    """What the layers of those kernels are given."""
    photographs = _sample(study.library)
    names = dict.fromkeys(task.layer for task in wanted_weights(study, card))
    return tuple(LayerInputsTask(name, photographs) for name in names) if photographs else ()


def _sample(library: tuple[Photograph, ...]) -> tuple[Photograph, ...]:
    """The first by their hashes, so that no one has picked them; each file once."""
    found = {each.sha256: each for each in library}
    return tuple(found[each] for each in sorted(found)[:PHOTOGRAPHS])


def _fed(catalogue: Catalogue) -> Iterator[Layer]:
    return (layer for layer in catalogue.layers if layer.fed)


def _inputs(layer: Layer) -> list[tuple[str, int]]:
    """Each input channel as a filter of the layer that it comes from."""
    return [(name, number) for name, channels in layer.fed for number in range(channels)]


@dataclass(frozen=True, slots=True, eq=False)
class ContributionIndex:
    """Kernels and signals of a report, by layer."""

    catalogue: Catalogue
    rows: dict[str, ConvWeights]
    columns: dict[str, ConvWeights]
    signals: dict[str, LayerInputs]

    @classmethod
    def of(cls, catalogue: Catalogue, made: Artifacts) -> ContributionIndex:
        """Sort artifacts out; kernels of all inputs are told from those of some by their number."""
        rows: dict[str, ConvWeights] = {}
        columns: dict[str, ConvWeights] = {}
        for each in made.kernels:
            layer = catalogue.find(each.layer)
            if layer is None:
                continue
            if len(each.inputs) == _width(layer):
                rows[each.layer] = each
            if len(each.filters) == layer.channels:
                columns[each.layer] = each
        return cls(catalogue, rows, columns, {each.layer: each for each in made.signals})

    def feeding(self, name: str, number: int) -> Contributions | None:
        """What feeds a filter and what it feeds; None where nothing was measured of it."""
        layer = self.catalogue.find(name)
        if layer is None:
            return None
        found = (
            self._inward(layer, number) if layer.fed else Contributions(why=layer.unfed or "kernel")
        )
        readers = self._onward(layer, number)
        if found is None or (found.why == "kernel" and not readers):
            return None
        return replace(found, drives=strongest(readers), damps=strongest(readers, -1))

    def _inward(self, layer: Layer, number: int) -> Contributions | None:
        kernel, heard = self.rows.get(layer.name), self.signals.get(layer.name)
        if kernel is None or heard is None or number not in kernel.filters:
            return None
        row = kernel.filters.index(number)
        inputs, given = _group(layer, number, heard.means)
        values = contributions(kernel.values[row], given)
        weights = kernel.values[row].sum((1, 2), dtype=np.float64)
        feeders = [
            ConnectedFilter(*source, float(value), float(weight))
            for source, value, weight in zip(inputs, values, weights, strict=True)
        ]
        return Contributions(
            excites=strongest(feeders),
            inhibits=strongest(feeders, -1),
            raised=float(values[values > 0].sum()),
            lowered=float(values[values < 0].sum()),
            bias=float(kernel.bias[row]),
            photographs=heard.photographs,
        )

    def _onward(self, layer: Layer, number: int) -> list[ConnectedFilter]:
        """Every filter that reads this one, with what it is given by it."""
        found: list[ConnectedFilter] = []
        for reader in _fed(self.catalogue):
            kernel, heard = self.columns.get(reader.name), self.signals.get(reader.name)
            if kernel is None or heard is None:
                continue
            for column in _columns(reader, layer.name, number):
                found += _readers(reader, kernel, heard, column)
        return found


def contributions(kernel: npt.NDArray[np.float32], given: npt.NDArray[np.float32]) -> Numbers:
    """For each input channel its weights times what they are given: (inputs,).

    ``kernel`` and ``given`` have the shape (inputs, rows, columns).
    """
    found: Numbers = (kernel.astype(np.float64) * given).sum((1, 2))
    return found


def strongest(feeders: Sequence[ConnectedFilter], sign: int = 1) -> tuple[ConnectedFilter, ...]:
    """The largest contributions of that sign, the largest first; equals in the network's order."""
    ordered = sorted(feeders, key=lambda each: -sign * each.contribution)
    return tuple(each for each in ordered[:SHOWN] if sign * each.contribution > 0)


def _width(layer: Layer) -> int:
    """How many input channels each filter of a layer reads."""
    return sum(channels for _, channels in layer.fed) // layer.groups


def _group(
    layer: Layer, number: int, means: npt.NDArray[np.float32]
) -> tuple[list[tuple[str, int]], npt.NDArray[np.float32]]:
    """The input channels that a filter reads, and what they give it."""
    width = _width(layer)
    start = number // (layer.channels // layer.groups) * width
    return _inputs(layer)[start : start + width], means[start : start + width]


def _columns(reader: Layer, name: str, number: int) -> list[int]:
    """Where among a layer's input channels a filter stands; twice where it is joined twice."""
    found, before = [], 0
    for part, channels in reader.fed:
        if part == name and number < channels:
            found.append(before + number)
        before += channels
    return found


def _readers(
    reader: Layer, kernel: ConvWeights, heard: LayerInputs, column: int
) -> Iterator[ConnectedFilter]:
    """What an input channel gives to each filter of a layer."""
    width = _width(reader)
    within = column % width
    if within not in kernel.inputs:
        return
    each = reader.channels // reader.groups
    rows = range(column // width * each, (column // width + 1) * each)
    at = kernel.inputs.index(within)
    weights = kernel.values[rows.start : rows.stop, at]
    values = contributions(weights, np.broadcast_to(heard.means[column], weights.shape))
    for row, value, weight in zip(rows, values, weights.sum((1, 2)), strict=True):
        yield ConnectedFilter(reader.name, row, float(value), float(weight))
