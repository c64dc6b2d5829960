"""T5: what the filter responds to over its whole range, and at its top.

A filter may prefer what is claimed on the whole, while its strongest responses belong to something
else: an AUC hardly sees that. Positives and all others (look-alikes and controls) weigh one half
each, for their numbers are the author's choice; each bin holds a tenth of that weight.
"""

from __future__ import annotations

import numpy as np

from generator.findings.auc_test import seeded
from generator.findings.standardize import scale_of
from generator.findings.test_records import Bin, Estimate, ResponseRange
from generator.findings.thresholds import Thresholds
from generator.statistics import BINS, Balanced, draw, top_interval
from generator.statistics.auc import Numbers


def whole_range(
    claim: str, positives: Numbers, lookalikes: Numbers, controls: Numbers
) -> ResponseRange:
    """Ten bins from the weakest responses to the strongest, of plain samples (n,)."""
    others = np.concatenate([lookalikes, controls])
    mix = Balanced(positives, others)
    scale, place = scale_of(controls), mix.bins_of()
    edges = [scale.z(edge) for edge in mix.edges().tolist()]
    shares, parts = mix.shares().tolist(), mix.contributions().tolist()
    ends = np.cumsum([len(positives), len(lookalikes)])
    counts = [np.bincount(group, minlength=BINS).tolist() for group in np.split(place, ends)]
    bins = tuple(
        Bin(edges[k], edges[k + 1], shares[k], parts[k], *(count[k] for count in counts))
        for k in range(BINS)
    )
    resamples = draw(seeded(claim, "T5 bootstrap"), len(positives), len(others))
    return ResponseRange(bins, Estimate(shares[-1], *top_interval(mix, resamples)))


def passes(t5: ResponseRange | None, lines: Thresholds) -> bool:
    """The strongest responses belong to what is claimed."""
    return t5 is None or t5.top.value >= lines.t5_top
