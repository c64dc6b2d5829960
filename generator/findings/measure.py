"""Runs every test of `TESTS` on one claim."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from generator.findings import claim_tests
from generator.findings.claim_tests.base import ClaimArtifacts, Sample
from generator.findings.response_table import Table
from generator.findings.test_results import TestResults
from generator.findings.thresholds import Thresholds
from generator.findings.validity import find_fault
from generator.images.photographs import Photograph
from generator.spec.study import Evidence

NOTHING = ClaimArtifacts()


@dataclass(frozen=True, slots=True)
class Measurements:
    """What verdicts are made of.

    Attributes
    ----------
    fault:
        Why nothing may be said (the claim is invalid), or empty.
    p:
        max(p of T1, p of T2): the claim needs both, so the weaker decides
        (intersection-union test). 1 where nothing was measured.
    constant:
        The filter responds to all positives and controls with the same number.
    strongest:
        Name of the look-alike that excites the filter most, or empty.
    """

    evidence: Evidence
    fault: str
    results: TestResults = field(default_factory=TestResults)
    p: float = 1.0
    constant: bool = False
    strongest: str = ""


def measure(
    evidence: Evidence,
    table: Table | None,
    *,
    shuffles: int,
    lines: Thresholds,
    made: ClaimArtifacts = NOTHING,
) -> Measurements:
    """Run every test on a claim's photographs."""
    fault = find_fault(evidence, table)
    if fault or table is None:
        return Measurements(evidence, fault)
    sample = Sample(evidence, table, lines, shuffles, made)
    results = TestResults({test.name: test.measure(sample) for test in claim_tests.TESTS})
    positives, lookalikes, controls = sample.groups
    return Measurements(
        evidence=evidence,
        fault="",
        results=results,
        p=max(auc.p or 0.0 for auc in (results.t1, results.t2) if auc),
        constant=bool(np.ptp(np.concatenate([positives, controls])) == 0),
        strongest=_strongest(evidence.lookalikes, lookalikes),
    )


def _strongest(photographs: tuple[Photograph, ...], responses: np.ndarray) -> str:
    return photographs[int(np.argmax(responses))].name if len(photographs) else ""
