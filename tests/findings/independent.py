"""T1 to T3 and Holm once more, written from the protocol with scipy, sklearn and plain loops.

Nothing of the program's statistics is used, and the intervals are those that the protocol names, as
a textbook writes them: DeLong's or BCa. Only the protocol is shared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import bootstrap, norm, rankdata
from sklearn.metrics import roc_auc_score

Array = npt.NDArray[np.floating]
Bounds = tuple[float, float, float]  # an AUC and the ends of its interval
RESAMPLES = 1_000


@dataclass(frozen=True, slots=True)
class Trial:
    """A claim as arrays of responses, (photographs, filters), and the filter it is about."""

    positives: Array
    lookalikes: Array
    controls: Array
    index: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the tests of one claim found; T1 and T2 by each way of making an interval."""

    n: int
    t1: dict[str, Bounds]
    t2: dict[str, Bounds]
    rank: tuple[int, int]
    beaten: bool
    top: float
    p: float


def auc(positives: Array, others: Array) -> float:
    labels = [1] * len(positives) + [0] * len(others)
    return float(roc_auc_score(labels, [*positives, *others]))


def aucs(positives: Array, others: Array, axis: int = -1) -> Array:
    """The same along an axis, for the bootstrap."""
    n1, n0 = positives.shape[axis], others.shape[axis]
    ranks = rankdata(np.concatenate([positives, others], axis=axis), axis=axis)
    wins = np.take(ranks, range(n1), axis=axis).sum(axis=axis) - n1 * (n1 + 1) / 2
    return np.asarray(wins / (n1 * n0))


def bca(positives: Array, others: Array, rng: np.random.Generator) -> Bounds:
    """AUC with scipy's BCa interval; where it is a point, the point."""
    value = auc(positives, others)
    if value in (0.0, 1.0):
        return value, value, value
    found = bootstrap(
        (positives, others), aucs, n_resamples=RESAMPLES, method="BCa", rng=rng, vectorized=True
    ).confidence_interval
    return value, float(found.low), float(found.high)


def delong(positives: Array, others: Array, rng: np.random.Generator | None = None) -> Bounds:
    """AUC ± 1.96 of DeLong's standard errors, cut off at 0 and 1."""
    value = auc(positives, others)
    x, y = positives[:, None], others[None, :]
    wins = (x > y) + (x == y) / 2
    first, second = wins.mean(axis=1), wins.mean(axis=0)
    error = np.sqrt(np.var(first, ddof=1) / len(first) + np.var(second, ddof=1) / len(second))
    return value, max(0.0, value - 1.96 * error), min(1.0, value + 1.96 * error)


METHODS: dict[str, Callable[[Array, Array, np.random.Generator], Bounds]] = {
    "DeLong": delong,
    "BCa": bca,
}


def outcome(trial: Trial, rng: np.random.Generator) -> Outcome:
    own = trial.index
    x, y, c = (group[:, own] for group in (trial.positives, trial.lookalikes, trial.controls))
    filters = trial.positives.shape[1]
    place, better, margins = [], [], []
    whole = aucs(trial.positives, trial.controls, axis=0)
    rival = max((k for k in range(filters) if k != own), key=lambda k: whole[k])
    for _ in range(200):
        rows = rng.integers(len(x), size=len(x)), rng.integers(len(c), size=len(c))
        again = aucs(trial.positives[rows[0]], trial.controls[rows[1]], axis=0)
        place.append(1 + int((np.delete(again, own) >= again[own]).sum()))
        better.append(1 + int((again > again[own]).sum()))
        margins.append(again[own] - again[rival])
    rank = int(np.quantile(better, 0.025)), int(np.ceil(np.quantile(place, 0.975)))
    beaten = np.quantile(margins, 0.975) < 0 and rank[0] > 0.05 * filters
    t1, t2 = ({name: of(x, rest, rng) for name, of in METHODS.items()} for rest in (c, y))
    p = max(above(t1["DeLong"], 0.75), above(t2["DeLong"], 0.5))
    return Outcome(len(x), t1, t2, rank, bool(beaten), top_share(x, y, c), p)


def above(bounds: Bounds, line: float) -> float:
    """One-sided p that the AUC is not above the line, from the interval's standard error."""
    value, low, _ = bounds
    error = max((value - low) / 1.96, 1e-9)
    return float(norm.sf((value - line) / error))


def top_share(x: Array, y: Array, c: Array) -> float:
    """Share of positives in the top tenth; they weigh one half, the two others a quarter each."""
    values = [(v, 1 / len(x), True) for v in x]
    values += [(v, 1 / (2 * len(group)), False) for group in (y, c) for v in group]
    left, own = 0.2, 0.0
    for _, weight, positive in sorted(values, reverse=True):
        part = min(weight, left)
        own += part * positive
        left -= part
    return own / 0.2


def holm(p_values: list[float]) -> list[float]:
    """Step down: the smallest times their number, the next times one less, never falling."""
    adjusted, floor = [1.0] * len(p_values), 0.0
    for step, index in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        floor = max(floor, min(1.0, (len(p_values) - step) * p_values[index]))
        adjusted[index] = floor
    return adjusted


def verdict(found: Outcome, method: str, p_holm: float, filters: int) -> str:
    """The first that fits, as the protocol orders them; ``weak`` counts as undecided."""
    (_, low, high), t2 = found.t1[method], found.t2[method]
    undecided = low < 0.75 and high >= 0.65
    fits = {
        "underpowered": found.n < 10 or (undecided and high - low > 0.3),
        "contradicted": high < 0.65,
        "another_filter": undecided and found.beaten,
        "undecided": undecided,
        "too_narrow": t2[1] <= 0.5 or t2[0] < 0.7,
        "shared": found.rank[1] > max(5, 0.02 * filters),
        "mixed": found.top < 0.8,
        "supported": p_holm <= 0.05,
    }
    code = next((code for code, fit in fits.items() if fit), "not_significant")
    return "underpowered" if code == "undecided" else code


def close(found: Outcome, method: str, p_holm: float, filters: int) -> bool:
    """Whether an end of an interval is so near a line that chance or its method decides."""
    (_, low, high), t2 = found.t1[method], found.t2[method]
    ends = ((low, 0.75), (high, 0.65), (high - low, 0.3), (t2[1], 0.5), (t2[0], 0.7))
    ranks = ((found.rank[0], 0.05 * filters), (found.rank[1], max(5, 0.02 * filters)))
    near = [
        0.005 < p_holm < 0.12,
        *(abs(end - line) < 0.012 for end, line in (*ends, (found.top, 0.8))),
    ]
    return found.n >= 10 and any([*near, *(abs(end - line) <= 1 for end, line in ranks)])


def verdicts(trials: list[Trial], seed: int = 0) -> dict[str, list[tuple[str, bool]]]:
    """By each way of making an interval, the verdicts, and whether each is a close thing."""
    rng = np.random.default_rng(seed)
    found = [outcome(trial, rng) for trial in trials]
    filters = trials[0].positives.shape[1]
    adjusted = holm([each.p for each in found])
    return {
        method: [
            (verdict(each, method, p, filters), close(each, method, p, filters))
            for each, p in zip(found, adjusted, strict=True)
        ]
        for method in METHODS
    }
