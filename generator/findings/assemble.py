"""Artifacts → Findings: measures every claim, corrects for their number, decides verdicts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generator.artifacts.artifact import Artifacts, Floats
from generator.findings.claim_tests.base import ClaimArtifacts
from generator.findings.contributions import ContributionIndex
from generator.findings.findings import (
    ClaimFinding,
    Exhibit,
    Findings,
    Score,
    Verdict,
    model_of,
)
from generator.findings.gates import gates
from generator.findings.index import ArtifactIndex, index_artifacts
from generator.findings.interventions import column
from generator.findings.layers import layer_finding
from generator.findings.measure import Measurements, measure
from generator.findings.photographs import choose, exhibit, score
from generator.findings.response_table import Table
from generator.findings.standardize import scale_of
from generator.findings.streamed import galleries, illustrated
from generator.findings.verdicts import judge
from generator.images.photographs import Photograph
from generator.models.card import ModelCard
from generator.spec.render import ReportedLayer
from generator.spec.study import Evidence, Role, Study
from generator.statistics import holm


def find(study: Study, models: tuple[ModelCard, ...], made: Artifacts) -> Findings:
    """Everything that the pages may say, from what the tasks left behind.

    The same artifacts give the same findings: all randomness is seeded by the claims' ids.

    Raises
    ------
    ReportError
        If the picture of a reported filter is missing.
    """
    material = index_artifacts(study, made)
    side = column(study.spec.evidence)
    for_claims = ClaimArtifacts(
        made.coverings,
        made.ablations,
        column=side,
        library=study.library,
        strata=study.spec.evidence.strata,
    )
    claims = _claims(study, models, material, for_claims)
    wires = {each.name: ContributionIndex.of(each.catalogue, made) for each in models}
    shown = galleries(study.spec.evidence, made.streamed)
    layers = []
    for entry in _in_network_order(study.spec.reported_layers, models):
        own = model_of(models, entry.layer)
        found = layer_finding(study, entry, own, material, wires[own.name])
        layers.append(illustrated(found, shown, material.maps))
    return Findings(study, models, tuple(layers), claims, gates(study.spec.gates, claims))


def _claims(
    study: Study, models: tuple[ModelCard, ...], material: ArtifactIndex, made: ClaimArtifacts
) -> tuple[ClaimFinding, ...]:
    """Measure all claims first: Holm's family is every one of them, whatever its verdict."""
    lines = study.spec.thresholds
    measured = [
        measure(
            each,
            material.table(each.claim.layer),
            lines=lines,
            made=replace(
                made,
                classes=model_of(models, each.claim.layer).classes,
                picture=material.pictures[each.claim.layer, each.claim.filter][0],
            ),
        )
        for each in study.evidence
    ]
    corrected = holm([each.p for each in measured])
    return tuple(
        _claim(each, judge(each, p_holm, lines), p_holm, material)
        for each, p_holm in zip(measured, corrected, strict=True)
    )


def _claim(
    measured: Measurements, verdict: Verdict, p_holm: float, material: ArtifactIndex
) -> ClaimFinding:
    table = material.table(measured.evidence.claim.layer)
    evidence = measured.evidence
    index = evidence.claim.filter
    scores = _scores(evidence, table)
    shown = choose(evidence, table)
    by_hash = {each.photograph.sha256: each for each in scores}

    def shows(photographs: tuple[Photograph, ...]) -> tuple[Exhibit, ...]:
        found = (by_hash[photograph.sha256] for photograph in photographs)
        return tuple(exhibit(table, each, index, material.maps) for each in found) if table else ()

    return ClaimFinding(
        claim=evidence.claim,
        verdict=verdict,
        results=measured.results,
        p=measured.p,
        p_holm=p_holm,
        p_choice=measured.p_choice,
        hand_picked=evidence.hand_picked,
        scores=scores,
        removed=evidence.removed,
        best=shows(shown.best),
        worst=shows(shown.worst),
        counterexamples=shows(shown.counterexamples),
        profile=_profile(evidence, table),
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


def _in_network_order(
    entries: tuple[ReportedLayer, ...], models: tuple[ModelCard, ...]
) -> tuple[ReportedLayer, ...]:
    names = [layer.name for model in models for layer in model.catalogue.layers]
    unknown = len(names)
    return tuple(
        sorted(
            entries,
            key=lambda entry: names.index(entry.layer) if entry.layer in names else unknown,
        )
    )
