"""Path similarity: 1 for photographs of a kind, 0 for arbitrary ones, and what cannot be said."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import spearmanr

from generator.artifacts.artifact import Trace
from generator.findings import wanted_traces
from generator.findings.trust.path_similarity import (
    KIN,
    PathLayer,
    PathSimilarity,
    paths,
    reference_of,
)
from generator.models.layers import Catalogue, Layer
from generator.results.write import results
from tests.findings.studies import LAYER, Case, case, detector

CHANNELS = 40
OTHERS = list(range(KIN, 60))
FIRST = np.arange(KIN)[None, :]


def traces(values: np.ndarray, layer: str = "a") -> list[Trace]:
    rows = np.asarray(values, dtype=np.float32)
    return [Trace(str(at), (layer,), (rows.shape[1],), row) for at, row in enumerate(rows)]


def world(seed: int = 0, strength: float = 2.0) -> np.ndarray:
    """Sixty photographs: nine share a pattern over the channels, the others share nothing.

    The channels' own levels differ far more than any of that, as they do in networks.
    """
    rng = np.random.default_rng(seed)
    photographs = rng.normal(0, 1, (60, CHANNELS))
    photographs[:KIN] += strength * rng.normal(0, 1, CHANNELS)
    return photographs * rng.uniform(0.5, 2, CHANNELS) + 30 * rng.normal(0, 1, CHANNELS)


def follow(
    photographs: np.ndarray, pictures: np.ndarray, kin: np.ndarray = FIRST
) -> list[PathLayer]:
    many = np.repeat(kin, len(pictures), axis=0) if len(kin) != len(pictures) else kin
    found = paths(["a"], traces(photographs), traces(pictures), kin=many, others=OTHERS)
    return [each.stations[0] for each in found]


def test_a_photograph_of_the_kind_is_near_one_and_an_arbitrary_one_near_zero():
    kin, others = [], []
    for seed in range(20):
        photographs = world(seed)
        pattern = photographs[:KIN].mean(axis=0) - photographs[KIN:].mean(axis=0)
        rng = np.random.default_rng(seed + 1000)
        fresh = rng.choice(photographs[KIN:], 1)[0]
        station, other = follow(photographs, np.stack([fresh + pattern, fresh]))
        assert station.value is not None
        assert other.value is not None
        kin.append(station.value)
        others.append(other.value)
    assert np.mean(kin) == pytest.approx(1, abs=0.15)
    assert np.mean(others) == pytest.approx(0, abs=0.15)


def test_the_photographs_themselves_are_one_and_zero_on_average():
    photographs = world()
    standard = photographs[KIN:]
    z = (photographs - standard.mean(axis=0)) / standard.std(axis=0)
    r = np.asarray(spearmanr(z, axis=1).statistic)
    within = (r[:KIN, :KIN].sum() - KIN) / (KIN * (KIN - 1))
    beyond = r[:KIN, KIN:].mean()
    picture = photographs[20] + 1.0
    own = np.asarray(
        spearmanr(np.vstack([(picture - standard.mean(0)) / standard.std(0), z[:KIN]]), axis=1)[0]
    )[0, 1:].mean()
    (station,) = follow(photographs, picture[None])
    assert station.value == pytest.approx((own - beyond) / (within - beyond), abs=1e-4)
    assert station.kin is not None
    assert station.arbitrary is not None
    assert 0 < station.kin < 1
    assert 0 < station.arbitrary < 1


def test_units_of_the_channels_do_not_matter():
    photographs, rng = world(), np.random.default_rng(5)
    scale, shift = rng.uniform(0.1, 9, CHANNELS), rng.normal(0, 50, CHANNELS)
    picture = photographs[30][None]
    (plain,), (moved,) = (
        follow(photographs, picture),
        follow(photographs * scale + shift, picture * scale + shift),
    )
    assert moved.value == pytest.approx(plain.value, abs=0.05)  # float32 breaks ties


def test_a_layer_at_which_the_kind_is_not_more_alike_cannot_tell():
    silent = [follow(world(seed, strength=0.0), world(seed)[:1])[0].value for seed in range(40)]
    assert sum(value is not None for value in silent) <= 4
    constant = np.ones((60, CHANNELS))
    assert follow(constant, constant[:1]) == [PathLayer("a", None)]


def test_what_is_no_number_cannot_tell():
    photographs = world()
    broken = photographs[:1].copy()
    broken[0, 3] = np.nan
    assert follow(photographs, broken) == [PathLayer("a", None)]
    photographs[50, 2] = np.inf
    assert follow(photographs, world()[:1]) == [PathLayer("a", None)]


def test_kin_do_not_count_as_arbitrary_photographs():
    photographs = world()
    kin = np.arange(KIN)[None, :] + KIN  # all of them among the others
    (station,) = follow(photographs, photographs[:1], kin)
    apart = paths(
        ["a"], traces(photographs), traces(photographs[:1]), kin=kin, others=OTHERS[KIN:]
    )[0].stations[0]
    assert station.value is None or station.value == pytest.approx(apart.value, rel=0.5)


@pytest.mark.parametrize(("photographs", "kin"), [(0, 0), (8, 2), (9, 3), (26, 8), (462, 9)])
def test_a_small_library_has_fewer_of_a_kind(photographs: int, kin: int):
    assert reference_of(photographs) == kin


def test_too_few_photographs_say_nothing():
    photographs = world()
    for kin, others in ((np.arange(2)[None], OTHERS), (FIRST, [9, 10])):
        found = paths(["a"], traces(photographs), traces(photographs[:1]), kin=kin, others=others)
        assert found[0].stations == (PathLayer("a", None),)


def test_the_layer_itself_does_not_count():
    values = (0.2, None, 0.6, -7.0, 9.0)
    path = PathSimilarity(
        tuple(PathLayer(name, value) for name, value in zip("abcde", values, strict=True))
    )
    assert path.told == (0.2, 0.6, -7.0)
    assert path.value == 0.2
    assert (path.like, replace(path, stations=path.stations[1:3] + path.stations[-1:]).like) == (
        False,
        True,
    )
    first = PathSimilarity((PathLayer("a", 1.0),))
    assert (first.told, first.value, first.like) == ((), None, None)


def followed() -> Case:
    """A study whose layer has one before it, with the traces that it asks for."""
    base = case(*detector(sizes=(20, 60, 20), channels=CHANNELS))
    layers = (Layer("early", 6, "early.relu"), Layer("early.relu", 6), Layer(LAYER, CHANNELS))
    model = replace(base.model, catalogue=Catalogue("vgg16", layers))
    rng = np.random.default_rng(0)
    wanted = wanted_traces(base.study, model, base.renderings, base.responses)
    made = tuple(
        Trace(task.image.sha256, task.layers, (6, 40), rng.normal(0, 1, 46).astype(np.float32))
        for task in wanted
    )
    return replace(base, model=model, traces=made)


def test_it_is_asked_for_found_and_told():
    base = followed()
    wanted = wanted_traces(base.study, base.model, base.renderings, base.responses)
    assert {task.layers for task in wanted} == {("early.relu", LAYER)}
    assert len({task.image.sha256 for task in wanted}) == len(wanted)
    assert [task.image for task in wanted if task.image in base.renderings] == [*base.renderings]
    found = base.find()
    trust = found.layers[0].filters[0].trust
    assert trust is not None
    assert trust.path is not None
    assert [each.layer for each in trust.path.stations] == ["early.relu", LAYER]
    told = json.loads(results(found))["filters"][0]["trust"]["path"]
    assert [name for name, _ in told["layers"]] == ["early.relu", LAYER]
    bare = replace(base, traces=()).find().layers[0].filters[0].trust
    assert bare is not None
    assert bare.path is None


def test_what_only_another_network_followed_is_left_out():
    base = followed()
    last = next(each for each in reversed(base.traces) if len(each.layers) == 2)
    elsewhere = replace(last, layers=("slim.early.relu", "slim.late"))
    mixed = replace(base, traces=(*(t for t in base.traces if t is not last), elsewhere))
    without = replace(base, traces=tuple(t for t in base.traces if t is not last))
    paths = [each.find().layers[0].filters[0].trust for each in (mixed, without)]
    assert paths[0] == paths[1]


def test_the_first_layer_and_a_small_library_are_not_followed():
    base = followed()
    alone = replace(base.model, catalogue=Catalogue("vgg16", (Layer(LAYER, CHANNELS),)))
    assert wanted_traces(base.study, alone, base.renderings, base.responses) == ()
    small = case(*detector(sizes=(3, 4, 1), channels=CHANNELS))
    assert wanted_traces(small.study, base.model, small.renderings, small.responses) == ()
    assert wanted_traces(base.study, base.model, base.renderings, ()) == ()
