"""Runs every test of `TESTS` on one claim."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from generator.findings import claim_tests
from generator.findings.claim_tests.auc_test import seeded
from generator.findings.claim_tests.base import ClaimArtifacts, Sample
from generator.findings.response_table import Table
from generator.findings.test_results import TestResults
from generator.findings.thresholds import Thresholds
from generator.findings.validity import find_fault
from generator.images.photographs import Photograph
from generator.spec.study import Evidence
from generator.statistics.max_t import rank_channels

NOTHING = ClaimArtifacts()


@dataclass(frozen=True, slots=True)
class Measurements:
    """What verdicts are made of.

    Attributes
    ----------
    fault:
        Why nothing may be said (the claim is invalid), or empty.
    p:
        max(p of T1, p of T2), each that its AUC is not above its line: the claim needs both, so
        the weaker decides (intersection-union test). 1 where nothing was measured.
    p_choice:
        Where the report does not say how the filter was chosen: how often the best of the layer's
        filters would fit shuffled photographs as well as this one fits these (max-T); it counts
        as part of ``p``. None where the choice is declared.
    constant:
        The filter responds to all positives and controls with the same number.
    strongest:
        Name of the look-alike that excites the filter most, or empty.
    """

    evidence: Evidence
    fault: str
    results: TestResults = field(default_factory=TestResults)
    p: float = 1.0
    p_choice: float | None = None
    constant: bool = False
    strongest: str = ""


def measure(
    evidence: Evidence,
    table: Table | None,
    *,
    lines: Thresholds,
    made: ClaimArtifacts = NOTHING,
) -> Measurements:
    """Run every test on a claim's photographs."""
    fault = find_fault(evidence, table)
    if fault or table is None:
        return Measurements(evidence, fault)
    found: dict[str, Any] = {}
    sample = Sample(evidence, table, lines, made, found)
    for test in claim_tests.TESTS:
        found[test.name] = test.measure(sample)
    results = TestResults(found)
    positives, lookalikes, controls = sample.responses
    choice = None if evidence.is_choice_declared else _best_of_all(sample)
    return Measurements(
        evidence=evidence,
        fault="",
        results=results,
        p=max(choice or 0.0, *(auc.p or 0.0 for auc in (results.t1, results.t2) if auc)),
        p_choice=choice,
        constant=bool(np.ptp(np.concatenate([positives, controls])) == 0),
        strongest=_strongest(evidence.lookalikes, lookalikes),
    )


def _best_of_all(sample: Sample) -> float:
    """The max-T p of the claimed filter among all filters of its layer."""
    used, rng = sample.evidence, seeded(sample.claim.id, "choice")
    ranking = rank_channels(sample.layer(used.positives), sample.layer(used.controls), rng)
    return float(ranking.p_max[sample.claim.filter])


def _strongest(photographs: tuple[Photograph, ...], responses: np.ndarray) -> str:
    return photographs[int(np.argmax(responses))].name if len(photographs) else ""
