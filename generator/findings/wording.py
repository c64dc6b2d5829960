"""Verdicts as sentences with the numbers that decided."""

from __future__ import annotations

from generator.findings.claim_tests import t1_more_than_ordinary as t1_test
from generator.findings.claim_tests import t2_more_than_lookalikes as t2_test
from generator.findings.claim_tests import t3_which_filter as t3_test
from generator.findings.claim_tests import t4_detects as t4_test
from generator.findings.claim_tests import t6_in_the_image as t6_test
from generator.findings.claim_tests.t1_more_than_ordinary import OrdinaryEstimate
from generator.findings.claim_tests.t3_which_filter import Rank
from generator.findings.claim_tests.t4_detects import Detection
from generator.findings.claim_tests.t6_in_the_image import Localisation
from generator.findings.estimate import Estimate
from generator.findings.measure import Measurements
from generator.findings.number_text import number, percent, plural
from generator.findings.thresholds import Thresholds
from generator.spec.gates import SUPPORTED, VerdictCode
from generator.spec.study import Evidence, count_groups


def sentence(code: VerdictCode, measured: Measurements, p_holm: float, lines: Thresholds) -> str:
    """One or two sentences with the numbers that decided."""
    if code == "invalid" or measured.results.t1 is None:
        return f"Nothing can be said: {measured.fault}."
    said = [_against_ordinary(code, measured, lines), _against_lookalikes(measured, lines)]
    said.append(_against_filters(measured, lines))
    if t1_test.passes(measured.results.t1, lines):
        said.append(detection_sentence(measured.results.t4, lines))
    if code in SUPPORTED:
        said.append(localised_sentence(measured.results.t6, lines))
    if code == "mixed":
        said.append(_at_the_top(measured, lines))
    if code == "not_significant":
        said.append(
            f"Over all claims of the report, p is {_p(p_holm)} by Holm's method, above"
            f" {number(lines.alpha)}."
        )
    return " ".join(part for part in said if part)


def _p(p: float) -> str:
    return "below 0.001" if p < 0.001 else number(p) if p >= 0.1 else f"{p:.3f}"


def _auc(estimate: Estimate, *bars: float) -> str:
    low, high = number(estimate.low, *bars), number(estimate.high, *bars)
    return f"AUC {number(estimate.value, *bars)}, 95 % interval {low} to {high}"


def _against_ordinary(code: VerdictCode, measured: Measurements, lines: Thresholds) -> str:
    assert measured.results.t1 is not None  # noqa: S101  (a claim without T1 is invalid)
    evidence, t1 = measured.evidence, measured.results.t1
    claim, bars = evidence.claim, (lines.t1_low, lines.t1_contradicted, 0.5)
    positives = plural(len(evidence.positives), "positive")
    if (groups := count_groups(evidence.positives)) < len(evidence.positives):
        positives += f" in {plural(groups, 'group')}"
    controls = plural(len(evidence.controls), "control")
    figures = f"({_auc(t1, *bars)}; {positives}, {controls}{_decided_by(t1, bars)})"
    which = f"filter {claim.filter} of {evidence.layer}"
    if measured.constant:
        start = f"F{which[1:]} responds to all of them alike {figures}"
        return start + _too_few(measured, lines, code) + "."
    if t1_test.passes(t1, lines):
        start = f"Photographs of what it claims excite {which} more than ordinary ones {figures}"
    elif t1_test.contradicted(t1, lines):
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


def _decided_by(t1: OrdinaryEstimate, bars: tuple[float, ...]) -> str:
    """The AUC that decides, where it is not that against the controls."""
    if t1.weakest is t1:
        return ""
    where = (
        f"against all {t1.others} other photographs of the library"
        if t1.weakest is t1.library
        else "within strata"
    )
    return f"; {where} {_auc(t1.weakest, *bars)}"


def _too_few(measured: Measurements, lines: Thresholds, code: VerdictCode) -> str:
    """What leaves T1 open, if that is what decided."""
    assert measured.results.t1 is not None  # noqa: S101
    evidence, t1 = measured.evidence, measured.results.t1
    if code not in ("underpowered", "weak"):
        return ""
    if counts := _missing(evidence, lines):
        return counts
    if t1_test.unmatched(t1, lines):
        return (
            f", but {percent(t1.unmatched)} of the positives are in strata without enough controls"
        )
    return _undecided(t1, lines) if t1_test.undecided(t1, lines) else ""


def _missing(evidence: Evidence, lines: Thresholds) -> str:
    for group, least, name in (
        (evidence.positives, lines.min_positives, "positives"),
        (evidence.controls, lines.min_controls, "controls"),
    ):
        if (count := count_groups(group)) < least:
            grouped = f" in {count} groups" if count < len(group) else ""
            few = f"{len(group)} {name}{grouped} are too few to decide"
            return f", but {few}: at least {least} are needed"
    return ""


def _undecided(t1: OrdinaryEstimate, lines: Thresholds) -> str:
    if t1_test.wide(t1, lines):
        return f": the interval is wider than ± {number(lines.max_half_width)}"
    if t1.weakest.high >= lines.t1_low:
        return f": T1 asks that the whole interval lie at {number(lines.t1_low)} or above"
    return (
        f": the preference is weak, too little for support (from {number(lines.t1_low)}) and too"
        f" much for a contradiction (below {number(lines.t1_contradicted)})"
    )


def _against_lookalikes(measured: Measurements, lines: Thresholds) -> str:
    count = len(measured.evidence.lookalikes)
    if measured.results.t2 is None:
        return "It was not tested against look-alikes, so it cannot be said to be specific."
    t2 = measured.results.t2
    few = count < lines.min_lookalikes
    figures = f"({_auc(t2, lines.t2_low, lines.t2_auc)}; {plural(count, 'look-alike')})"
    if t2_test.passes(t2, lines):
        hardly = f", too few to say that it is specific {figures}." if few else f" {figures}."
        return f"They excite it more than their look-alikes do{hardly}"
    if t2_test.too_few(t2, lines):
        return f"Whether they excite it more than their look-alikes is open {figures}."
    return f"Look-alikes excite it as well, or nearly {figures}."


def _against_filters(measured: Measurements, lines: Thresholds) -> str:
    rank = measured.results.t3
    layer = measured.evidence.layer
    if rank is None:
        return f"{layer} has no other filter."
    figures = f"(rank {rank.value} of {rank.of}, bootstrap range {rank.low} to {rank.high}"
    if rank.library and rank.library.high > rank.high:
        figures += f"; against the library {rank.library.low} to {rank.library.high}"
    figures += ")"
    if t3_test.beaten(rank, lines):
        return f"Filter {rank.rival} of {layer} does it better by {_margin(rank)} {figures}."
    if not t3_test.passes(rank, lines):
        limit = int(t3_test.worst_allowed(rank.of, lines))
        return (
            f"Other filters of {layer} may do it as well {figures}: the range should end at"
            f" {limit} or before."
        )
    if rank.value == 1:
        others = t3_test.worst(rank) - 1
        may = f", and at most {plural(others, 'other')} may" if others else ""
        return f"No other filter of {layer} did better on these photographs{may} {figures}."
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
    figures = f"{drop} standard deviations; {plural(t6.paired, 'photograph')}"
    if passed:
        return (
            "It is the thing in the image: covering it lowers the response more than covering as"
            f" much beside it, by {figures}."
        )
    return (
        "Whether it is the thing in the image is open: covering it lowers the response by"
        f" {figures} more than covering as much beside it."
    )


def _at_the_top(measured: Measurements, lines: Thresholds) -> str:
    assert measured.results.t5 is not None  # noqa: S101  (a claim with T1 has T5)
    top = measured.results.t5.top
    return (
        f"Of its strongest responses they are only {percent(top.value)} ({percent(top.low)} to"
        f" {percent(top.high)}), where {percent(lines.t5_top)} are asked for: something else"
        " excites it as strongly, or more."
    )


def _margin(rank: Rank) -> str:
    low, high = number(-rank.margin.high), number(-rank.margin.low)
    return f"{number(-rank.margin.value)} in AUC ({low} to {high})"
