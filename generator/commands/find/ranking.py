"""`find`: ranks all filters of a layer for a concept, corrected for multiple testing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from generator.commands.find.proposal import propose, refuse_unspeakable
from generator.commands.layer_responses import respond
from generator.commands.photo_arguments import Concept, ask
from generator.errors import visible
from generator.findings.response_table import Table
from generator.pipeline.request import Request
from generator.spec.study import Evidence
from generator.statistics import auc
from generator.statistics.max_t import SHUFFLES, Ranking, rank_channels

_SEED = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One filter of the ranking; ``lookalikes`` is its AUC against them, None without any."""

    place: int
    filter: int
    auc: float
    lookalikes: float | None
    p: float
    q: float

    @property
    def weaker(self) -> float:
        """The smaller of the two AUCs."""
        return self.auc if self.lookalikes is None else min(self.auc, self.lookalikes)


def find(request: Request, layer: str, concept: Concept, *, top: int) -> str:
    """The ranking as comments, then the claim for the best filter in YAML.

    The whole text can be pasted under ``claims:``. Every photograph of it is listed as
    ``discovery``, so that none of them can count as evidence for what it suggested.

    Raises
    ------
    ReportError
        If the spec is not in order, there is no such layer, or the photographs are not.
    MachineError
        If the weights, the device or the store refuse.
    """
    question = ask(request, layer, concept)
    study, name = question.study, question.layer.name
    (evidence,) = study.evidence
    refuse_unspeakable(evidence, study.folder)
    table, _ = respond(request, study, name, evidence.photographs)
    rows = ranked(table, evidence)
    lines = _lines(evidence, name, rows, top=top)
    unit = (name, promising(rows).filter)
    text = propose(evidence, unit, folder=study.folder, taken=question.taken)
    return "".join(f"# {visible(line)}".rstrip() + "\n" for line in lines) + text


def ranked(table: Table, evidence: Evidence) -> tuple[Row, ...]:
    """Every filter, best first; ties in the order of their numbers."""
    positives, lookalikes, controls = (
        table.pooled[table.rows(group)]
        for group in (evidence.positives, evidence.lookalikes, evidence.controls)
    )
    found = rank_channels(positives, controls, np.random.default_rng(_SEED))
    against = auc(positives, lookalikes) if len(lookalikes) else None
    order = np.argsort(-found.auc, kind="stable")
    return tuple(_row(place, int(k), found, against) for place, k in enumerate(order, 1))


def promising(rows: Sequence[Row]) -> Row:
    """The filter to make a claim of: the best against whichever of the two groups is harder."""
    return max(rows, key=lambda row: row.weaker)


def _row(place: int, k: int, found: Ranking, against: np.ndarray | None) -> Row:
    beside = None if against is None else float(against[k])
    return Row(place, k, float(found.auc[k]), beside, float(found.p_max[k]), float(found.q[k]))


def _lines(evidence: Evidence, layer: str, rows: Sequence[Row], *, top: int) -> Iterator[str]:
    counts = [f"{len(evidence.positives)} positives", f"{len(evidence.controls)} controls"]
    if evidence.lookalikes:
        counts.append(f"{len(evidence.lookalikes)} look-alikes")
    yield f"EXPLORATORY: all {len(rows)} filters of {layer}, ranked on {', '.join(counts)}"
    yield ""
    beside = "  AUC look-alikes" if evidence.lookalikes else ""
    yield f"{'rank':>4}  {'filter':>6}    AUC{beside}  p (max-T)  q (BH)"
    for row in rows[:top]:
        other = "" if row.lookalikes is None else f"  {row.lookalikes:>15.3f}"
        shown = f"{row.place:>4}  {row.filter:>6}  {row.auc:.3f}{other}"
        yield f"{shown}  {row.p:>9.4f}  {row.q:.4f}"
    yield ""
    yield f"p: the chance that any of the {len(rows)} filters reaches this AUC against the controls"
    yield f"when labels are shuffled ({SHUFFLES:,} times); q: Benjamini and Hochberg's."
    if removed := len(evidence.removed):
        yield f"{removed} of the photographs were left out: they stood in two roles, or twice."
    if evidence.lookalikes:
        chosen = promising(rows)
        yield f"Filter {chosen.filter} (rank {chosen.place}) has the highest weaker AUC of the two."
    yield "These photographs chose the filter, so that they cannot be evidence for it: the claim"
    yield "below lists them under `discovery`, and needs fresh ones in every role."
