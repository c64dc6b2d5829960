"""What favours a claim that is not true: chosen controls, many claims, photographs of one scene.

``benchmarks/calibration.py`` prints how often each of them succeeds.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

from generator.artifacts.artifact import Floats
from generator.findings.claim_tests.base import ClaimArtifacts
from generator.findings.measure import measure
from generator.findings.response_table import Table
from generator.findings.thresholds import THRESHOLDS
from generator.findings.verdicts import decide
from generator.images.photographs import Photograph
from generator.spec.report import Claim, Query
from generator.spec.study import Evidence
from generator.statistics import auc_interval, auc_p, compare, grouped, holm

LAYER = "layer"


def picked_controls(count: int, rng: np.random.Generator, *, filters: int = 32) -> int:
    """How many claims are supported whose look-alikes and controls were chosen to lose.

    A library of 460 photographs, random responses; 25 of them are called positive, and the filter
    is the one that fits them best. The author lists as controls the 100 photographs that excite it
    least, and as look-alikes the 10 that do so least of the rest.
    """
    supported = 0
    for number in range(count):
        values = np.maximum(rng.normal(0, 1, (460, filters)), 0).astype(np.float32)
        gap = values[:25].mean(axis=0) - values[25:].mean(axis=0)
        best = int(gap.argmax())
        weakest = 25 + np.argsort(values[25:, best], kind="stable")
        order = np.concatenate([np.arange(25), weakest])
        supported += _verdict(values[order], best, f"picked-{number}").startswith("supported")
    return supported


def _verdict(values: Floats, own: int, name: str) -> str:
    """On 25 positives, then 100 controls, 10 look-alikes and the rest of the library."""
    shown = tuple(Photograph(f"{k}.jpg", "", f"{k:05}") for k in range(len(values)))
    query = Query(tags=("x",))
    claim = Claim(
        id=name, layer=LAYER, filter=own, statement="x", positives=query, controls=query, chosen="x"
    )
    evidence = Evidence(claim, shown[:25], shown[125:135], shown[25:125], (), ())
    sound = np.ones(len(values), dtype=np.bool_)
    hashes = tuple(each.sha256 for each in shown)
    table = Table(LAYER, hashes, values, values, values, values, sound)
    made = ClaimArtifacts(library=shown)
    found = measure(evidence, table, lines=THRESHOLDS, made=made)
    return decide(found, found.p, THRESHOLDS)


def many_claims(count: int, rng: np.random.Generator, *, claims: int, positives: int = 40) -> int:
    """In how many reports any claim whose AUC is on T1's line is significant."""
    line = THRESHOLDS.t1_low
    any_ = 0
    for _ in range(count):
        ps = [auc_p(compare(*_normal(rng, line, positives, 200)), line) for _ in range(claims)]
        any_ += min(holm(ps)) <= THRESHOLDS.alpha
    return any_


def scenes(
    count: int, rng: np.random.Generator, *, groups: int, size: int, icc: float
) -> tuple[int, int]:
    """How many intervals of an AUC on T1's line hold it, and how many lie above, with few scenes.

    Positives of one scene share a part of their response, so that any two correlate by ``icc``.
    """
    held = above = 0
    auc = THRESHOLDS.t1_low
    labels = np.repeat(np.arange(groups), size)
    for _ in range(count):
        shared = rng.normal(0, np.sqrt(icc), groups)[labels]
        x = shared + rng.normal(0, np.sqrt(1 - icc), groups * size) + _shift(auc)
        y = rng.normal(0, 1, 200)
        low, high = auc_interval(grouped(compare(x, y), labels, np.arange(200)))
        held += low <= auc <= high
        above += low > auc
    return held, above


def _normal(
    rng: np.random.Generator, auc: float, n1: int, n0: int
) -> tuple[np.ndarray, np.ndarray]:
    return rng.normal(_shift(auc), 1, n1), rng.normal(0, 1, n0)


def _shift(auc: float) -> float:
    """The distance of two normal distributions with that AUC, in standard deviations."""
    return float(norm.ppf(auc) * np.sqrt(2))
