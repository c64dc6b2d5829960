"""T5: what the filter responds to over its whole range, and at its top.

A filter may prefer what is claimed on the whole, while its strongest responses belong to something
else: an AUC hardly sees that. Positives weigh one half, look-alikes and controls one quarter each,
for their numbers are the author's choice: with many easy controls, look-alikes would hardly count.
Each bin holds a tenth of that weight.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.findings.claim_tests.auc_test import seeded
from generator.findings.claim_tests.base import (
    Cell,
    ClaimTest,
    Sample,
    TestRow,
    estimate_cells,
    group_labels,
)
from generator.findings.estimate import Estimate
from generator.findings.number_text import percent, share_interval
from generator.findings.standardize import scale_of
from generator.findings.thresholds import Thresholds
from generator.statistics import BINS, Balanced, Resamples, draw, top_interval


@dataclass(frozen=True, slots=True)
class Bin:
    """A tenth of the responses: from ``low`` to ``high`` in z, and what is found there.

    ``share`` is that of positives, which weigh one half of all;
    ``contribution`` the bin's part of the expected response. The counts are of photographs.
    """

    low: float
    high: float
    share: float
    contribution: float
    positives: int
    lookalikes: int
    controls: int


@dataclass(frozen=True, slots=True)
class ResponseRange:
    """T5: ten bins from the weakest responses to the strongest, and the share in the last."""

    bins: tuple[Bin, ...]
    top: Estimate


def whole_range(sample: Sample) -> ResponseRange:
    """Ten bins from the weakest responses to the strongest."""
    positives, lookalikes, controls = sample.responses
    others = np.concatenate([lookalikes, controls])
    mix = Balanced(positives, others, (len(lookalikes), len(controls)))
    scale, place = scale_of(controls), mix.bins_of()
    edges = [scale.z(edge) for edge in mix.edges().tolist()]
    shares, parts = mix.shares().tolist(), mix.contributions().tolist()
    ends = np.cumsum([len(positives), len(lookalikes)])
    counts = [np.bincount(group, minlength=BINS).tolist() for group in np.split(place, ends)]
    bins = tuple(
        Bin(edges[k], edges[k + 1], shares[k], parts[k], *(count[k] for count in counts))
        for k in range(BINS)
    )
    resamples = _drawn(sample)
    return ResponseRange(bins, Estimate(shares[-1], *top_interval(mix, resamples)))


def _drawn(sample: Sample) -> Resamples:
    """Resamples of groups; look-alikes and controls are drawn apart."""
    rng, used = seeded(sample.claim.id, "T5 bootstrap"), sample.evidence
    own = group_labels(used.positives)
    others = (group_labels(each) for each in (used.lookalikes, used.controls) if each)
    drawn = [draw(rng, own, each) for each in others]
    return Resamples(drawn[0].positives, np.hstack([each.others for each in drawn]))


def passes(t5: ResponseRange | None, lines: Thresholds) -> bool:
    """The strongest responses belong to what is claimed."""
    return t5 is None or t5.top.value >= lines.t5_top


class WholeRange(ClaimTest[ResponseRange]):
    """The share of positives from the weakest responses to the strongest."""

    name = "T5"
    heading = "is it so at the top as well?"
    question = "Is it so at the top of its range as well?"
    explanation = (
        "The share of positives in ten bins, from the weakest responses to the strongest, and each "
        "bin’s part of the expected response. Positives weigh one half, look-alikes and controls "
        "one quarter each, and each bin holds a tenth of that weight: no bin is empty, and a "
        "larger library changes nothing. In the top bin, positives have to prevail; else something "
        "else excites the filter as strongly, which an AUC hardly sees."
    )
    record = ResponseRange
    columns = ("top", "top_low", "top_high")

    def measure(self, sample: Sample) -> ResponseRange:
        """Ten bins from the weakest responses to the strongest."""
        return whole_range(sample)

    def row(self, result: ResponseRange | None, lines: Thresholds) -> TestRow:
        """Positives have to make up enough of the top tenth."""
        return TestRow(
            statistic=f"{percent(result.top.value)} of the top" if result else "not measured",
            interval=share_interval(result.top if result else None),
            limit=f"{percent(lines.t5_top)} or more",
            passed=passes(result, lines) if result else None,
        )

    def cells(self, result: ResponseRange | None) -> tuple[Cell, ...]:
        """The share at the top."""
        return estimate_cells(result.top if result else None)


T5 = WholeRange()
