"""Selects the photographs that pages show and requests their feature maps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from generator.artifacts.artifact import Responses
from generator.findings.findings import Exhibit, Score
from generator.findings.index import MapsByPlace
from generator.findings.library_responses import library_responses
from generator.findings.response_table import Table, table_of, tabulate
from generator.findings.standardize import Scale
from generator.findings.validity import find_fault
from generator.images.photographs import Photograph
from generator.plan import MapTask
from generator.spec.study import Evidence, Role, Study
from generator.statistics import rank_of

SHOWN_OF_A_CLAIM = 6


@dataclass(frozen=True, slots=True)
class ClaimPhotographs:
    """The photographs of a claim's page, in the order in which they appear."""

    best: tuple[Photograph, ...] = ()
    worst: tuple[Photograph, ...] = ()
    counterexamples: tuple[Photograph, ...] = ()


def wanted_maps(study: Study, responses: tuple[Responses, ...]) -> tuple[MapTask, ...]:
    """Every feature map that the pages will show: one task for each layer and photograph."""
    tables = tabulate(study.spec.evidence, responses)
    wanted: dict[tuple[str, str], tuple[Photograph, set[int]]] = {}

    def want(layer: str, index: int, photographs: Iterable[Photograph]) -> None:
        for each in photographs:
            wanted.setdefault((layer, each.sha256), (each, set()))[1].add(index)

    for entry in study.spec.reported_layers:
        if (table := table_of(tables, entry.layer)) is None:
            continue
        if study.spec.scan is not None:  # its images stand in their place
            continue
        seen = library_responses(table, study.library)
        for index in entry.filters:
            want(entry.layer, index, seen.strongest(index))
            want(entry.layer, index, (photograph for _, photograph in seen.through(index)))
    for evidence in study.evidence:
        claim, shown = evidence.claim, choose(evidence, table_of(tables, evidence.claim.layer))
        want(claim.layer, claim.filter, shown.best + shown.worst + shown.counterexamples)
    return tuple(
        MapTask(layer, photograph, tuple(sorted(filters)))
        for (layer, _), (photograph, filters) in wanted.items()
    )


def choose(evidence: Evidence, table: Table | None) -> ClaimPhotographs:
    """The 6 best and 6 worst positives (no photograph in both), and the 6 strongest others.

    Nothing is shown for a claim whose evidence cannot be used.
    """
    if table is None or find_fault(evidence, table):
        return ClaimPhotographs()
    ordered = _descending(table, evidence.positives, evidence.claim.filter)
    others = _descending(table, evidence.lookalikes + evidence.controls, evidence.claim.filter)
    best = ordered[:SHOWN_OF_A_CLAIM]
    worst = ordered[SHOWN_OF_A_CLAIM:][::-1][:SHOWN_OF_A_CLAIM]
    return ClaimPhotographs(best, worst, others[:SHOWN_OF_A_CLAIM])


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


def exhibit(table: Table, found: Score, index: int, maps: MapsByPlace) -> Exhibit:
    """A score with the filter's map (if it was computed) and the photograph's profile."""
    mapped = maps.get((table.layer, index, found.photograph.sha256))
    return Exhibit(found, mapped, table.mean[table.rows((found.photograph,))[0]])
