"""AUC between two groups of photographs with interval and p-value; T1 and T2 use it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from generator.findings.claim_tests.base import Cell, ClaimTest, TestRow, estimate_cells
from generator.findings.estimate import Estimate
from generator.findings.number_text import fixed, interval, probability
from generator.findings.thresholds import Thresholds
from generator.statistics import auc_interval, compare, permutation_p
from generator.statistics.auc import Numbers


@dataclass(frozen=True, slots=True)
class AucEstimate(Estimate):
    """An AUC with its interval and p-value.

    ``share`` is the part of the AUC's variance that comes from there being so few positives
    (DeLong's components), between 0 and 1: more positives can narrow the interval by no more.
    """

    share: float = 1.0


def seeded(claim: str, test: str) -> np.random.Generator:
    """The random numbers of one test of one claim: the same in every run and on every machine."""
    digest = hashlib.sha256(f"{claim}/{test}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def auc_test(
    positives: Numbers, others: Numbers, *, rng: np.random.Generator, shuffles: int
) -> AucEstimate:
    """AUC, interval and one-sided permutation p of plain samples, (n₁,) against (n₀,).

    Parameters
    ----------
    shuffles:
        Random splits of the permutation test, where there are too many to try all.
    """
    comparison = compare(positives, others)
    low, high = auc_interval(comparison)
    p = permutation_p(positives, others, rng, shuffles=shuffles)
    parts = [float(part.var()) / len(part) for part in comparison.influences]
    share = parts[0] / sum(parts) if sum(parts) > 0 else 1.0
    return AucEstimate(comparison.auc, low, high, p, share)


class AucClaimTest(ClaimTest[AucEstimate]):
    """A test whose result is an AUC."""

    def json(self, result: AucEstimate, lines: Thresholds) -> dict[str, Any]:
        """AUC, interval and p."""
        return {"value": result.value, "low": result.low, "high": result.high, "p": result.p}

    def cells(self, result: AucEstimate | None) -> tuple[Cell, ...]:
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
