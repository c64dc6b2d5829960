"""What feeds a filter: which channels are meant, how much each gives, and what is not said."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from generator.artifacts.artifact import Artifacts
from generator.artifacts.contributions import ConvWeights, LayerInputs
from generator.findings.contribution_types import ConnectedFilter, Contributions
from generator.findings.contributions import (
    PHOTOGRAPHS,
    ContributionIndex,
    wanted_inputs,
    wanted_weights,
)
from generator.models.layers import Catalogue, Layer
from generator.plan.contributions import ConvWeightsTask
from generator.results.write import filter_json
from generator.spec.render import LayerSpec
from generator.spec.study import Study
from tests import records

# Two layers side by side, read by a third; a grouped one after it; a sum in the end.
CATALOGUE = Catalogue(
    "a network",
    (
        Layer("one", 2, unfed="image"),
        Layer("two", 3, unfed="image"),
        Layer("join", 4, fed=(("one", 2), ("two", 3))),
        Layer("apart", 8, fed=(("join", 4),), groups=2),
        Layer("last", 2, unfed="sum"),
        Layer("block", 2),
    ),
)
RNG = np.random.default_rng(3)


def kernels(layer: str, filters: tuple[int, ...], inputs: tuple[int, ...]) -> ConvWeights:
    """Weights as of the whole layer, of which some are kept."""
    rng = np.random.default_rng([*layer.encode()])
    whole = rng.normal(0, 1, (8, 5, 3, 3)).astype(np.float32)
    bias = rng.normal(0, 1, 8).astype(np.float32)
    return ConvWeights(
        layer, filters, inputs, whole[list(filters)][:, list(inputs)], bias[list(filters)]
    )


def signals(layer: str, width: int) -> LayerInputs:
    return LayerInputs(layer, 7, RNG.exponential(1, (width, 3, 3)).astype(np.float32))


JOIN = kernels("join", (0, 1, 2, 3), (0, 1, 2, 3, 4))
APART = kernels("apart", tuple(range(8)), (0, 1))
HEARD = (signals("join", 5), signals("apart", 4))
MADE = Artifacts((), (), kernels=(JOIN, APART), signals=HEARD)


def test_channels_of_a_concatenation_are_found_in_their_layers() -> None:
    found = ContributionIndex.of(CATALOGUE, MADE).feeding("join", 2)
    assert found is not None
    values = (JOIN.values[2] * HEARD[0].means).sum((1, 2))
    expected = {
        (name, number): value
        for (name, number), value in zip(
            [("one", 0), ("one", 1), ("two", 0), ("two", 1), ("two", 2)], values, strict=True
        )
    }
    shown = {
        (each.layer, each.filter): each.contribution for each in found.excites + found.inhibits
    }
    assert shown == pytest.approx(expected, rel=1e-5)
    assert [each.contribution for each in found.excites] == pytest.approx(
        sorted(values[values > 0])[::-1]
    )
    assert [each.contribution for each in found.inhibits] == pytest.approx(
        sorted(values[values < 0])
    )
    assert found.raised + found.lowered == pytest.approx(values.sum(), rel=1e-5)
    assert found.bias == JOIN.bias[2]
    assert (found.photographs, found.why) == (7, "")


def test_a_group_reads_its_own_channels_alone() -> None:
    circuits = ContributionIndex.of(CATALOGUE, MADE)
    for number, inputs in ((0, {0, 1}), (3, {0, 1}), (4, {2, 3}), (7, {2, 3})):
        found = circuits.feeding("apart", number)
        assert found is not None
        shown = found.excites + found.inhibits
        assert {each.filter for each in shown} == inputs
        for each in shown:
            at = each.filter % 2
            expected = (APART.values[number, at] * HEARD[1].means[each.filter]).sum()
            assert each.contribution == pytest.approx(float(expected), rel=1e-5)


def test_both_ends_of_a_connection_say_the_same() -> None:
    circuits = ContributionIndex.of(CATALOGUE, MADE)
    backwards = {
        (each.layer, each.filter, number): each.contribution
        for number in range(4)
        if (found := circuits.feeding("join", number))
        for each in found.excites + found.inhibits
    }
    forwards = {
        (layer.name, number, each.filter): each.contribution
        for layer in CATALOGUE.layers[:2]
        for number in range(layer.channels)
        if (found := circuits.feeding(layer.name, number))
        for each in found.drives + found.damps
        if each.layer == "join"
    }
    assert forwards == pytest.approx(backwards)
    assert len(forwards) == 20


def test_columns_alone_say_what_a_filter_feeds() -> None:
    some = Artifacts((), (), kernels=(kernels("join", (0, 1, 2, 3), (1, 3)),), signals=HEARD)
    circuits, whole = ContributionIndex.of(CATALOGUE, some), ContributionIndex.of(CATALOGUE, MADE)
    found, every = circuits.feeding("one", 1), whole.feeding("one", 1)
    assert found is not None and every is not None
    assert (found.drives, found.damps) == (every.drives, every.damps)
    assert circuits.feeding("join", 0) is None  # its rows are not there
    assert circuits.feeding("one", 0) == Contributions(why="image")


@pytest.mark.parametrize(("layer", "why"), [("one", "image"), ("last", "sum")])
def test_why_nothing_feeds_a_filter(layer: str, why: str) -> None:
    found = ContributionIndex.of(CATALOGUE, MADE).feeding(layer, 0)
    assert found is not None
    assert (found.why, found.excites, found.inhibits) == (why, (), ())


def test_a_layer_without_a_kernel_is_left_alone() -> None:
    assert ContributionIndex.of(CATALOGUE, MADE).feeding("block", 0) is None
    assert ContributionIndex.of(CATALOGUE, MADE).feeding("nowhere", 0) is None


def study(*layers: LayerSpec) -> Study:
    spec = records.spec().model_copy(update={"layers": layers, "claims": ()})
    return replace(records.study(), spec=spec)


def test_only_rows_and_columns_of_reported_filters_are_wanted() -> None:
    card = replace(records.findings().models[0], catalogue=CATALOGUE)
    asked = study(LayerSpec(layer="two", filters=(2, 0)), LayerSpec(layer="join", filters=(3, 1)))
    assert wanted_weights(asked, card) == (
        ConvWeightsTask("join", (1, 3)),
        ConvWeightsTask("join", (), (2, 4)),
        ConvWeightsTask("apart"),  # of groups: small, and a column belongs to some rows only
    )
    whole = study(
        LayerSpec(layer="join", filters=(0, 1, 2, 3)), LayerSpec(layer="one", filters=(0,))
    )
    assert wanted_weights(whole, card) == (ConvWeightsTask("join"), ConvWeightsTask("apart"))
    assert [task.layer for task in wanted_inputs(whole, card)] == ["join", "apart"]
    assert wanted_inputs(replace(whole, library=()), card) == ()


def test_of_a_large_library_the_first_by_their_hashes_are_heard() -> None:
    card = replace(records.findings().models[0], catalogue=CATALOGUE)
    asked = study(LayerSpec(layer="join", filters=(0,)))
    like = asked.library[0]
    library = tuple(replace(like, sha256=f"{at * 7919 % 1000:064d}") for at in range(600))
    (task, *_) = wanted_inputs(replace(asked, library=library), card)
    hashes = [each.sha256 for each in task.photographs]
    assert len(hashes) == PHOTOGRAPHS
    assert hashes == sorted(each.sha256 for each in library)[:PHOTOGRAPHS]


def test_it_stands_in_the_results() -> None:
    feeding = Contributions(
        excites=(ConnectedFilter("a", 1, 0.5, 2.0),), raised=0.5, bias=-1.0, photographs=9
    )
    found = replace(records.findings().layers[0].filters[0], feeding=feeding)
    written = json.loads(filter_json(found))["feeding"]
    assert written["excites"] == [{"layer": "a", "filter": 1, "contribution": 0.5, "weight": 2.0}]
    assert (written["bias"], written["photographs"], written["why"]) == (-1.0, 9, "")
