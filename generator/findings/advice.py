"""What would change a verdict: more photographs, which test, which other filter."""

from __future__ import annotations

from collections.abc import Iterator

from generator.findings.claim_tests import t1_more_than_ordinary as t1_test
from generator.findings.claim_tests import t2_more_than_lookalikes as t2_test
from generator.findings.claim_tests import t3_which_filter as t3_test
from generator.findings.claim_tests import t5_whole_range as t5_test
from generator.findings.claim_tests import t6_in_the_image as t6_test
from generator.findings.claim_tests.auc_test import AucEstimate
from generator.findings.measure import Measurements
from generator.findings.number_text import number, plural
from generator.findings.power import LIKELY, growth_needed, positives_needed, positives_to_narrow
from generator.findings.thresholds import Thresholds
from generator.spec.gates import SUPPORTED, VerdictCode
from generator.spec.study import count_groups


def change(code: VerdictCode, measured: Measurements, lines: Thresholds) -> str:
    """What would alter the verdict, for every test that does not pass."""
    if code == "invalid":
        return "Mend the evidence, and score the photographs again."
    if code == "contradicted":
        return (
            "More photographs of the same kind will hardly alter this. Another wording, or another"
            f" filter, might: {_rival(measured)} separates these photographs best."
        )
    if code in SUPPORTED:
        return " ".join(_against_support(code, measured, lines))
    return " ".join(_remedies(code, measured, lines))


def _rival(measured: Measurements) -> str:
    rank = measured.results.t3
    return f"filter {rank.rival}" if rank else "another filter"


def _against_support(code: VerdictCode, measured: Measurements, lines: Thresholds) -> Iterator[str]:
    closest = f", like {measured.strongest}," if measured.strongest else ""
    yield (
        f"More look-alikes that excite the filter as much{closest} would fail T2, and new"
        f" photographs on which other filters ({_rival(measured)} is the closest) do better, T3."
    )
    if code == "supported_localised":
        yield (
            "If the thing covered cost the filter no more than the same area beside it, the claim"
            " would be supported without being localised."
        )
    elif t6_test.passes(measured.results.t6, lines) is None:
        paired = measured.results.t6.paired if measured.results.t6 else 0
        known = f"it is known on {paired}" if paired else "it is known on none"
        yield (
            f"Boxes around the thing on {lines.t6_photographs} positives, with room beside it,"
            f" would let T6 say whether it is the thing in the image ({known})."
        )


def _remedies(code: VerdictCode, measured: Measurements, lines: Thresholds) -> Iterator[str]:
    """One sentence for each count that is too small and each test that does not pass."""
    results = measured.results
    yield from _counts(measured, lines)
    if results.t1 and t1_test.unmatched(results.t1, lines):
        yield "Give controls of the same strata as the positives, or positives of these."
    if results.t1 and t1_test.undecided(results.t1, lines):
        yield _enough_for_t1(results.t1.weakest, measured, lines)
    if results.t2 and not t2_test.passes(results.t2, lines):
        yield _for_t2(results.t2, measured, lines)
    if t3_test.beaten(results.t3, lines) and code == "another_filter":
        yield f"Claim it of {_rival(measured)}, which separates these photographs best (T3)."
    elif not t3_test.passes(results.t3, lines):
        yield (
            "Claim it of several filters, or of what sets this one apart from"
            f" {_rival(measured)} (T3); more positives narrow the range of the rank."
        )
    if not t5_test.passes(results.t5, lines):
        yield (
            "Word the claim so that it includes what else excites the filter most, as the"
            " strongest counter-examples show (T5)."
        )
    if code == "not_significant":
        yield (
            "More positives would lower p; so would fewer claims in the report, if they had been"
            " left out before their results were known."
        )


def _counts(measured: Measurements, lines: Thresholds) -> Iterator[str]:
    evidence = measured.evidence
    if count_groups(evidence.positives) < lines.min_positives:
        yield f"At least {plural(lines.min_positives, 'positive')} are needed."
    if count_groups(evidence.controls) < lines.min_controls:
        yield f"At least {plural(lines.min_controls, 'control')} are needed."
    if count_groups(evidence.lookalikes) < lines.min_lookalikes:
        yield (
            f"At least {plural(lines.min_lookalikes, 'look-alike')} are needed for T2: photographs"
            " that come near what the claim names."
        )


def _for_t2(t2: AucEstimate, measured: Measurements, lines: Thresholds) -> str:
    if t2_test.too_few(t2, lines):
        return "More look-alikes and more positives would narrow T2's interval."
    closest = f" (first of all {measured.strongest})" if measured.strongest else ""
    return (
        f"Word the claim so that it includes what the look-alikes share{closest}, or show with"
        " others that they are not what excites the filter (T2)."
    )


def _enough_for_t1(t1: AucEstimate, measured: Measurements, lines: Thresholds) -> str:
    """The number of positives at which T1 would be decided, were they like those at hand."""
    if t1.value > lines.t1_low:
        return _to_decide(t1, measured, lines, goal="pass", line=lines.t1_low)
    if t1.value < lines.t1_contradicted:
        line = lines.t1_contradicted
        return _to_decide(t1, measured, lines, goal="contradict the claim", line=line)
    count = count_groups(measured.evidence.positives)
    needed = positives_to_narrow(t1, count, half_width=lines.max_half_width) or 0
    wanted = max(needed, lines.min_positives)
    narrower = (
        f"About {wanted} positives would narrow T1's interval to ± {number(lines.max_half_width)}."
        if needed and wanted > count
        else ""
    )
    hope = (
        "T1's AUC is below its line, and more photographs like these would hardly lift it"
        if t1.high >= lines.t1_low
        else "No number of photographs like these would let T1 pass: the whole interval is below"
        f" {number(lines.t1_low)}"
    )
    return f"{hope}. {narrower}".rstrip()


def _to_decide(
    t1: AucEstimate, measured: Measurements, lines: Thresholds, *, goal: str, line: float
) -> str:
    count, least = count_groups(measured.evidence.positives), lines.min_positives
    needed = positives_needed(t1, count, line=line)
    likely = positives_needed(t1, count, line=line, likely=True)
    if needed is None:
        growth = growth_needed(t1, line=line)
        times = f"about {growth:.1f} times" if growth < 10 else "more than ten times"
        return (
            f"More positives alone would hardly let T1 {goal}: it would take {times} as many"
            f" positives and as many controls, if the AUC stays at {number(t1.value)}."
        )
    total = max(needed, least, count + 1)
    more = plural(total - count, "more positive")
    sure = f", {max(likely, total)} in all one of {LIKELY}" if likely else ""
    return (
        f"About {more} like these ({total} in all) would give T1 an even chance to {goal}{sure},"
        f" if the AUC stays at {number(t1.value)}."
    )
