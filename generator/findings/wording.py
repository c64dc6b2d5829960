"""Verdicts in plain words: the deciding numbers, and what would change them."""

from __future__ import annotations

from generator.findings import t1_more_than_ordinary as t1_test
from generator.findings import t2_more_than_lookalikes as t2_test
from generator.findings import t3_which_filter as t3_test
from generator.findings import t4_detects as t4_test
from generator.findings import t6_in_the_image as t6_test
from generator.findings.measure import Measured
from generator.findings.outcomes import Detection, Estimate, Localisation, Rank
from generator.findings.power import growth_needed, positives_needed, positives_to_narrow
from generator.findings.thresholds import Thresholds
from generator.spec.models import SUPPORTED, VerdictCode


def sentence(code: VerdictCode, measured: Measured, p_holm: float, lines: Thresholds) -> str:
    """One or two sentences with the numbers that decided."""
    if code == "invalid" or measured.t1 is None:
        return f"Nothing can be said: {measured.fault}."
    said = [_against_ordinary(code, measured, lines), _against_lookalikes(measured, lines)]
    said.append(_against_filters(measured, lines))
    if t1_test.passes(measured.t1.estimate, lines):
        said.append(detection_sentence(measured.t4, lines))
    if code in SUPPORTED:
        said.append(localised_sentence(measured.t6, lines))
    if code == "mixed":
        said.append(_at_the_top(measured, lines))
    if code == "not_significant":
        said.append(
            f"Over all claims of the report, p is {_p(p_holm)} by Holm's method, above"
            f" {number(lines.alpha)}."
        )
    return " ".join(part for part in said if part)


def change(code: VerdictCode, measured: Measured, lines: Thresholds) -> str:
    """What would alter the verdict: which photographs, which test, which other filter."""
    if code in ("underpowered", "weak"):
        return _more_photographs(measured, lines)
    rival = f"filter {measured.t3.rival}" if measured.t3 else "another filter"
    closest = f" (first of all {measured.strongest})" if measured.strongest else ""
    words: dict[VerdictCode, str] = {
        "invalid": "Mend the evidence, and score the photographs again.",
        "contradicted": "More photographs of the same kind will hardly alter this. Another wording,"
        f" or another filter, might: {rival} separates these photographs best.",
        "too_narrow": f"Word the claim so that it includes what the look-alikes share{closest}, or"
        " show with others that they are not what excites the filter; T2 decides.",
        "shared": f"Claim it of several filters, or of what sets this one apart from {rival}; T3"
        " decides, and more positives narrow the interval of the rank.",
        "mixed": "Word the claim so that it includes what else excites the filter most (the"
        " strongest counter-examples show it); T5 decides.",
        "not_significant": "More positives would lower p; so would fewer claims in the report,"
        " if they had been left out before their results were known.",
        "supported": f"Look-alikes that excite the filter as much{closest} would fail T2, and"
        f" new photographs on which other filters ({rival} is the closest) do better, T3.",
    }
    if code == "supported_localised":
        return (
            f"{words['supported']} If the thing covered cost the filter no more than the same"
            " area beside it, the claim would be supported without being localised."
        )
    if code == "supported":
        return f"{words[code]} {_to_localise(measured, lines)}".rstrip()
    return words.get(code, "")


def number(value: float, *bars: float) -> str:
    """A share as ``0.93``, with as many more digits as it takes to show its side of every bar.

    0 and 1 are always bars: 0.998 is not 1.00.
    """
    for digits in range(2, 7):
        shown = round(value, digits)
        sides = ((shown - bar, value - bar) for bar in (*bars, 0.0, 1.0))
        if all((mine > 0, mine < 0) == (true > 0, true < 0) for mine, true in sides):
            break
    return f"{shown:.{digits}f}".replace("-", "−")


def _p(p: float) -> str:
    return "below 0.001" if p < 0.001 else number(p) if p >= 0.1 else f"{p:.3f}"


def _auc(estimate: Estimate, *bars: float) -> str:
    low, high = number(estimate.low, *bars), number(estimate.high, *bars)
    return f"AUC {number(estimate.value, *bars)}, 95 % interval {low} to {high}"


def _against_ordinary(code: VerdictCode, measured: Measured, lines: Thresholds) -> str:
    assert measured.t1 is not None  # noqa: S101  (a claim without T1 is invalid)
    evidence, t1 = measured.evidence, measured.t1.estimate
    claim, bars = evidence.claim, (lines.t1_low, lines.t1_contradicted, 0.5)
    positives = _counted(len(evidence.positives), "positive")
    controls = _counted(len(evidence.controls), "control")
    figures = f"({_auc(t1, *bars)}; {positives}, {controls})"
    which = f"filter {claim.filter} of {claim.layer}"
    if measured.constant:
        start = f"Filter {claim.filter} of {claim.layer} responds to all of them alike {figures}"
        return start + _too_few(measured, lines, code) + "."
    if t1_test.passes(t1, lines):
        start = f"Photographs of what it claims excite {which} more than ordinary ones {figures}"
    elif t1.high < lines.t1_contradicted:
        start = (
            f"Photographs of what it claims excite {which} hardly more than ordinary ones, or less"
            f" {figures}"
        )
    else:
        start = (
            f"Whether photographs of what it claims excite {which} clearly more than ordinary ones"
            f" is open {figures}"
        )
    return start + _too_few(measured, lines, code) + "."


def _too_few(measured: Measured, lines: Thresholds, code: VerdictCode) -> str:
    """What leaves T1 open, if that is what decided."""
    assert measured.t1 is not None  # noqa: S101
    evidence, t1 = measured.evidence, measured.t1.estimate
    if code not in ("underpowered", "weak"):
        return ""
    for group, least, name in (
        (evidence.positives, lines.min_positives, "positives"),
        (evidence.controls, lines.min_controls, "controls"),
    ):
        if len(group) < least:
            return (
                f", but {len(group)} {name} are too few to decide: at least {least:.0f} are needed"
            )
    if not t1_test.undecided(t1, lines):
        return ""
    if t1_test.wide(t1, lines):
        return f": the interval is wider than ± {number(lines.max_half_width)}"
    if t1.high >= lines.t1_low:
        return f": T1 asks that the whole interval lie at {number(lines.t1_low)} or above"
    return (
        f": the preference is weak, too little for support (from {number(lines.t1_low)}) and too"
        f" much for a contradiction (below {number(lines.t1_contradicted)})"
    )


def _against_lookalikes(measured: Measured, lines: Thresholds) -> str:
    count = len(measured.evidence.lookalikes)
    if measured.t2 is None:
        return "It was not tested against look-alikes, so it cannot be said to be specific."
    t2 = measured.t2.estimate
    figures = f"({_auc(t2, lines.t2_low, lines.t2_auc)}; {_counted(count, 'look-alike')})"
    if t2_test.passes(t2, lines):
        return f"They excite it more than their look-alikes do {figures}."
    if t2_test.too_few(t2, lines):
        return f"Whether they excite it more than their look-alikes is open {figures}."
    return f"Look-alikes excite it as well, or nearly {figures}."


def _against_filters(measured: Measured, lines: Thresholds) -> str:
    rank = measured.t3
    layer = measured.evidence.claim.layer
    if rank is None:
        return f"{layer} has no other filter."
    figures = f"(rank {rank.value} of {rank.of}, interval {rank.low} to {rank.high})"
    if t3_test.beaten(rank, lines):
        return f"Filter {rank.rival} of {layer} does it better by {_margin(rank)} {figures}."
    if not t3_test.passes(rank, lines):
        limit = int(t3_test.worst_allowed(rank.of, lines))
        return (
            f"Other filters of {layer} may do it as well {figures}: the interval should end at"
            f" {limit} or before."
        )
    if rank.value == 1:
        return f"No other filter of {layer} does it better {figures}."
    return f"Hardly any other filter of {layer} does it as well {figures}."


def detection_sentence(t4: Detection | None, lines: Thresholds) -> str:
    """Whether the filter detects what is claimed or merely prefers it, with the hit rate."""
    if t4 is None:
        return ""
    rate = f"{percent(t4.hits.value)} of them ({percent(t4.hits.low)} to {percent(t4.hits.high)})"
    figures = f"{rate} excite it more than {percent(lines.t4_quantile)} of controls do"
    detects = t4_test.detects(t4, lines)
    return f"It detects them: {figures}." if detects else f"It prefers them: {figures}."


def localised_sentence(t6: Localisation | None, lines: Thresholds) -> str:
    """Whether the thing itself excites the filter, with what covering it does."""
    passed = t6_test.passes(t6, lines)
    if passed is None or t6 is None or t6.drop is None:
        return ""
    drop = (
        f"{number(t6.drop.value, 0.0)} ({number(t6.drop.low, 0.0)} to {number(t6.drop.high, 0.0)})"
    )
    figures = f"{drop} standard deviations; {_counted(t6.paired, 'photograph')}"
    if passed:
        return (
            "It is the thing in the image: covering it lowers the response more than covering as"
            f" much beside it, by {figures}."
        )
    return (
        "Whether it is the thing in the image is open: covering it lowers the response by"
        f" {figures} more than covering as much beside it."
    )


def _to_localise(measured: Measured, lines: Thresholds) -> str:
    """What T6 lacks for saying whether it is the thing in the image."""
    if t6_test.passes(measured.t6, lines) is not None:
        return ""
    paired, least = measured.t6.paired if measured.t6 else 0, int(lines.t6_photographs)
    known = f"it is known on {paired}" if paired else "it is known on none"
    return (
        f"Boxes around the thing on {least} positives, with room beside it, would let T6 say"
        f" whether it is the thing in the image ({known})."
    )


def percent(share: float) -> str:
    """A share as ``93 %``, with as many more digits as it takes to differ from 0 and 100 %."""
    digits = next((n for n in range(5) if 0 < round(share, n + 2) < 1), 0)
    return f"{100 * share:.{digits}f} %"


def _at_the_top(measured: Measured, lines: Thresholds) -> str:
    assert measured.t5 is not None  # noqa: S101  (a claim with T1 has T5)
    top = measured.t5.top
    return (
        f"Of its strongest responses they are only {percent(top.value)} ({percent(top.low)} to"
        f" {percent(top.high)}), where {percent(lines.t5_top)} are asked for: something else"
        " excites it as strongly, or more."
    )


def _margin(rank: Rank) -> str:
    low, high = number(-rank.margin.high), number(-rank.margin.low)
    return f"{number(-rank.margin.value)} in AUC ({low} to {high})"


def _more_photographs(measured: Measured, lines: Thresholds) -> str:
    """How many positives, controls or look-alikes are missing, as well as can be told."""
    assert measured.t1 is not None  # noqa: S101
    evidence, t1 = measured.evidence, measured.t1.estimate
    count, needed = len(evidence.positives), int(lines.min_positives)
    said = []
    if len(evidence.controls) < lines.min_controls:
        said.append(f"At least {int(lines.min_controls)} controls are needed.")
    if t1_test.undecided(t1, lines):
        said.append(_enough_for_t1(measured, lines))
    elif count < needed:
        said.append(f"At least {_counted(needed - count, 'more positive')} would let T1 decide.")
    elif measured.t2 is not None and t2_test.too_few(measured.t2.estimate, lines):
        said.append("More look-alikes and more positives would narrow T2's interval.")
    if not evidence.lookalikes:
        said.append("Name look-alikes, so that T2 can be run.")
    return " ".join(said)


def _enough_for_t1(measured: Measured, lines: Thresholds) -> str:
    """The number of positives at which T1 would be decided, were they like those at hand."""
    assert measured.t1 is not None  # noqa: S101
    count, t1 = len(measured.evidence.positives), measured.t1
    value, least = t1.estimate.value, int(lines.min_positives)
    if value > lines.t1_low:
        goal, line = "pass", lines.t1_low
    elif value < lines.t1_contradicted:
        goal, line = "contradict the claim", lines.t1_contradicted
    else:
        needed = positives_to_narrow(t1, count, half_width=lines.max_half_width)
        narrower = (
            f" About {max(needed, least)} positives would narrow the interval to ±"
            f" {number(lines.max_half_width)}."
            if needed and max(needed, least) > count
            else ""
        )
        return (
            f"No number of photographs like these would let T1 pass: the AUC itself is below"
            f" {number(lines.t1_low)}.{narrower}"
        )
    needed = positives_needed(t1, count, line=line)
    if needed is None:
        growth = growth_needed(t1, line=line)
        times = f"{growth:.1f}" if growth < 10 else f"{growth:.0f}"
        return (
            f"More positives alone would hardly let T1 {goal}: it would take about {times} times"
            f" as many positives and as many controls, if the AUC stays at {number(value)}."
        )
    more = max(needed, least, count + 1) - count
    return (
        f"About {_counted(more, 'more positive')} like these ({count + more} in all) would let T1"
        f" {goal}, if the AUC stays at {number(value)}."
    )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
