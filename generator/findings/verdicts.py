"""Test results → verdict: the first rule that fits, in one fixed order.

The order, and what the protocol leaves open, decided:

1. ``invalid``: the evidence is unsound (a discovery photograph among it, a hash that differs,
   responses that are not numbers). Nothing is tested.
2. ``underpowered``: fewer positives or controls than `Thresholds` asks for, or T1 undecided with an
   interval wider than ± .15. *Undecided* is: the interval clears neither line, low < .75 and high ≥
   .65. The count comes first, whatever the AUC: six positives with an AUC of .2 are six
   photographs, not a sample of the concept, and an interval from fewer than ten is not known to
   cover. The sentence still says which way they point.
3. ``contradicted``: T1's upper end below .65.
4. ``another_filter``: T1 undecided, another filter is certainly better and this one certainly not
   among the layer's best 5 %. A filter that passes T1 is not called wrong for being beaten: it is
   ``shared``, below.
5. T1 undecided, though its interval is narrow. Where the AUC itself lies between the lines (.65 to
   .75), it is ``weak``: the preference is too little for support and too much for a contradiction,
   and no number of photographs like these would let T1 decide. Where it lies beyond a line that
   only the interval reaches over, more of them would, and the claim is ``underpowered``.
6. T1 passes, T2 does not: ``too_narrow``. This comes before 3 to 5 where T1 passes against the
   controls alone: the library holds the look-alikes, so that its AUC says the same less clearly.
   Except where T2's AUC would do and only its interval
   reaches down to .5: then look-alikes do *not* excite the filter as well, there are only too few
   of them to tell, and the claim is ``underpowered``.
7. ``shared``: T3 does not pass.
8. ``mixed``: T5 does not pass; the strongest responses belong to something else too often.
9. Fewer look-alikes than `Thresholds` asks for: the claim was never tested for being specific, so
   it is ``underpowered`` however high T1 is. A claim that nothing could have shown to be too broad
   is not supported, and three look-alikes show little.
10. ``not_significant``: T1–T3 and T5 pass, Holm's correction over all claims does not. What is
    corrected are the p of the very hypotheses that decide: that T1's AUC is not above .75, and
    T2's not above .5.
11. ``supported``; and ``supported_localised`` where T6 passes as well. Where nobody has said where
    the thing is on the photographs, or on too few of them, T6 takes nothing from a claim.
"""

from __future__ import annotations

from generator.findings.advice import change
from generator.findings.claim_tests import t1_more_than_ordinary as t1_test
from generator.findings.claim_tests import t2_more_than_lookalikes as t2_test
from generator.findings.claim_tests import t3_which_filter as t3_test
from generator.findings.claim_tests import t5_whole_range as t5_test
from generator.findings.claim_tests import t6_in_the_image as t6_test
from generator.findings.claim_tests.auc_test import AucEstimate
from generator.findings.findings import Verdict
from generator.findings.measure import Measurements
from generator.findings.thresholds import Thresholds
from generator.findings.wording import sentence
from generator.spec.gates import VerdictCode
from generator.spec.study import count_groups


def judge(measured: Measurements, p_holm: float, lines: Thresholds) -> Verdict:
    """The verdict on a claim, with its sentence and what would change it."""
    code = decide(measured, p_holm, lines)
    return Verdict(code, sentence(code, measured, p_holm, lines), change(code, measured, lines))


def decide(measured: Measurements, p_holm: float, lines: Thresholds) -> VerdictCode:
    """The first verdict that fits."""
    results, t1 = measured.results, measured.results.t1
    if measured.fault or t1 is None:
        return "invalid"
    is_open = t1_test.undecided(t1, lines)
    rules: tuple[tuple[VerdictCode, bool], ...] = (
        ("underpowered", too_few(measured, lines) or t1_test.unmatched(t1, lines)),
        ("too_narrow", t1.low >= lines.t1_low and _is_too_broad(results.t2, lines)),
        ("underpowered", is_open and t1_test.wide(t1, lines)),
        ("contradicted", t1_test.contradicted(t1, lines)),
        ("another_filter", is_open and t3_test.beaten(results.t3, lines)),
        ("weak", is_open and t1_test.between(t1, lines)),
        ("underpowered", is_open),
        *_beyond_t1(measured, p_holm, lines),
        ("supported_localised", bool(t6_test.passes(results.t6, lines))),
    )
    return next((code for code, fits in rules if fits), "supported")


def _beyond_t1(
    measured: Measurements, p_holm: float, lines: Thresholds
) -> tuple[tuple[VerdictCode, bool], ...]:
    """The rules once T1 has passed: T2, T3, T5 and Holm decide."""
    results, lookalikes = measured.results, count_groups(measured.evidence.lookalikes)
    t2 = results.t2
    return (
        ("underpowered", t2 is not None and t2_test.too_few(t2, lines)),
        ("too_narrow", t2 is not None and not t2_test.passes(t2, lines)),
        ("shared", not t3_test.passes(results.t3, lines)),
        ("mixed", not t5_test.passes(results.t5, lines)),
        ("underpowered", t2 is None or lookalikes < lines.min_lookalikes),
        ("not_significant", p_holm > lines.alpha),
    )


def _is_too_broad(t2: AucEstimate | None, lines: Thresholds) -> bool:
    """Whether look-alikes excite the filter as well, as far as there are enough of them to tell."""
    if t2 is None:
        return False
    return not t2_test.passes(t2, lines) and not t2_test.too_few(t2, lines)


def too_few(measured: Measurements, lines: Thresholds) -> bool:
    """Fewer positives or controls than any verdict on T1 needs."""
    evidence = measured.evidence
    positives, controls = count_groups(evidence.positives), count_groups(evidence.controls)
    return positives < lines.min_positives or controls < lines.min_controls
