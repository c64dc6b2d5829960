"""Twenty-four claims, half of them with a filter that fits: the verdicts of another program."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from generator.spec.models import LayerSpec, Spec
from generator.spec.study import Evidence, Study
from tests.findings import independent
from tests.findings.independent import Trial
from tests.findings.studies import LAYER, Case, claim, model, photographs, rendering, response

FILTERS = 48
SIZES = (5, 7, 9, 12, 18, 24, 30, 36, 42, 48, 53, 59)


def trials(seed: int) -> list[Trial]:
    """For each number of positives a filter that fits, and one picked at random for others."""
    rng = np.random.default_rng(seed)
    made = []
    for n in SIZES:
        groups = [np.maximum(rng.normal(0, 1, (size, FILTERS)), 0) for size in (n, 60, 200)]
        own = int(rng.integers(FILTERS))
        fits = [group.copy() for group in groups]
        fits[0][:, own] += rng.uniform(2.5, 3.5)
        fits[1][:, own] += 0.3  # look-alikes excite it a little
        made.append(Trial(*fits, own))
        made.append(Trial(*fits, (own + 7) % FILTERS))  # the same photographs, a shuffled filter
    return made


def report(made: list[Trial]) -> Case:
    """All of them in one report."""
    said, evidence, responses = [], [], []
    for k, trial in enumerate(made):
        each = claim(f"claim-{k}", index=trial.index)
        groups = zip(
            ("p", "l", "c"), (trial.positives, trial.lookalikes, trial.controls), strict=True
        )
        roles = []
        for role, rows in groups:
            taken = photographs(f"{role}{k:02}", len(rows))
            responses += [response(p, row) for p, row in zip(taken, rows, strict=True)]
            roles.append(taken)
        said.append(each)
        evidence.append(Evidence(each, *roles, (), ()))
    spec = Spec(
        version=1, title="x", claims=tuple(said), layers=(LayerSpec(layer=LAYER, filters=(0,)),)
    )
    study = Study(spec, Path("report.yml"), Path(), None, (), tuple(evidence), ())
    indices = {0, *(trial.index for trial in made)}
    pictures = tuple(rendering(LAYER, index) for index in sorted(indices))
    return Case(study, model(FILTERS), pictures, tuple(responses))


def test_every_verdict_is_that_of_an_independent_computation():
    made = trials(2)
    theirs = independent.verdicts(made)
    ours = [
        {"weak": "underpowered"}.get(found.verdict.code, found.verdict.code)
        for found in report(made).find().claims
    ]
    settled = [k for k, (_, close) in enumerate(theirs) if not close]
    assert [ours[k] for k in settled] == [theirs[k][0] for k in settled]
    assert len(settled) >= 20
    assert "supported" not in ours[1::2]  # no shuffled filter
    assert ours[0::2].count("supported") == sum(n >= 10 for n in SIZES)  # every one that fits


def test_the_figures_are_those_of_an_independent_computation():
    made = trials(3)[:8]
    found = report(made).find().claims
    adjusted = independent.holm([each.p for each in found])
    for each, trial, p in zip(found, made, adjusted, strict=True):
        assert each.t1
        assert each.t2
        assert each.t5
        x, y, c = (g[:, trial.index] for g in (trial.positives, trial.lookalikes, trial.controls))
        x, y, c = (part.astype(np.float32) for part in (x, y, c))
        assert each.t1.value == pytest.approx(independent.auc(x, c), abs=1e-9)
        assert each.t2.value == pytest.approx(independent.auc(x, y), abs=1e-9)
        assert each.t5.top.value == pytest.approx(independent.top_share(x, y, c), abs=1e-9)
        assert each.p_holm == pytest.approx(p, abs=1e-12)


def test_a_shuffled_filter_is_not_supported_even_alone_in_its_report():
    for trial in trials(4)[1::2]:
        assert report([trial]).find().claims[0].verdict.code != "supported"
