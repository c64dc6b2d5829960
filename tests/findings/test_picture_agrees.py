"""T8: the rendered picture on the scale of the controls. Reported, never sufficient."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from generator.artifacts.artifact import Rendering
from generator.findings.claim_tests.t8_picture_agrees import (
    PictureAgreement,
    agrees,
    picture_agrees,
)
from generator.results.write import results
from tests.findings.studies import LAYER, Case, case, detector, rendering

# Means 2, 20, 5 and deviations 1, 10, 0 of the three channels over two controls.
CONTROLS = np.array([[1.0, 10.0, 5.0], [3.0, 30.0, 5.0]], dtype=np.float32)


def picture(*response: float, index: int = 0) -> Rendering:
    return replace(rendering(LAYER, index), response=response)


def test_z_and_rank_stand_on_the_controls():
    assert picture_agrees(picture(6.0, 50.0, 5.0), CONTROLS) == PictureAgreement(4.0, 1, 3, 1.0)
    assert picture_agrees(picture(6.0, 70.0, 5.0), CONTROLS) == PictureAgreement(4.0, 2, 3, 1.0)


@pytest.mark.parametrize(
    ("z", "rank", "of", "expected"),
    [(4.0, 1, 3, True), (4.0, 2, 3, False), (1.0, 1, 3, False), (9.0, 5, 512, True)],
)
def test_it_agrees_above_every_control_and_before_other_filters(
    z: float, rank: int, of: int, expected: bool
):
    assert agrees(PictureAgreement(z, rank, of, control=1.0)) is expected


@pytest.mark.parametrize(
    ("made", "controls"),
    [
        (picture(6.0, 50.0, 5.0), CONTROLS[:1]),
        (picture(6.0, 50.0, 5.0), CONTROLS[:0]),
        (picture(6.0, 50.0, 9.0, index=2), CONTROLS),
        (picture(), CONTROLS),
        (picture(float("nan"), 50.0, 5.0), CONTROLS),
        (picture(6.0, 50.0, 5.0), np.full_like(CONTROLS, np.nan)),
    ],
    ids=["one control", "none", "constant", "no responses", "no number", "controls no numbers"],
)
def test_what_cannot_be_said_is_not_said(made: Rendering, controls: np.ndarray):
    assert picture_agrees(made, controls) is None


def with_picture(response: tuple[float, ...]) -> Case:
    base = case(*detector())
    return replace(base, renderings=(picture(*response),))


def test_it_is_in_the_findings_and_in_results_json_and_changes_no_verdict():
    strong, weak = ((value, *[-100.0] * 39) for value in (400.0, -500.0))
    for response, word in ((strong, True), (weak, False)):
        found = with_picture(response).find()
        told = json.loads(results(found))["claims"][0]["t8"]
        assert told["agrees"] is word
        assert told["of"] == 40
        assert found.claims[0].verdict == case(*detector()).claim().verdict
    assert case(*detector()).claim().results.t8 is None
    assert json.loads(results(case(*detector()).find()))["claims"][0]["t8"] is None
