"""AUC between two groups of photographs with interval and p-value; T1 and T2 use it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from generator.findings.claim_tests.base import (
    Cell,
    ClaimTest,
    Sample,
    TestRow,
    estimate_cells,
    group_labels,
)
from generator.findings.estimate import Estimate
from generator.findings.number_text import fixed, interval, probability
from generator.images.photographs import Photograph
from generator.statistics import auc_interval, auc_p, compare, grouped
from generator.statistics.auc import Comparison

Photographs = tuple[Photograph, ...]
A = TypeVar("A", bound="AucEstimate")


@dataclass(frozen=True, slots=True)
class AucEstimate(Estimate):
    """An AUC with its interval and p-value.

    ``share`` is the part of the AUC's variance that comes from there being so few positives
    (DeLong's components), between 0 and 1: more positives can narrow the interval by no more.
    ``p`` is that of the hypothesis that the AUC is not above the test's line.
    """

    share: float = 1.0


def seeded(claim: str, test: str) -> np.random.Generator:
    """The random numbers of one test of one claim: the same in every run and on every machine."""
    digest = hashlib.sha256(f"{claim}/{test}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def comparison_of(
    sample: Sample, positives: Photographs, others: Photographs, *, channel: int | None = None
) -> Comparison:
    """Responses of a filter (the claimed one) to positives against others, by groups."""
    channel = sample.claim.filter if channel is None else channel
    responses = (sample.layer(each)[:, channel] for each in (positives, others))
    return grouped(compare(*responses), group_labels(positives), group_labels(others))


def auc_estimate(comparison: Comparison, *, line: float) -> AucEstimate:
    """AUC and interval of a comparison; p that the AUC is not above ``line``."""
    low, high = auc_interval(comparison)
    parts = [float(part.var()) / len(part) for part in comparison.influences]
    share = parts[0] / sum(parts) if sum(parts) > 0 else 1.0
    return AucEstimate(comparison.auc, low, high, auc_p(comparison, line), share)


class AucClaimTest(ClaimTest[A]):
    """A test whose result is an AUC."""

    def cells(self, result: A | None) -> tuple[Cell, ...]:
        """AUC, interval and p."""
        return (*estimate_cells(result), result.p if result else None)


def auc_row(auc: AucEstimate | None, limit: str, passed: bool | None) -> TestRow:
    """An AUC as a row of the claim's page."""
    return TestRow(
        statistic=f"AUC {fixed(auc.value)}" if auc else "not measured",
        interval=interval(auc),
        p=probability(auc.p if auc else None),
        limit=limit,
        passed=passed,
    )
