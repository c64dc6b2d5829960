"""Mean or maximum, before or after the activation function: each gives what plain numpy gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from generator.artifacts.artifact import Responses
from generator.spec.report import EvidenceSpec, Pooling, Side
from tests.findings.studies import LAYER, Case, case

SIZES = (24, 120, 30)  # positives, controls, look-alikes
CHANNELS, SIDE, OWN = 12, 5, 3
Maps = npt.NDArray[np.float32]


def maps() -> Maps:
    """Feature maps before the activation function: (photographs, channels, height, width)."""
    rng = np.random.default_rng(6)
    made = rng.normal(-0.5, 1, (sum(SIZES), CHANNELS, SIDE, SIDE)).astype(np.float32)
    made[: SIZES[0], OWN, 0, 0] += 3.0  # a spot, which the maximum sees best
    made[: SIZES[0], OWN] += 0.1
    return made


def pooled(values: Maps, pooling: Pooling, unit: Side) -> npt.NDArray[np.float32]:
    sides = np.maximum(values, 0) if unit == "after" else values
    flat = sides.reshape(*sides.shape[:2], -1)
    return flat.mean(axis=2) if pooling == "mean" else flat.max(axis=2)


def measured(values: Maps, evidence: EvidenceSpec) -> Case:
    """A claim about photographs with these maps."""
    blank = [np.zeros((size, CHANNELS)) for size in SIZES]
    made = case(*blank, index=OWN, evidence=evidence)
    each = (
        [pooled(values[k : k + 1], pooling, unit)[0] for unit in ("before", "after")
         for pooling in ("mean", "max")]
        for k in range(len(values))
    )  # fmt: skip
    tested = made.study.evidence[0]
    order = (*tested.positives, *tested.controls, *tested.lookalikes)
    responses = tuple(
        Responses(LAYER, photograph.sha256, *four)
        for photograph, four in zip(order, each, strict=True)
    )
    return replace(made, responses=responses)


@pytest.mark.parametrize("pooling", ["mean", "max"])
@pytest.mark.parametrize("unit", ["before", "after"])
def test_every_figure_is_that_of_numpy(pooling: Pooling, unit: Side) -> None:
    values = maps()
    found = measured(values, EvidenceSpec(pooling=pooling, unit=unit)).claim()
    every = pooled(values, pooling, unit).astype(np.float64)
    x, c, y = np.split(every, np.cumsum(SIZES)[:2])
    own = [part[:, OWN] for part in (x, c, y)]

    def auc(some: npt.NDArray[np.float64], others: npt.NDArray[np.float64]) -> float:
        labels = [1] * len(some) + [0] * len(others)
        return float(roc_auc_score(labels, [*some, *others]))

    assert found.results.t1
    assert found.results.t2
    assert found.results.t3
    assert found.results.t4
    assert found.results.t1.value == pytest.approx(auc(own[0], own[1]), abs=1e-9)
    assert found.results.t2.value == pytest.approx(auc(own[0], own[2]), abs=1e-9)
    places = [auc(x[:, k], c[:, k]) for k in range(CHANNELS)]
    assert found.results.t3.value == sum(place >= places[OWN] for place in places)
    z = [(part - own[1].mean()) / own[1].std(ddof=1) for part in own]
    shown = [[s.z for s in found.scores if s.role == role] for role in ("positive", "control")]
    assert shown[0] == pytest.approx(z[0].tolist(), abs=1e-5)
    assert shown[1] == pytest.approx(z[1].tolist(), abs=1e-5)
    line = np.quantile(own[1].astype(np.float32), 0.99)
    assert found.results.t4.threshold == pytest.approx(line, rel=1e-6)
    assert found.results.t4.hits.value == pytest.approx((own[0] > line).mean())
    weights = [0.05 / SIZES[0]] * SIZES[0] + [0.95 / SIZES[1]] * SIZES[1]
    labels = [1] * SIZES[0] + [0] * SIZES[1]
    precision = average_precision_score(labels, [*own[0], *own[1]], sample_weight=weights)
    assert found.results.t4.average_precision == pytest.approx(precision, abs=1e-9)
    assert found.results.t4.r == pytest.approx(
        np.corrcoef(labels, [*own[0], *own[1]])[0, 1], abs=1e-6
    )


def test_the_four_choices_are_four_different_figures() -> None:
    values = maps()
    sides: tuple[Side, ...] = ("before", "after")
    poolings: tuple[Pooling, ...] = ("mean", "max")
    choices = [EvidenceSpec(pooling=p, unit=u) for p in poolings for u in sides]
    aucs = [measured(values, each).claim().results.t1 for each in choices]
    areas = [auc.value for auc in aucs if auc]
    # The maximum is the same before and after a ReLU wherever it is above zero.
    assert len({round(area, 6) for area in areas}) >= 3
