"""What would change a verdict: more photographs, which test, which other filter."""

from __future__ import annotations

from generator.findings.claim_tests import t1_more_than_ordinary as t1_test
from generator.findings.claim_tests import t2_more_than_lookalikes as t2_test
from generator.findings.claim_tests import t6_in_the_image as t6_test
from generator.findings.measure import Measurements
from generator.findings.number_text import number, plural
from generator.findings.power import growth_needed, positives_needed, positives_to_narrow
from generator.findings.thresholds import Thresholds
from generator.spec.gates import VerdictCode


def change(code: VerdictCode, measured: Measurements, lines: Thresholds) -> str:
    """What would alter the verdict: which photographs, which test, which other filter."""
    if code in ("underpowered", "weak"):
        return _more_photographs(measured, lines)
    rival = f"filter {measured.results.t3.rival}" if measured.results.t3 else "another filter"
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


def _to_localise(measured: Measurements, lines: Thresholds) -> str:
    """What T6 lacks for saying whether it is the thing in the image."""
    if t6_test.passes(measured.results.t6, lines) is not None:
        return ""
    paired, least = (
        measured.results.t6.paired if measured.results.t6 else 0,
        int(lines.t6_photographs),
    )
    known = f"it is known on {paired}" if paired else "it is known on none"
    return (
        f"Boxes around the thing on {least} positives, with room beside it, would let T6 say"
        f" whether it is the thing in the image ({known})."
    )


def _more_photographs(measured: Measurements, lines: Thresholds) -> str:
    """How many positives, controls or look-alikes are missing, as well as can be told."""
    assert measured.results.t1 is not None  # noqa: S101
    evidence, t1 = measured.evidence, measured.results.t1
    count, needed = len(evidence.positives), int(lines.min_positives)
    said = []
    if len(evidence.controls) < lines.min_controls:
        said.append(f"At least {int(lines.min_controls)} controls are needed.")
    if t1_test.undecided(t1, lines):
        said.append(_enough_for_t1(measured, lines))
    elif count < needed:
        said.append(f"At least {plural(needed - count, 'more positive')} would let T1 decide.")
    elif measured.results.t2 is not None and t2_test.too_few(measured.results.t2, lines):
        said.append("More look-alikes and more positives would narrow T2's interval.")
    if not evidence.lookalikes:
        said.append("Name look-alikes, so that T2 can be run.")
    return " ".join(said)


def _enough_for_t1(measured: Measurements, lines: Thresholds) -> str:
    """The number of positives at which T1 would be decided, were they like those at hand."""
    assert measured.results.t1 is not None  # noqa: S101
    count, t1 = len(measured.evidence.positives), measured.results.t1
    value, least = t1.value, int(lines.min_positives)
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
        f"About {plural(more, 'more positive')} like these ({count + more} in all) would let T1"
        f" {goal}, if the AUC stays at {number(value)}."
    )
