"""The table of a claim's tests."""

from __future__ import annotations

from math import isfinite

from generator.findings import t1_more_than_ordinary as t1_
from generator.findings import t2_more_than_lookalikes as t2_
from generator.findings import t3_which_filter as t3_
from generator.findings import t4_detects as t4_
from generator.findings import t5_whole_range as t5_
from generator.findings import t6_in_the_image as t6_
from generator.findings import t8_picture_agrees as t8_
from generator.findings.findings import ClaimFinding
from generator.findings.test_records import (
    AblationEffect,
    Bin,
    Detection,
    Estimate,
    Localisation,
    PictureAgreement,
    ResponseRange,
)
from generator.findings.thresholds import Thresholds
from generator.findings.wording import percent
from generator.pages.formatting import (
    NONE,
    amount,
    estimated_share,
    fixed,
    interval,
    plural,
    probability,
    ranked,
    share_interval,
)
from generator.pages.parts import BinView, Row, TestRow

QUESTIONS = {
    "T1": "Do the positives excite it more than ordinary photographs do?",
    "T2": "Is it the concept itself, or its look-alikes as well?",
    "T3": "Is it this filter, or half of the layer?",
    "T4": "Does it detect what is claimed, or merely prefer it?",
    "T5": "Is it so at the top of its range as well?",
    "T6": "Is it the thing in the image, or what surrounds it?",
    "T7": "Does the network use it for what is claimed?",
    "T8": "Does the rendered picture excite it as the claim would have it?",
}


def rows_of_tests(
    finding: ClaimFinding, lines: Thresholds, *, classifier: bool
) -> tuple[TestRow, ...]:
    """One line for each test; whether it passes is decided where the verdict is.

    ``classifier`` says whether the weights have one, which T7 needs.
    """
    t1, t2, rank = finding.t1, finding.t2, finding.t3
    floor = f"interval from {fixed(lines.t1_low)} up"
    concept = f"interval above {fixed(lines.t2_low)}, AUC from {fixed(lines.t2_auc)} up"
    return (
        _auc("T1", t1, floor, t1_.passes(t1, lines) if t1 else None),
        _auc("T2", t2, concept, t2_.passes(t2, lines) if t2 else None),
        TestRow(
            name="T3",
            question=QUESTIONS["T3"],
            statistic=f"rank {ranked(rank)}" if rank else "not measured",
            interval=f"{rank.low} to {rank.high}" if rank else NONE,
            p=NONE,
            limit=f"interval to {t3_.worst_allowed(rank.of, lines):.0f} at most" if rank else NONE,
            passed=t3_.passes(rank, lines) if rank else None,
        ),
        _detection(finding.t4, lines),
        _top(finding.t5, lines),
        _localised(finding.t6, lines),
        _used(finding.t7, classifier=classifier),
        _picture(finding.t8),
    )


def _detection(t4: Detection | None, lines: Thresholds) -> TestRow:
    return TestRow(
        name="T4",
        question=QUESTIONS["T4"],
        statistic=f"{percent(t4.hits.value)} hits" if t4 else "not measured",
        interval=share_interval(t4.hits if t4 else None),
        p=NONE,
        limit=f"interval from {percent(lines.t4_hits)} up",
        passed=t4_.detects(t4, lines) if t4 else None,
        outcome=("detects" if t4_.detects(t4, lines) else "prefers") if t4 else "",
    )


def _top(t5: ResponseRange | None, lines: Thresholds) -> TestRow:
    return TestRow(
        name="T5",
        question=QUESTIONS["T5"],
        statistic=f"{percent(t5.top.value)} of the top" if t5 else "not measured",
        interval=share_interval(t5.top if t5 else None),
        p=NONE,
        limit=f"{percent(lines.t5_top)} or more",
        passed=t5_.passes(t5, lines) if t5 else None,
    )


def _picture(t8: PictureAgreement | None) -> TestRow:
    return TestRow(
        name="T8",
        question=QUESTIONS["T8"],
        statistic=f"z = {fixed(t8.z, 1)}, rank {t8.rank} of {t8.of}" if t8 else "not measured",
        interval=NONE,
        p=NONE,
        limit=f"z above every control ({fixed(t8.control, 1)}), first 1\u00a0%" if t8 else NONE,
        passed=t8_.agrees(t8) if t8 else None,
        outcome=("agrees" if t8_.agrees(t8) else "disagrees") if t8 else "",
    )


def _localised(t6: Localisation | None, lines: Thresholds) -> TestRow:
    passed, least = t6_.passes(t6, lines), int(lines.t6_photographs)
    drop = t6.drop if t6 else None
    paired = f", {plural(t6.paired, 'photograph')}" if t6 else ""
    unknown = "no photograph says where the thing is" if not t6 else "no room beside the thing"
    return TestRow(
        name="T6",
        question=QUESTIONS["T6"],
        statistic=f"covering costs {fixed(drop.value)} more{paired}" if drop else unknown,
        interval=interval(drop),
        p=NONE,
        limit=f"interval above 0, from {least} photographs",
        passed=passed,
        outcome="too few" if drop and passed is None else "",
    )


def _used(t7: AblationEffect | None, *, classifier: bool) -> TestRow:
    unknown = "not measured" if classifier else "not measured: these weights have no classifier"
    return TestRow(
        name="T7",
        question=QUESTIONS["T7"],
        statistic=f"logits fall by {fixed(t7.drop.value)}, rank {t7.rank} of {t7.of}"
        if t7
        else unknown,
        interval=interval(t7.drop if t7 else None),
        p=NONE,
        limit="reported",
        passed=None,
        outcome="reported" if t7 else "",
    )


def covering(t6: Localisation | None) -> tuple[Row, ...]:
    """T6's figures beside the drop."""
    if t6 is None:
        return ()
    rows = (
        ("Positives on which it is known where the thing is", str(len(t6.photographs))),
        ("Of these, with room beside the thing for as much again", str(t6.paired)),
        ("Response with the thing covered", _part(t6.covered)),
        ("Response with the same shape covered elsewhere", _part(t6.elsewhere)),
        ("Response to the thing alone", _part(t6.alone)),
        ("Share of the map’s strongest 1 % on the thing", _part(t6.inside)),
        ("Share of the picture that the thing takes", _part(t6.area)),
    )
    return tuple(Row(head, (value,)) for head, value in rows)


def usage(t7: AblationEffect | None) -> tuple[Row, ...]:
    """T7's figures beside the rank."""
    if t7 is None:
        return ()
    whose = "named by the claim" if t7.named else "those the network gives these photographs"
    rows = (
        (f"Classes, {whose}", ", ".join(f"{name} ({index})" for index, name in t7.classes)),
        (
            "Their logits fall without the filter by",
            f"{fixed(t7.drop.value)} ({interval(t7.drop)})",
        ),
        ("Without one of the other channels (median)", fixed(t7.others)),
        ("Channels compared, of like mean activation", str(t7.of - 1)),
        ("Place of the filter’s fall among all of these", f"{t7.rank} of {t7.of}"),
        ("All logits fall by", fixed(t7.everywhere)),
        ("Positives used", str(t7.photographs)),
    )
    return tuple(Row(head, (value,)) for head, value in rows)


def _part(share: float) -> str:
    return percent(share) if isfinite(share) else NONE


def detector(t4: Detection | None) -> tuple[Row, ...]:
    """T4's figures beside the hit rate."""
    if t4 is None:
        return ()
    world = f"where {percent(t4.prevalence)} of photographs show it"
    rows = (
        ("Threshold", f"{amount(t4.threshold)} (z = {fixed(t4.z)})"),
        ("Positives above it", estimated_share(t4.hits)),
        ("Controls above it", estimated_share(t4.controls)),
        ("Look-alikes above it", estimated_share(t4.lookalikes)),
        (f"Precision, {world}", fixed(t4.precision)),
        ("F1, there", fixed(t4.f1)),
        ("Average precision, there", fixed(t4.average_precision)),
        ("Pearson’s r, positives and controls as they are", fixed(t4.r)),
    )
    return tuple(Row(head, (value,)) for head, value in rows)


def bins(t5: ResponseRange | None) -> tuple[BinView, ...]:
    """T5's bins, the strongest responses first."""
    return tuple(_bin(each) for each in reversed(t5.bins)) if t5 else ()


def _bin(found: Bin) -> BinView:
    return BinView(
        span=f"{fixed(found.low)} to {fixed(found.high)}",
        share=percent(found.share),
        width=round(100 * found.share),
        contribution=percent(found.contribution) if isfinite(found.contribution) else NONE,
        counts=(str(found.positives), str(found.lookalikes), str(found.controls)),
    )


def _auc(name: str, estimate: Estimate | None, limit: str, passed: bool | None) -> TestRow:
    return TestRow(
        name=name,
        question=QUESTIONS[name],
        statistic=f"AUC {fixed(estimate.value)}" if estimate else "not measured",
        interval=interval(estimate),
        p=probability(estimate.p if estimate else None),
        limit=limit,
        passed=passed,
    )


def thresholds(lines: Thresholds) -> tuple[Row, ...]:
    """Every line that a verdict depends on, with its meaning."""
    return tuple(
        Row(
            row.name,
            (f"{row.value:g}", f"{row.default:g}" if row.changed else "", row.meaning),
        )
        for row in lines.rows
    )
