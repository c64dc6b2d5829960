"""Merges the artifacts of several models.

From here on nothing needs to know how many networks there are: tables, maps and pictures are found
by a layer's address, which is unique, and a layer's network by the catalogue that has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from generator.artifacts.artifact import (
    Ablation,
    Artifacts,
    FeatureMaps,
    Occlusion,
    Rendering,
    Responses,
    ScanResult,
    Trace,
)
from generator.artifacts.contributions import ConvWeights, LayerInputs
from generator.images.photographs import Photograph
from generator.models.card import ModelCard
from generator.spec.multi_model import address
from generator.summaries import Summary

OfLayer = TypeVar(
    "OfLayer",
    Rendering,
    Responses,
    FeatureMaps,
    Occlusion,
    Ablation,
    ConvWeights,
    LayerInputs,
    Summary,
)


def merge_models(
    parts: Sequence[tuple[str, ModelCard, Artifacts]],
) -> tuple[tuple[ModelCard, ...], Artifacts]:
    """Cards and artifacts of all networks, from each one's with its name in the report.

    A report's only network has no name, and what it left behind stays as it is.
    """
    cards = tuple(_card(name, card) for name, card, _ in parts)
    if len(parts) == 1 and not parts[0][0]:
        return cards, parts[0][2]
    made = [(name, each) for name, _, each in parts]
    return cards, Artifacts(
        tuple(x for name, each in made for x in _addressed(name, each.renderings)),
        tuple(x for name, each in made for x in _addressed(name, each.responses)),
        tuple(x for name, each in made for x in _addressed(name, each.maps)),
        tuple(x for name, each in made for x in _addressed(name, each.coverings)),
        tuple(x for name, each in made for x in _addressed(name, each.ablations)),
        _traces([_followed(name, x) for name, each in made for x in each.traces]),
        tuple(x for name, each in made for x in _addressed(name, each.kernels)),
        tuple(x for name, each in made for x in _addressed(name, each.signals)),
        _streamed([(name, each.streamed) for name, each in made if each.streamed]),
    )


def _card(name: str, card: ModelCard) -> ModelCard:
    if not name:
        return card
    layers = tuple(
        replace(
            layer,
            name=address(name, layer.name),
            activation=address(name, layer.activation) if layer.activation else "",
            fed=tuple((address(name, source), count) for source, count in layer.fed),
        )
        for layer in card.catalogue.layers
    )
    return replace(card, name=name, catalogue=replace(card.catalogue, layers=layers))


def _addressed(name: str, made: Sequence[OfLayer]) -> tuple[OfLayer, ...]:
    return tuple(replace(each, layer=address(name, each.layer)) for each in made)


def _followed(name: str, trace: Trace) -> Trace:
    return replace(trace, layers=tuple(address(name, layer) for layer in trace.layers))


def _streamed(parts: Sequence[tuple[str, ScanResult]]) -> ScanResult | None:
    if not parts:
        return None
    photographs: dict[int, Photograph] = {}
    for _, each in parts:
        photographs |= each.photographs
    return ScanResult(
        tuple(x for name, each in parts for x in _addressed(name, each.summaries)),
        photographs,
        tuple(x for name, each in parts for x in _addressed(name, each.responses)),
    )


def _traces(traces: Sequence[Trace]) -> tuple[Trace, ...]:
    """One for each image: a photograph was followed through several networks."""
    found: dict[str, Trace] = {}
    for each in traces:
        before = found.get(each.image)
        found[each.image] = _joined(before, each) if before else each
    return tuple(found.values())


def _joined(one: Trace, other: Trace) -> Trace:
    layers, widths = one.layers + other.layers, one.widths + other.widths
    return Trace(one.image, layers, widths, np.concatenate([one.means, other.means]))
