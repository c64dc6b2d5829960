"""What several networks left behind, under addresses; an only one's stays as it is."""

from __future__ import annotations

import numpy as np

from generator.artifacts.artifact import Artifacts, Responses, Trace
from generator.models.card import ModelCard, Preprocessing
from generator.models.layers import Catalogue, Layer
from generator.pipeline.merge_models import merge_models

FIT = Preprocessing(64, 56, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25))
SHA = "ab" * 32


def card(architecture: str) -> ModelCard:
    layers = (Layer("features.5", 2, "features.6"), Layer("features.6", 2))
    catalogue = Catalogue(architecture, layers)
    return ModelCard(architecture, "own", "0" * 64, "made here", "none", FIT, catalogue)


def made(value: float) -> Artifacts:
    numbers = np.full(2, value, dtype=np.float32)
    trace = Trace(SHA, ("features.5", "features.6"), (1, 1), numbers)
    return Artifacts((), (Responses("features.5", SHA, *[numbers] * 4),), traces=(trace,))


def test_an_only_network_s_artifacts_are_the_same_objects() -> None:
    one, left = card("vgg16"), made(1)
    cards, gathered = merge_models([("", one, left)])
    assert cards == (one,)
    assert gathered is left


def test_layers_of_two_networks_are_told_apart() -> None:
    cards, gathered = merge_models([("a", card("vgg16"), made(1)), ("b", card("vgg19"), made(2))])
    assert [each.name for each in cards] == ["a", "b"]
    known = cards[1].catalogue.find("b.features.5")
    assert known is not None
    assert known.activation == "b.features.6"
    assert cards[0].catalogue.find("b.features.5") is None
    assert [each.layer for each in gathered.responses] == ["a.features.5", "b.features.5"]


def test_a_photograph_that_was_followed_through_both_has_one_trace() -> None:
    _, gathered = merge_models([("a", card("vgg16"), made(1)), ("b", card("vgg19"), made(2))])
    (trace,) = gathered.traces
    assert trace.at("a.features.6").tolist() == [1]
    assert trace.at("b.features.5").tolist() == [2]
    assert trace.at("features.5").tolist() == []
