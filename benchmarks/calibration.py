"""How often the engine itself is wrong, by simulation: ``python -m benchmarks.calibration``.

Writes ``generator/findings/calibration.json``, which the site's calibration page shows; nothing of
it is computed when a site is built. Three to four minutes on two cores; the same seed gives the
same figures.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.stats import norm

from benchmarks import attacks
from benchmarks.untrained import scanned
from generator.artifacts.artifact import Floats
from generator.findings.measure import measure
from generator.findings.response_table import Table
from generator.findings.thresholds import THRESHOLDS
from generator.findings.verdicts import decide
from generator.images.photographs import Photograph
from generator.spec.report import Claim, Query
from generator.spec.study import Evidence
from generator.statistics import (
    auc_interval,
    average_precision,
    compare,
    correlation,
    hits,
    mean_interval,
    wilson,
)

FILE = Path(__file__).parent.parent / "generator" / "findings" / "calibration.json"
SEED = 0
_LAYER = "layer"


class Groups(NamedTuple):
    """Responses of a layer's filters to positives, look-alikes and controls: (n, K) each."""

    positives: Floats
    lookalikes: Floats
    controls: Floats


def noise(rng: np.random.Generator, *, sizes: tuple[int, int, int], filters: int) -> Groups:
    """Responses that know nothing of the roles, half of them zero as after a ReLU."""
    return Groups(
        *(np.maximum(rng.normal(0, 1, (size, filters)), 0).astype(np.float32) for size in sizes)
    )


def shifted(groups: Groups, by: float) -> Groups:
    """The same, with positives that excite filter 0 more."""
    positives = groups.positives.copy()
    positives[:, 0] += by
    return groups._replace(positives=positives)


def verdict(groups: Groups, index: int, name: str) -> str:
    """The verdict on a claim about one filter, alone in its report."""
    roles = [
        tuple(Photograph(f"{role}{k}", "", f"{role}{k:05}") for k in range(len(group)))
        for role, group in zip("plc", groups, strict=True)
    ]
    query = Query(tags=("x",))
    claim = Claim(
        id=name, layer=_LAYER, filter=index, statement="x", positives=query, controls=query
    )
    evidence = Evidence(claim, roles[0], roles[1], roles[2], (), ())
    pooled = np.concatenate([groups.controls, groups.lookalikes, groups.positives])
    hashes = tuple(p.sha256 for role in reversed(roles) for p in role)
    order = np.argsort(hashes)
    pooled, hashes = pooled[order], tuple(hashes[k] for k in order)
    sound = np.ones(len(hashes), dtype=np.bool_)
    table = Table(_LAYER, hashes, pooled, pooled, pooled, pooled, sound)
    measured = measure(evidence, table, lines=THRESHOLDS)
    return decide(measured, measured.p, THRESHOLDS)


def random_claims(count: int, rng: np.random.Generator) -> Counter[str]:
    """Verdicts on random filters with random photographs."""
    made = (
        noise(rng, sizes=(int(rng.integers(10, 60)), 40, 100), filters=32) for _ in range(count)
    )
    return Counter(verdict(groups, 0, f"random-{k}") for k, groups in enumerate(made))


def best_of_many(count: int, rng: np.random.Generator) -> Counter[str]:
    """Verdicts on the filter that fits the same photographs best, out of a hundred random ones."""
    codes: Counter[str] = Counter()
    for k in range(count):
        groups = noise(rng, sizes=(12, 30, 100), filters=100)
        gap = groups.positives.mean(axis=0) - groups.controls.mean(axis=0)
        codes[verdict(groups, int(gap.argmax()), f"best-{k}")] += 1
    return codes


def swapped(count: int, rng: np.random.Generator) -> Counter[str]:
    """Verdicts on good claims whose positives and controls changed places."""
    codes: Counter[str] = Counter()
    for k in range(count):
        good = shifted(noise(rng, sizes=(100, 40, 100), filters=32), 2.0)
        codes[verdict(Groups(good.controls, good.lookalikes, good.positives), 0, f"s-{k}")] += 1
    return codes


def good_claims(count: int, rng: np.random.Generator) -> Counter[str]:
    """Verdicts on claims that are true: 30 positives, an AUC of about .96."""
    made = (shifted(noise(rng, sizes=(30, 40, 100), filters=32), 2.0) for _ in range(count))
    return Counter(verdict(groups, 0, f"good-{k}") for k, groups in enumerate(made))


def random_network(count: int, rng: np.random.Generator) -> Counter[str]:
    """Verdicts on a layer that mixes what is in the photographs at random, as untrained ones do.

    Photographs are points in thirty dimensions, positives among them shifted along one; a filter's
    response is a random projection after a ReLU, so that it does know a little of the concept.
    """
    codes: Counter[str] = Counter()
    for k in range(count):
        projection = rng.normal(0, 1 / np.sqrt(30), (30, 64))
        groups = [rng.normal(0, 1, (size, 30)) for size in (30, 40, 100)]
        groups[0][:, 0] += 2.0
        made = Groups(*(np.maximum(g @ projection, 0).astype(np.float32) for g in groups))
        codes[verdict(made, int(rng.integers(64)), f"untrained-{k}")] += 1
    return codes


def untrained(count: int, rng: np.random.Generator) -> Counter[str]:
    """Verdicts on real concepts and filters, picked at random, of VGG-16 before training."""
    library = scanned(seed=SEED)
    concepts = list(library.concepts())
    codes: Counter[str] = Counter()
    for k in range(count):
        shows = concepts[k % len(concepts)]
        rest = rng.permutation(np.flatnonzero(~shows))
        groups = Groups(library.values[shows], library.values[rest[:40]], library.values[rest[40:]])
        index = int(rng.integers(library.values.shape[1]))
        codes[verdict(groups, index, f"untrained-vgg16-{k}")] += 1
    return codes


def label_noise(count: int, rng: np.random.Generator, *, add: bool) -> tuple[int, int]:
    """In how many claims r and average precision fall once labels are spoiled.

    Half of the positives lose their label, or (``add``) as many random others gain it.
    """
    lower_r = lower_precision = 0
    for _ in range(count):
        n1, shift = int(rng.integers(10, 60)), float(rng.uniform(1.0, 3.0))
        groups = shifted(noise(rng, sizes=(n1, 0, 300), filters=1), shift)
        own, rest = groups.positives[:, 0], groups.controls[:, 0]
        if add:
            changed = np.concatenate([own, rest[:n1]]), rest[n1:]
        else:
            half = n1 // 2
            changed = own[half:], np.concatenate([rest, own[:half]])
        prevalence = THRESHOLDS.prevalence
        lower_r += correlation(*changed) < correlation(own, rest)
        lower_precision += average_precision(*changed, prevalence=prevalence) < average_precision(
            own, rest, prevalence=prevalence
        )
    return lower_r, lower_precision


def auc_coverage(
    count: int,
    rng: np.random.Generator,
    *,
    sizes: tuple[int, int],
    auc: float,
    kind: str = "normal",
) -> int:
    """How many of the intervals of an AUC hold the truth.

    Responses are normal; or ``skewed``, with a long tail of weak positives; or ``mixed``: some
    positives excite the filter no more than others do, and the rest more than all of them.
    """
    held = 0
    for _ in range(count):
        if kind == "skewed":
            x = -rng.exponential(1, sizes[0])
            y = -rng.exponential(auc / (1 - auc), sizes[1])
        else:
            y = rng.normal(0, 1, sizes[1])
            x = rng.normal(float(norm.ppf(auc)) * np.sqrt(2), 1, sizes[0])
        if kind == "mixed":
            plain = rng.random(sizes[0]) < 2 * (1 - auc)
            x = np.where(plain, rng.normal(0, 1, sizes[0]), rng.normal(8, 1, sizes[0]))
        low, high = auc_interval(compare(x, y))
        held += low <= auc <= high
    return held


def hit_coverage(count: int, rng: np.random.Generator, *, sizes: tuple[int, int]) -> int:
    """How many of T4's intervals hold the true share of positives above the threshold."""
    held = 0
    for _ in range(count):
        x, y = rng.normal(2.5, 1, sizes[0]), rng.normal(0, 1, sizes[1])
        found = hits(x, y, quantile=THRESHOLDS.t4_quantile)
        low, high = found.interval
        held += low <= norm.sf(found.threshold - 2.5) <= high
    return held


def mean_coverage(count: int, rng: np.random.Generator, *, size: int) -> int:
    """How many of T6's intervals hold the true mean of differences that are skewed."""
    held = 0
    for _ in range(count):
        low, high = mean_interval(rng.exponential(1, size), rng, count=800)
        held += low <= 1 <= high
    return held


def _row(question: str, bound: str, hit: int, count: int) -> dict[str, object]:
    low, high = wilson(hit, count)
    return {
        "question": question,
        "bound": bound,
        "count": count,
        "found": round(hit / count, 4),
        "low": round(low, 4),
        "high": round(high, 4),
    }


def calibrate(scale: float = 1.0) -> list[dict[str, object]]:
    """Every figure of the page; ``scale`` shortens all simulations alike."""

    def many(count: int) -> int:
        return max(20, int(count * scale))

    def share(codes: Counter[str], code: str, question: str, bound: str) -> dict[str, object]:
        return _row(question, bound, codes[code], codes.total())

    def rng(stream: int) -> np.random.Generator:
        return np.random.default_rng([SEED, stream])

    rows = [
        share(random_claims(many(300), rng(0)), "supported",
              "random filters with random photographs that are called supported", "at most 5 %"),
        share(best_of_many(many(100), rng(1)), "supported",
              "the best of 100 random filters, tested on the photographs that chose it, that are "
              "called supported", "at most 5 %"),
        share(random_network(many(200), rng(6)), "supported",
              "claims about a filter, picked at random, of a layer with random weights that are "
              "called supported", "at most 5 %"),
        share(untrained(many(200), rng(7)), "supported",
              "claims about real concepts and a filter, picked at random, of VGG-16 before it was "
              "trained, on the example’s photographs, that are called supported", "at most 5 %"),
        _row("the best filters, with controls and look-alikes chosen among 460 photographs because "
             "they excite it least, that are called supported", "at most 5 %",
             attacks.picked_controls(many(100), rng(8)), many(100)),
        *(_row(f"reports of {claims} claims whose AUC is .75 exactly in which any is significant",
               "at most 5 %", attacks.many_claims(many(400), rng(30 + claims), claims=claims),
               many(400)) for claims in (5, 20)),
        share(swapped(many(100), rng(2)), "contradicted",
              "good claims with positives and controls swapped that are contradicted",
              "at least 95 %"),
        share(good_claims(many(100), rng(3)), "supported",
              "true claims with 30 positives (AUC about .96) that are supported", "as many as can"),
    ]  # fmt: skip
    names = ("Pearson’s r", "average precision")
    for add, words in ((False, "half of the positives lose their label"),
                       (True, "as many random photographs are labelled positive")):  # fmt: skip
        for name, fell in zip(names, label_noise(many(500), rng(4 + add), add=add), strict=True):
            question = f"claims in which {name} falls when {words}"
            rows.append(_row(question, "more than 90 %", fell, many(500)))
    kinds = {"normal": "", "skewed": ", skewed positives", "mixed": ", positives of two kinds"}
    settings = (
        ("normal", 10, 100, 0.8),
        ("normal", 20, 100, 0.7),
        ("normal", 20, 100, 0.9),
        ("normal", 60, 400, 0.95),
        ("skewed", 10, 100, 0.9),
        ("skewed", 20, 100, 0.95),
        ("mixed", 10, 100, 0.9),
        ("mixed", 20, 100, 0.95),
    )
    for stream, (kind, n1, n0, auc) in enumerate(settings):
        held = auc_coverage(many(1000), rng(10 + stream), sizes=(n1, n0), auc=auc, kind=kind)
        question = (
            f"95 % intervals of an AUC of {auc:g} that hold it ({n1} positives, {n0} controls"
            f"{kinds[kind]})"
        )
        rows.append(_row(question, "93 to 97 %", held, many(1000)))
    for stream, (groups, size, icc) in enumerate(((5, 4, 0.5), (10, 4, 0.5), (20, 2, 0.8))):
        held, above = attacks.scenes(
            many(1000), rng(50 + stream), groups=groups, size=size, icc=icc
        )
        words = f"({groups} scenes of {size} positives, correlation {icc:g})"
        question = f"95 % intervals of an AUC of 0.75 that hold it {words}"
        rows.append(_row(question, "93 to 97 %" if groups >= 10 else "reported", held, many(1000)))
        question = f"95 % intervals of an AUC of 0.75 that lie above it {words}"
        rows.append(_row(question, "at most 5 %", above, many(1000)))
    for n1, n0 in ((20, 100), (40, 400)):
        held = hit_coverage(many(1000), rng(1000 + n1 + n0), sizes=(n1, n0))
        question = (
            "95 % intervals of T4’s share above the threshold that hold it"
            f" ({n1} positives, {n0} controls)"
        )
        rows.append(_row(question, "93 to 97 %", held, many(1000)))
    held = mean_coverage(many(1000), rng(2000), size=20)
    question = "95 % intervals of T6’s mean drop that hold it (20 photographs, skewed)"
    rows.append(_row(question, "about 95 %", held, many(1000)))
    return rows


def main(say: Callable[[str], None] = print) -> None:
    """Make the file anew, and print it."""
    rows = calibrate()
    text = {"command": "python -m benchmarks.calibration", "seed": SEED, "rows": rows}
    FILE.write_text(json.dumps(text, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for row in rows:
        say(f"{row['found']:.3f}  {row['question']} ({row['bound']}; {row['count']})")


if __name__ == "__main__":
    main()
