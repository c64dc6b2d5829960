"""Table cells: a value above its interval."""

from __future__ import annotations

from math import isfinite

from generator.findings.claim_tests.t3_which_filter import Rank
from generator.findings.estimate import Estimate
from generator.findings.findings import ClaimFinding
from generator.findings.number_text import (
    NONE,
    fixed,
    interval,
    percent,
    probability,
    share_interval,
)
from generator.pages.parts import Cell

HEADS = ("T1", "T2", "T3", "T4", "p")
EMPTY = Cell(NONE, "")


def figure_cells(finding: ClaimFinding, *, of: bool = False) -> tuple[Cell, ...]:
    """T1 to T4 and the corrected p; with ``of`` a rank says among how many filters."""
    return (
        _auc(finding.results.t1),
        _auc(finding.results.t2),
        _rank(finding.results.t3, of=of),
        _share(finding.results.t4.hits if finding.results.t4 else None),
        Cell(probability(finding.p_holm), key(finding.p_holm)),
    )


def _auc(estimate: Estimate | None) -> Cell:
    if estimate is None:
        return EMPTY
    return Cell(fixed(estimate.value), key(estimate.value), interval(estimate))


def _rank(rank: Rank | None, *, of: bool) -> Cell:
    if rank is None:
        return EMPTY
    text = str(rank) if of else str(rank.value)
    return Cell(text, str(rank.value), f"{rank.low} to {rank.high}")


def _share(share: Estimate | None) -> Cell:
    if share is None:
        return EMPTY
    return Cell(percent(share.value), key(share.value), share_interval(share))


def key(value: float) -> str:
    """What a column is sorted by: a plain number, or nothing, which comes last."""
    return "" if not isfinite(value) else f"{value:.6g}"
