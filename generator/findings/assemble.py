"""Artifacts → Findings: measure every claim, correct for their number, judge, and illustrate."""

from __future__ import annotations

import numpy as np

from generator.artifacts import FeatureMap, Floats, ModelCard, Rendering, Responses
from generator.errors import ReportError
from generator.findings.exhibits import (
    MapsByPlace,
    by_place,
    choose,
    exhibit,
    score,
    strongest,
)
from generator.findings.gates import gates
from generator.findings.measure import Measured, measure
from generator.findings.records import (
    ClaimFinding,
    Exhibit,
    FilterFinding,
    Findings,
    LayerFinding,
    Score,
    Verdict,
)
from generator.findings.scales import scale_of
from generator.findings.tables import Table, table_of, tabulate
from generator.findings.trust import Trust
from generator.findings.trust import trust as trust_of
from generator.findings.verdicts import judge
from generator.photographs import Photograph
from generator.plan import PROBE_SIDE
from generator.spec.models import LayerSpec
from generator.spec.study import Evidence, Role, Study
from generator.statistics import holm
from generator.statistics.permutation import SHUFFLES


def find(
    study: Study,
    model: ModelCard,
    *,
    renderings: tuple[Rendering, ...],
    responses: tuple[Responses, ...],
    maps: tuple[FeatureMap, ...],
) -> Findings:
    """Everything that the pages may say, from what the tasks left behind.

    The same artifacts give the same findings: all randomness is seeded by the claims' ids.

    Raises
    ------
    ReportError
        If the picture of a reported filter is missing.
    """
    tables, placed = tabulate(study.spec.evidence, responses), by_place(maps)
    claims = _claims(study, tables, placed)
    wanted = study.spec.render
    pictures = {
        (picture.layer, picture.filter): picture
        for picture in renderings
        if (picture.size, picture.seed) == (wanted.size, wanted.seed)
    }
    layers = []
    for entry in _in_network_order(study.spec.reported_layers, model):
        table, known = table_of(tables, entry.layer), model.catalogue.find(entry.layer)
        channels = known.channels if known else table.channels if table else 0
        of_layer = tuple(each for each in responses if each.layer == entry.layer)
        filters = tuple(
            _filter(study, table, picture, placed, _trust(picture, renderings, of_layer))
            for picture in (_picture(pictures, entry.layer, index) for index in entry.filters)
        )
        layers.append(LayerFinding(entry.layer, entry.title, channels, filters))
    return Findings(study, model, tuple(layers), claims, gates(study.spec.gates, claims))


def _claims(study: Study, tables: tuple[Table, ...], maps: MapsByPlace) -> tuple[ClaimFinding, ...]:
    """Measure all claims first: Holm's family is every one of them, whatever its verdict."""
    # So many shuffles that the smallest p can still pass Holm with room to spare.
    shuffles = max(SHUFFLES, 100 * len(study.evidence) - 1)
    measured = [
        measure(
            evidence,
            table_of(tables, evidence.claim.layer),
            shuffles=shuffles,
            lines=study.spec.thresholds,
        )
        for evidence in study.evidence
    ]
    corrected = holm([each.p for each in measured])
    return tuple(
        _claim(
            each,
            judge(each, p_holm, study.spec.thresholds),
            table_of(tables, each.evidence.claim.layer),
            p_holm=p_holm,
            maps=maps,
        )
        for each, p_holm in zip(measured, corrected, strict=True)
    )


def _claim(
    measured: Measured,
    verdict: Verdict,
    table: Table | None,
    *,
    p_holm: float,
    maps: MapsByPlace,
) -> ClaimFinding:
    evidence = measured.evidence
    index = evidence.claim.filter
    scores = _scores(evidence, table)
    shown = choose(evidence, table)
    by_hash = {each.photograph.sha256: each for each in scores}

    def shows(photographs: tuple[Photograph, ...]) -> tuple[Exhibit, ...]:
        found = (by_hash[photograph.sha256] for photograph in photographs)
        return tuple(exhibit(table, each, index, maps) for each in found) if table else ()

    return ClaimFinding(
        claim=evidence.claim,
        verdict=verdict,
        t1=measured.t1.estimate if measured.t1 else None,
        t2=measured.t2.estimate if measured.t2 else None,
        t3=measured.t3,
        p=measured.p,
        p_holm=p_holm,
        scores=scores,
        removed=evidence.removed,
        best=shows(shown.best),
        worst=shows(shown.worst),
        counterexamples=shows(shown.counterexamples),
        profile=_profile(evidence, table),
        t4=measured.t4,
        t5=measured.t5,
    )


def _scores(evidence: Evidence, table: Table | None) -> tuple[Score, ...]:
    """Every tested photograph that was scored, standardised on the controls."""
    if table is None:
        return ()
    index = evidence.claim.filter
    scale = scale_of(table.pooled[table.rows(evidence.controls), index])
    groups: tuple[tuple[Role, tuple[Photograph, ...]], ...] = (
        ("positive", evidence.positives),
        ("lookalike", evidence.lookalikes),
        ("control", evidence.controls),
    )
    return tuple(
        score(table, photograph, index, role=role, scale=scale)
        for role, photographs in groups
        for photograph in photographs
        if table.row(photograph) is not None
    )


def _profile(evidence: Evidence, table: Table | None) -> Floats:
    """Mean activation of every feature map over all positives; empty where none was scored."""
    rows = table.rows(evidence.positives) if table else []
    if table is None or not rows:
        return np.zeros(0, dtype=np.float32)
    return np.asarray(table.mean[rows].mean(axis=0, dtype=np.float64), dtype=np.float32)


def _filter(
    study: Study, table: Table | None, picture: Rendering, maps: MapsByPlace, trust: Trust
) -> FilterFinding:
    layer, index = picture.layer, picture.filter
    top: tuple[Exhibit, ...] = ()
    if table is not None:
        scale = scale_of(table.pooled[table.rows(study.library), index])
        top = tuple(
            exhibit(table, score(table, each, index, role=None, scale=scale), index, maps)
            for each in strongest(table, study.library, index)
        )
    claims = tuple(
        claim.id for claim in study.spec.claims if (claim.layer, claim.filter) == (layer, index)
    )
    return FilterFinding(layer, index, picture, top, claims, trust)


def _trust(
    picture: Rendering, renderings: tuple[Rendering, ...], responses: tuple[Responses, ...]
) -> Trust:
    return trust_of(
        picture,
        tuple(
            each
            for each in renderings
            if (each.layer, each.filter, each.size) == (picture.layer, picture.filter, PROBE_SIDE)
        ),
        responses,
    )


def _picture(pictures: dict[tuple[str, int], Rendering], layer: str, index: int) -> Rendering:
    if (layer, index) not in pictures:
        raise ReportError(
            f"filter {index} of {layer} has no picture",
            "build again: its rendering is missing from what the tasks left behind",
        )
    return pictures[layer, index]


def _in_network_order(entries: tuple[LayerSpec, ...], model: ModelCard) -> tuple[LayerSpec, ...]:
    names = [layer.name for layer in model.catalogue.layers]
    unknown = len(names)
    return tuple(
        sorted(
            entries,
            key=lambda entry: names.index(entry.layer) if entry.layer in names else unknown,
        )
    )
