"""AUC between two groups of photographs with interval and p-value; T1 and T2 use it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from generator.findings.test_records import Estimate
from generator.statistics import auc_interval, compare, permutation_p
from generator.statistics.auc import Numbers


@dataclass(frozen=True, slots=True)
class AucTest:
    """An AUC with its interval and p-value.

    ``share`` is the part of the AUC's variance that comes from there being so few positives
    (DeLong's components), between 0 and 1: more positives can narrow the interval by no more.
    """

    estimate: Estimate
    share: float


def seeded(claim: str, test: str) -> np.random.Generator:
    """The random numbers of one test of one claim: the same in every run and on every machine."""
    digest = hashlib.sha256(f"{claim}/{test}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def auc_test(
    positives: Numbers, others: Numbers, *, rng: np.random.Generator, shuffles: int
) -> AucTest:
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
    return AucTest(Estimate(comparison.auc, low, high, p), share)
