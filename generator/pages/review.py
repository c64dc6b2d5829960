"""The review page: every claim of the report in one table, to be sorted and filtered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from math import isfinite

from generator.charts import Interval, Intervals
from generator.findings.outcomes import Estimate
from generator.findings.records import ClaimFinding, Findings
from generator.findings.wording import percent
from generator.pages import paths
from generator.pages.cards import claim_card, gate_views
from generator.pages.comparisons import comparison_views
from generator.pages.parts import ReviewCell, ReviewRow, Row
from generator.pages.records import Page
from generator.pages.views import ReviewPageView
from generator.pages.words import (
    NONE,
    VERDICTS,
    estimated,
    fixed,
    interval,
    probability,
    share_interval,
)

# Heading, and what the heading is short for.
COLUMNS = (
    ("n", "positives / look-alikes / controls; sorted by the positives"),
    ("T1", "AUC of positives against controls, with its 95 % interval"),
    ("T2", "AUC of positives against look-alikes, with its 95 % interval"),
    ("T3", "rank of the filter among all of its layer, with its 95 % interval"),
    ("T4", "share of positives above nearly all controls, with its 95 % interval"),
    ("p", "the larger p of T1 and T2, after Holm’s correction for all claims"),
)


def review_page(findings: Findings) -> Page:
    """All claims under each other, with verdicts, numbers and the state of their reviews."""
    counted = Counter(finding.verdict.code for finding in findings.claims)
    codes = [code for code in VERDICTS if counted[code]]
    cards = tuple(claim_card(findings, each) for each in findings.claims)
    view = ReviewPageView(
        claims=cards,
        columns=tuple(Row(head, (meaning,)) for head, meaning in COLUMNS),
        rows=tuple(
            ReviewRow(card, _cells(finding))
            for card, finding in zip(cards, findings.claims, strict=True)
        ),
        tally=tuple(Row(VERDICTS[code][0], (str(counted[code]),)) for code in codes),
        chart=_intervals(findings),
        gates=gate_views(findings.gates),
        compared=comparison_views(findings),
    )
    return Page(paths.CLAIMS, "Claims", "claims.md.j2", view, hide=("toc",))


def _cells(finding: ClaimFinding) -> tuple[ReviewCell, ...]:
    """One cell for each of the columns, in their order."""
    rank, t4 = finding.t3, finding.t4
    counts = [finding.count(role) for role in ("positive", "lookalike", "control")]
    hits = t4.hits if t4 else None
    return (
        ReviewCell(" / ".join(map(str, counts)), str(counts[0])),
        _auc(finding.t1),
        _auc(finding.t2),
        ReviewCell(str(rank.value), str(rank.value), f"{rank.low} to {rank.high}")
        if rank
        else ReviewCell(NONE, ""),
        ReviewCell(percent(hits.value), _key(hits.value), share_interval(hits))
        if hits
        else ReviewCell(NONE, ""),
        ReviewCell(probability(finding.p_holm), _key(finding.p_holm)),
    )


def _auc(estimate: Estimate | None) -> ReviewCell:
    if estimate is None:
        return ReviewCell(NONE, "")
    return ReviewCell(fixed(estimate.value), _key(estimate.value), interval(estimate))


def _key(value: float) -> str:
    """What a column is sorted by: a plain number, or nothing, which comes last."""
    return "" if not isfinite(value) else f"{value:.6g}"


def _intervals(findings: Findings) -> Intervals | None:
    rows = tuple(
        Interval(f.claim.id, f.t1.value, f.t1.low, f.t1.high, f"{f.claim.id}: {estimated(f.t1)}")
        for f in findings.claims
        if f.t1
    )
    if not rows:
        return None
    alt = f"AUC of positives against controls, with 95 % intervals. {_told(rows)}"
    return Intervals(
        rows, findings.study.spec.thresholds.t1_low, "AUC of positives against controls (T1)", alt
    )


def _told(rows: Iterable[Interval]) -> str:
    each = (f"{r.label}: {fixed(r.value)}, {fixed(r.low)} to {fixed(r.high)}" for r in rows)
    return "; ".join(each)
