"""T6 and T7: what covering and silencing say, and what they change in a verdict."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from generator.artifacts.artifact import Ablation, Occlusion
from generator.findings import wanted_ablations, wanted_occlusions
from generator.findings.claim_tests.t6_in_the_image import passes
from generator.findings.claim_tests.t7_network_uses_it import PEERS, PHOTOGRAPHS, chosen
from generator.findings.thresholds import THRESHOLDS
from generator.images.photographs import Photograph
from generator.spec.gates import Gates
from generator.spec.report import EvidenceSpec
from tests.findings.studies import LAYER, Case, case, claim, detector, with_claims

CLASSES = tuple(f"class {k}" for k in range(8))


def coverings(made: Case, *, drop: float, count: int = 20, places: int = 4, seed: int = 0):
    """Coverings of the positives that cost ``drop`` more than covering elsewhere does."""
    rng = np.random.default_rng(seed)
    return tuple(
        Occlusion(
            LAYER, 0, photograph.sha256,
            plain=np.full(4, 3.0, np.float32),
            covered=np.full(4, 2.0 - drop + rng.normal(0, 0.3), np.float32),
            alone=np.full(4, 2.5, np.float32),
            elsewhere=np.full((places, 4), 2.0, np.float32),
            inside=0.8,
            area=0.2,
        )
        for photograph in made.study.evidence[0].positives[:count]
    )  # fmt: skip


@pytest.fixture(scope="module")
def good() -> Case:
    return case(*detector(shift=3.5, sizes=(20, 100, 40)))


def with_coverings(made: Case, **wanted: float) -> Case:
    return replace(made, coverings=coverings(made, **wanted))  # type: ignore[arg-type]


def test_a_thing_whose_covering_costs_more_is_localised(good: Case):
    found = with_coverings(good, drop=1.0).claim()
    assert found.verdict.code == "supported_localised"
    assert "covering it lowers the response more than covering as much beside it" in (
        found.verdict.sentence
    )
    t6 = found.results.t6
    assert t6 and t6.drop
    assert (t6.paired, t6.inside, t6.area) == (20, pytest.approx(0.8), pytest.approx(0.2))
    assert t6.drop.low > 0
    assert t6.alone == pytest.approx(2.5 / 3)


@pytest.mark.parametrize("drop", [0.0, -0.5])
def test_a_thing_whose_covering_costs_no_more_stays_supported(good: Case, drop: float):
    found = with_coverings(good, drop=drop).claim()
    assert found.verdict.code == "supported"
    assert "Whether it is the thing in the image is open" in found.verdict.sentence


@pytest.mark.parametrize(("count", "places"), [(9, 4), (20, 0), (0, 4)])
def test_too_few_masks_decide_nothing(good: Case, count: int, places: int):
    found = with_coverings(good, drop=1.0, count=count, places=places).claim()
    assert found.verdict.code == "supported"
    assert passes(found.results.t6, THRESHOLDS) is None
    assert "would let T6 say" in found.verdict.change


def test_a_claim_that_fails_another_test_is_not_saved_by_a_mask():
    weak = case(*detector(shift=0.0))
    assert with_coverings(weak, drop=3.0).claim().verdict.code == "contradicted"


def test_things_outside_of_the_view_do_not_count(good: Case):
    gone = tuple(replace(each, area=0.0) for each in coverings(good, drop=1.0))
    assert replace(good, coverings=gone).claim().results.t6 is None


def test_responses_that_are_no_numbers_do_not_count(good: Case):
    first, *rest = coverings(good, drop=1.0)
    bad = replace(first, covered=np.full(4, np.nan, np.float32))
    found = replace(good, coverings=(bad, *rest)).claim().results.t6
    assert found
    assert found.paired == 19


@pytest.mark.parametrize(
    ("evidence", "column"),
    [
        (EvidenceSpec(pooling="mean", unit="before"), 0),
        (EvidenceSpec(pooling="max", unit="before"), 1),
        (EvidenceSpec(pooling="mean", unit="after"), 2),
        (EvidenceSpec(pooling="max", unit="after"), 3),
    ],
)
def test_the_pooling_and_the_side_that_the_spec_names_decide(evidence: EvidenceSpec, column: int):
    made = case(*detector(shift=3.5), evidence=evidence)
    marked = []
    for each in coverings(made, drop=0.0):
        lower = each.covered.copy()
        lower[column] = -5
        marked.append(replace(each, covered=lower))
    assert replace(made, coverings=tuple(marked)).claim().verdict.code == "supported_localised"


def masked(made: Case) -> Case:
    """The same, with a box on every second positive."""
    evidence = made.study.evidence[0]
    boxed = tuple(
        replace(each, boxes=((0, 0, 0.5, 0.5),)) if k % 2 else each
        for k, each in enumerate(evidence.positives)
    )
    study = replace(made.study, evidence=(replace(evidence, positives=boxed),))
    return replace(made, study=study)


def test_only_positives_with_a_mask_are_covered(good: Case):
    made = masked(good)
    wanted = wanted_occlusions(made.study, made.responses)
    assert len(wanted) == 10
    assert all(task.photograph.boxes and (task.layer, task.filter) == (LAYER, 0) for task in wanted)
    assert wanted_occlusions(made.study, ()) == ()  # nothing was scored: the claim is invalid


def ablations(made: Case, *, own: float, others: float = 0.1) -> tuple[Ablation, ...]:
    """Silencing the claimed channel costs class 3 ``own``; any other costs it ``others``."""
    tasks = wanted_ablations(made.study, made.model, made.responses)
    found = []
    for task in tasks:
        plain = np.zeros(len(CLASSES), np.float32)
        plain[3] = 9.0
        without = np.repeat(plain[None], len(task.channels), axis=0)
        without[:, 3] -= others
        without[0, 3] = plain[3] - own
        found.append(Ablation(LAYER, task.channels, task.photograph.sha256, plain, without))
    return tuple(found)


def with_classifier(made: Case) -> Case:
    return replace(made, model=replace(made.model, classes=CLASSES))


def test_a_filter_that_the_network_needs_ranks_first(good: Case):
    made = with_classifier(good)
    said = claim().model_copy(update={"classes": ("Class 3",)})
    made = with_claims(made, said)
    t7 = replace(made, ablations=ablations(made, own=2.0)).claim().results.t7
    assert t7
    assert (t7.classes, t7.named, t7.rank, t7.of) == (((3, "class 3"),), True, 1, 40)
    assert t7.drop.value == pytest.approx(2.0)
    assert t7.others == pytest.approx(0.1, rel=1e-5)
    assert t7.photographs == PHOTOGRAPHS


def test_without_names_the_most_probable_classes_are_linked(good: Case):
    made = with_classifier(good)
    t7 = replace(made, ablations=ablations(made, own=0.0)).claim().results.t7
    assert t7
    assert t7.classes[0] == (3, "class 3")
    assert (len(t7.classes), t7.named, t7.rank) == (5, False, 40)


def test_without_a_classifier_nothing_is_silenced(good: Case):
    assert wanted_ablations(good.study, good.model, good.responses) == ()
    assert good.claim().results.t7 is None


def test_the_claimed_channel_is_compared_with_those_of_like_activation():
    made = with_classifier(case(*detector(channels=80)))
    tasks = wanted_ablations(made.study, made.model, made.responses)
    assert {len(task.channels) for task in tasks} == {1 + PEERS}
    assert {task.channels[0] for task in tasks} == {0}
    assert len(tasks) == PHOTOGRAPHS
    assert len({task.channels for task in tasks}) == 1


def test_nobody_picks_the_photographs_that_are_used():
    photographs = tuple(Photograph(f"{k}", "", f"{(k * 7919) % 1000:064}") for k in range(40))
    assert chosen(photographs) == chosen(photographs[::-1])
    assert len(chosen(photographs)) == PHOTOGRAPHS


def test_gates_take_localised_for_supported(good: Case):
    wanted = Gates(
        min_supported=1, allow=(), require={"claim": ("supported",), "other": ("contradicted",)}
    )
    made = with_claims(with_coverings(good, drop=1.0), claim(), gates=wanted)
    found = made.find()
    assert found.claims[0].verdict.code == "supported_localised"
    assert {gate.name: gate.held for gate in found.gates} == {
        "min_supported": True,
        "allow": True,
        "require claim": True,
        "require other": False,
    }
    strict = Gates(require={"claim": ("supported_localised",)})
    plain = with_claims(with_coverings(good, drop=0.0), claim(), gates=strict)
    assert [gate.held for gate in plain.find().gates] == [False]
