"""Test results → verdict: the first rule that fits, in one fixed order.

The order, and what the protocol leaves open, decided:

1. ``invalid``: the evidence is unsound (a discovery photograph among it, a hash that differs,
   responses that are not numbers). Nothing is tested.
2. ``underpowered``: fewer than 10 positives (or 10 controls), or T1 undecided with an interval
   wider than ± .15. *Undecided* is: the interval clears neither line, low < .75 and high ≥ .65. The
   count comes first, whatever the AUC: six positives with an AUC of .2 are six photographs, not a
   sample of the concept, and an interval from fewer than ten is not known to cover. The sentence
   still says which way they point.
3. ``contradicted``: T1's upper end below .65; or another filter is certainly better and this one
   certainly not among the layer's best 5 %.
4. T1 undecided, though its interval is narrow. Where the AUC itself lies between the lines (.65 to
   .75), it is ``weak``: the preference is too little for support and too much for a contradiction,
   and no number of photographs like these would let T1 decide. Where it lies beyond a line that
   only the interval reaches over, more of them would, and the claim is ``underpowered``.
5. T1 passes, T2 does not: ``too_narrow``. Except where T2's AUC would do and only its interval
   reaches down to .5: then look-alikes do *not* excite the filter as well, there are only too few
   of them to tell, and the claim is ``underpowered``.
6. ``shared``: T3 does not pass.
7. ``mixed``: T5 does not pass; the strongest responses belong to something else too often.
8. No look-alikes: the claim was never tested for being specific, so it is ``underpowered`` however
   high T1 is. A claim that nothing could have shown to be too broad is not supported.
9. ``not_significant``: T1–T3 and T5 pass, Holm's correction over all claims does not.
10. ``supported``; and ``supported_localised`` where T6 passes as well. Where nobody has said where
   the thing is on the photographs, or on too few of them, T6 takes nothing from a claim.
"""

from __future__ import annotations

from generator.findings.advice import change
from generator.findings.claim_tests import t1_more_than_ordinary as t1_test
from generator.findings.claim_tests import t2_more_than_lookalikes as t2_test
from generator.findings.claim_tests import t3_which_filter as t3_test
from generator.findings.claim_tests import t5_whole_range as t5_test
from generator.findings.claim_tests import t6_in_the_image as t6_test
from generator.findings.findings import Verdict
from generator.findings.measure import Measurements
from generator.findings.thresholds import Thresholds
from generator.findings.wording import sentence
from generator.spec.gates import VerdictCode


def judge(measured: Measurements, p_holm: float, lines: Thresholds) -> Verdict:
    """The verdict on a claim, with its sentence and what would change it."""
    code = decide(measured, p_holm, lines)
    return Verdict(code, sentence(code, measured, p_holm, lines), change(code, measured, lines))


def decide(measured: Measurements, p_holm: float, lines: Thresholds) -> VerdictCode:
    """The first verdict that fits."""
    if measured.fault or measured.results.t1 is None:
        return "invalid"
    t1 = measured.results.t1
    undecided = t1_test.undecided(t1, lines)
    if too_few(measured, lines) or (undecided and t1_test.wide(t1, lines)):
        return "underpowered"
    if t1.high < lines.t1_contradicted or t3_test.beaten(measured.results.t3, lines):
        return "contradicted"
    if undecided:
        return "weak" if t1_test.between(t1, lines) else "underpowered"
    return _beyond_t1(measured, p_holm, lines)


def _beyond_t1(measured: Measurements, p_holm: float, lines: Thresholds) -> VerdictCode:
    """T1 has passed: T2, T3, T5, Holm and T6 decide."""
    t2 = measured.results.t2
    if t2 and not t2_test.passes(t2, lines):
        return "underpowered" if t2_test.too_few(t2, lines) else "too_narrow"
    if not t3_test.passes(measured.results.t3, lines):
        return "shared"
    if not t5_test.passes(measured.results.t5, lines):
        return "mixed"
    if t2 is None:
        return "underpowered"
    if p_holm > lines.alpha:
        return "not_significant"
    return "supported_localised" if t6_test.passes(measured.results.t6, lines) else "supported"


def too_few(measured: Measurements, lines: Thresholds) -> bool:
    """Fewer positives or controls than any verdict on T1 needs."""
    evidence = measured.evidence
    return (
        len(evidence.positives) < lines.min_positives or len(evidence.controls) < lines.min_controls
    )
