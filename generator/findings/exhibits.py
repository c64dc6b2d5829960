"""Which photographs a page shows, and what is written under each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.artifacts import FeatureMap, Responses
from generator.findings.measure import find_fault
from generator.findings.records import Exhibit, Score
from generator.findings.scales import Scale
from generator.findings.tables import Table, table_of, tabulate
from generator.photographs import Photograph
from generator.plan import MapTask
from generator.spec.study import Evidence, Role, Study
from generator.statistics import rank_of

SHOWN_OF_A_CLAIM = 6
SHOWN_OF_A_FILTER = 9


@dataclass(frozen=True, slots=True)
class Shown:
    """The photographs of a claim's page, in the order in which they appear."""

    best: tuple[Photograph, ...] = ()
    worst: tuple[Photograph, ...] = ()
    counterexamples: tuple[Photograph, ...] = ()


def wanted_maps(study: Study, responses: tuple[Responses, ...]) -> tuple[MapTask, ...]:
    """Every feature map that the pages will show, each once: filters first, then claims."""
    tables = tabulate(study.spec.evidence, responses)
    wanted: list[MapTask] = []
    for entry in study.spec.reported_layers:
        table = table_of(tables, entry.layer)
        for index in entry.filters if table else ():
            top = strongest(table, study.library, index) if table else ()
            wanted += [MapTask(entry.layer, index, photograph) for photograph in top]
    for evidence in study.evidence:
        claim, shown = evidence.claim, choose(evidence, table_of(tables, evidence.claim.layer))
        every = shown.best + shown.worst + shown.counterexamples
        wanted += [MapTask(claim.layer, claim.filter, photograph) for photograph in every]
    return tuple(
        {(each.layer, each.filter, each.photograph.sha256): each for each in wanted}.values()
    )


def choose(evidence: Evidence, table: Table | None) -> Shown:
    """The 6 best and 6 worst positives (no photograph in both), and the 6 strongest others.

    Nothing is shown for a claim whose evidence cannot be used.
    """
    if table is None or find_fault(evidence, table):
        return Shown()
    ordered = _descending(table, evidence.positives, evidence.claim.filter)
    others = _descending(table, evidence.lookalikes + evidence.controls, evidence.claim.filter)
    best = ordered[:SHOWN_OF_A_CLAIM]
    worst = ordered[SHOWN_OF_A_CLAIM:][::-1][:SHOWN_OF_A_CLAIM]
    return Shown(best, worst, others[:SHOWN_OF_A_CLAIM])


def strongest(table: Table, library: tuple[Photograph, ...], index: int) -> tuple[Photograph, ...]:
    """The photographs that excite a filter most, of all that were scanned and gave numbers."""
    usable = tuple(photograph for photograph in library if table.finite(photograph))
    return _descending(table, usable, index)[:SHOWN_OF_A_FILTER]


def _descending(
    table: Table, photographs: tuple[Photograph, ...], index: int
) -> tuple[Photograph, ...]:
    """Strongest first, by the pooling that decides; equals in the order of their names."""
    responses = table.pooled[table.rows(photographs), index]
    pairs = sorted(
        zip(photographs, responses.tolist(), strict=True), key=lambda pair: (-pair[1], pair[0].name)
    )
    return tuple(photograph for photograph, _ in pairs)


def score(
    table: Table, photograph: Photograph, index: int, *, role: Role | None, scale: Scale
) -> Score:
    """The tested filter's response to a photograph that was scored."""
    row = table.rows((photograph,))[0]
    return Score(
        photograph,
        role,
        mean=float(table.mean[row, index]),
        max=float(table.max[row, index]),
        z=scale.z(float(table.pooled[row, index])),
        rank=rank_of(table.mean[row], index),
    )


MapsByPlace = Mapping[tuple[str, int, str], FeatureMap]


def by_place(maps: tuple[FeatureMap, ...]) -> MapsByPlace:
    """Feature maps by layer, filter and the photograph's hash."""
    return {(each.layer, each.filter, each.photograph): each for each in maps}


def exhibit(table: Table, found: Score, index: int, maps: MapsByPlace) -> Exhibit:
    """A score with the filter's map (if it was computed) and the photograph's profile."""
    mapped = maps.get((table.layer, index, found.photograph.sha256))
    return Exhibit(found, mapped, table.mean[table.rows((found.photograph,))[0]])
