"""What find() puts together: layers, exhibits, profiles, Holm's family, gates, determinism."""

import time
from dataclasses import replace

import numpy as np
import pytest

from generator.artifacts.artifact import FeatureMaps
from generator.errors import ReportError
from generator.findings import gates, wanted_maps
from generator.results.write import results
from generator.spec.gates import Gates
from generator.spec.render import LayerSpec
from tests.findings.studies import (
    LAYER,
    case,
    claim,
    detector,
    model,
    noise,
    rendering,
    with_claims,
)


def test_exhibits_of_a_claim_are_the_best_the_worst_and_the_strongest_others():
    found = case(*detector()).claim()
    positives = sorted((s.mean for s in found.scores if s.role == "positive"), reverse=True)
    others = sorted((s.mean for s in found.scores if s.role != "positive"), reverse=True)
    assert [exhibit.score.mean for exhibit in found.best] == positives[:6]
    assert [exhibit.score.mean for exhibit in found.worst] == positives[::-1][:6]
    assert [exhibit.score.mean for exhibit in found.counterexamples] == others[:6]
    assert {exhibit.score.role for exhibit in found.counterexamples} <= {"lookalike", "control"}


@pytest.mark.parametrize(("count", "best", "worst"), [(4, 4, 0), (9, 6, 3), (12, 6, 6)])
def test_best_and_worst_never_overlap(count: int, best: int, worst: int):
    found = case(*detector(sizes=(count, 30, 12))).claim()
    assert (len(found.best), len(found.worst)) == (best, worst)
    hashes = [each.score.photograph.sha256 for each in found.best + found.worst]
    assert len(set(hashes)) == len(hashes)


def test_scores_are_standardised_on_the_controls_and_ranked_by_mean():
    positives, controls, lookalikes = detector()
    found = case(positives, controls, lookalikes).claim()
    controls_z = [score.z for score in found.scores if score.role == "control"]
    assert np.mean(controls_z) == pytest.approx(0, abs=1e-5)
    assert np.std(controls_z, ddof=1) == pytest.approx(1, abs=1e-5)
    assert found.scores[0].rank == int((positives[0] >= positives[0, 0]).sum())
    assert found.profile == pytest.approx(positives.mean(axis=0), abs=1e-5)
    assert found.best[0].profile.shape == (40,)
    assert (found.count("positive"), found.count("lookalike"), found.count("control")) == (
        20,
        40,
        100,
    )


@pytest.mark.parametrize(
    ("wanted", "held", "detail"),
    [
        (Gates(none_contradicted=True), [False], "contradicted: b"),
        (Gates(require={"a": ("supported",)}), [True], "it is supported; supported wanted"),
        (
            Gates(require={"b": ("supported", "too_narrow")}),
            [False],
            "it is contradicted; supported or too narrow wanted",
        ),
        (Gates(require={"b": ("contradicted",), "a": ("weak",)}), [False, True], "weak wanted"),
        (Gates(), [], ""),
    ],
)
def test_gates_on_verdicts(wanted: Gates, held: list[bool], detail: str):
    groups = detector(shift=3.5, sizes=(40, 100, 40))
    groups[0][:, 3] -= 2
    found = with_claims(case(*groups), claim("a"), claim("b", index=3), gates=wanted).find()
    assert [each.verdict.code for each in found.claims] == ["supported", "contradicted"]
    assert [gate.held for gate in found.gates] == held
    assert detail in " ".join(gate.detail for gate in found.gates)


def test_a_filter_shows_the_photographs_of_the_whole_library_that_excite_it_most():
    base = case(*detector())
    top = base.find().layers[0].filters[0].top
    everything = sorted((float(each.mean_after[0]) for each in base.responses), reverse=True)
    assert [exhibit.score.mean for exhibit in top] == everything[:9]
    assert all(exhibit.score.role is None for exhibit in top)


def test_photographs_without_usable_responses_are_never_shown():
    groups = noise(0)
    groups[2][3, 0] = np.inf
    base = case(*groups)
    base = replace(base, responses=base.responses[1:])
    shown = base.find().layers[0].filters[0].top
    names = {exhibit.score.photograph.name for exhibit in shown}
    assert len(names) == 9
    assert not names & {"positive/000.jpg", "lookalike/003.jpg"}


def test_maps_are_asked_for_once_and_find_their_exhibit():
    base = with_claims(case(*detector()), claim("a"), claim("b"), claim("c", index=3))
    wanted = wanted_maps(base.study, base.responses)
    places = [(each.layer, each.photograph.sha256) for each in wanted]
    assert len(set(places)) == len(places)
    assert wanted == wanted_maps(base.study, tuple(reversed(base.responses)))
    maps = tuple(
        FeatureMaps(t.layer, t.photograph.sha256, t.filters, np.zeros((len(t.filters), 2, 2), "f4"))
        for t in wanted
    )
    found = replace(base, maps=maps).find()
    exhibits = [e for c in found.claims for e in c.best + c.worst + c.counterexamples]
    filters = [each for layer in found.layers for each in layer.filters]
    exhibits += [e for each in filters for e in each.top]
    exhibits += [milestone.exhibit for each in filters for milestone in each.range]
    used = [(e.map.layer, e.map.filter, e.score.photograph.sha256) for e in exhibits if e.map]
    assert len(used) == len(exhibits)
    assert set(used) == {(t.layer, n, t.photograph.sha256) for t in wanted for n in t.filters}


def test_a_missing_map_is_none():
    assert case(*detector()).claim().best[0].map is None


def test_layers_come_in_the_networks_order_with_the_claims_filters():
    early = "features.5"
    base = with_claims(case(*detector()), claim("a", index=7), claim("b", index=2))
    listed = (LayerSpec(layer=LAYER, title="conv5_1", filters=(9,)),)
    said = (*base.study.spec.claims, claim("c", index=4, layer=early))
    spec = base.study.spec.model_copy(update={"layers": listed, "claims": said})
    pictures = (*(rendering(LAYER, k) for k in (9, 2, 7)), rendering(early, 4))
    found = replace(
        base,
        study=replace(base.study, spec=spec),
        model=model(40, early, LAYER),
        renderings=pictures,
    ).find()
    assert [layer.layer for layer in found.layers] == [early, LAYER]
    assert [layer.title for layer in found.layers] == [early, "conv5_1"]
    assert [layer.channels for layer in found.layers] == [40, 40]
    assert [each.filter for each in found.layers[1].filters] == [9, 2, 7]
    assert [each.claims for each in found.layers[1].filters] == [(), ("b",), ("a",)]
    assert found.layers[0].filters[0].top == ()  # nothing was scored there


def test_a_missing_picture_is_refused():
    with pytest.raises(ReportError, match=r"filter 0 of .* has no picture"):
        replace(case(*detector()), renderings=()).find()


def test_holms_family_is_every_claim():
    alone = case(*detector()).claim()
    many = with_claims(case(*detector()), claim(), *(claim(f"c{k}", index=k) for k in range(1, 9)))
    found = many.find().claims[0]
    assert alone.p_holm == alone.p == found.p == 1e-4
    assert found.p_holm == pytest.approx(9e-4)


def test_the_weaker_of_t1_and_t2_gives_p():
    found = case(*detector(shift=0.5)).claim()
    assert found.results.t1 is not None
    assert found.results.t2 is not None
    assert found.p == max(found.results.t1.p or 0, found.results.t2.p or 0)


def test_the_same_artifacts_give_the_same_findings():
    base = with_claims(case(*detector()), claim("a"), claim("b", index=3))
    assert results(base.find()) == results(base.find())
    backwards = replace(base, responses=tuple(reversed(base.responses)))
    assert results(backwards.find()) == results(base.find())


def test_a_claims_numbers_do_not_depend_on_the_other_claims():
    base = case(*detector())
    alone = with_claims(base, claim("a")).find().claims[0]
    beside = with_claims(base, claim("b", index=3), claim("a")).find().claims[1]
    for name in ("T1", "T2", "T3"):
        assert alone.results.by_name[name] == beside.results.by_name[name]
    assert alone.p == beside.p


def test_gates_say_what_held():
    base = with_claims(case(*detector(shift=3.5)), claim("good"), claim("bad", index=3))
    found = base.find().claims
    assert found[0].verdict.code == "supported"
    assert gates(Gates(), found) == ()
    (enough,) = gates(Gates(min_supported=1), found)
    assert (enough.held, enough.detail) == (True, "1 of 2 claims is supported; at least 1 wanted")
    (wanting,) = gates(Gates(min_supported=2), found)
    assert not wanting.held
    (strict,) = gates(Gates(allow=()), found)
    assert not strict.held
    assert "bad (" in strict.detail
    (lenient,) = gates(Gates(allow=("another_filter", "contradicted", "underpowered")), found)
    assert lenient.held
    assert base.find().gates == ()


def test_no_claims_are_no_trouble():
    found = with_claims(case(*detector())).find()
    assert found.claims == ()
    assert gates(Gates(min_supported=1), ())[0].detail == (
        "0 of 0 claims are supported; at least 1 wanted"
    )


def test_a_report_of_full_size_takes_seconds():
    groups = detector(sizes=(20, 376, 66), channels=512)
    base = with_claims(case(*groups), *(claim(f"c{k}", index=k) for k in range(5)))
    start = time.perf_counter()
    base.find()
    assert time.perf_counter() - start < 30  # about 4 s on two idle cores
