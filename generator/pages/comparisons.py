"""The table of one claim on several models."""

from __future__ import annotations

from generator.findings.findings import ClaimFinding, Comparison, Findings
from generator.pages import paths
from generator.pages.cards import find_card, verdict_view
from generator.pages.parts import ComparedRow, ComparisonView, Link
from generator.pages.table_cells import HEADS, figure_cells


def comparison_views(findings: Findings) -> tuple[ComparisonView, ...]:
    """Every claim that is made on several filters."""
    return tuple(_view(findings, each) for each in findings.comparisons)


def comparison_of(findings: Findings, claim: str) -> ComparisonView | None:
    """That of a claim, by the id that it has on its own filter; None where it stands alone."""
    found = (each for each in findings.comparisons if claim in [c.claim.id for c in each.claims])
    return next((_view(findings, each) for each in found), None)


def _view(findings: Findings, compared: Comparison) -> ComparisonView:
    return ComparisonView(
        id=compared.id,
        statement=compared.claims[0].claim.statement,
        heads=HEADS,
        rows=tuple(_row(findings, each) for each in compared.claims),
    )


def _row(findings: Findings, finding: ClaimFinding) -> ComparedRow:
    claim = finding.claim
    return ComparedRow(
        id=claim.id,
        model=findings.model_of(claim.layer).name,
        claim=Link(claim.id, paths.html(paths.claim_page(claim.id))),
        filter=find_card(findings, claim.layer, claim.filter),
        verdict=verdict_view(finding.verdict),
        cells=figure_cells(finding, of=True),
    )
