"""The review page: every claim in one table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from generator.findings.findings import ClaimFinding, Findings
from generator.findings.number_text import estimated, fixed
from generator.pages import paths
from generator.pages.cards import claim_card, gate_views
from generator.pages.charts import Interval, Intervals
from generator.pages.claim_notes import threshold_note
from generator.pages.comparisons import comparison_views
from generator.pages.formatting import VERDICTS
from generator.pages.page import Page
from generator.pages.parts import Cell, ReviewRow, Row
from generator.pages.table_cells import figure_cells
from generator.pages.views import ReviewPageView

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
        note=threshold_note(findings.study.spec.thresholds),
    )
    return Page(paths.CLAIMS, "Claims", "claims.md.j2", view, hide=("navigation", "toc"))


def _cells(finding: ClaimFinding) -> tuple[Cell, ...]:
    """One cell for each of the columns, in their order."""
    counts = [finding.count(role) for role in ("positive", "lookalike", "control")]
    return (Cell(" / ".join(map(str, counts)), str(counts[0])), *figure_cells(finding))


def _intervals(findings: Findings) -> Intervals | None:
    rows = tuple(
        Interval(
            f.claim.id,
            f.results.t1.value,
            f.results.t1.low,
            f.results.t1.high,
            f"{f.claim.id}: {estimated(f.results.t1)}",
        )
        for f in findings.claims
        if f.results.t1
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
