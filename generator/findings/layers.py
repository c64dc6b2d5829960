"""Findings of a layer and of each of its filters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from generator.findings.contributions import ContributionIndex
from generator.findings.findings import (
    Exhibit,
    FilterFinding,
    LayerFinding,
    Neighbour,
    RangePhotograph,
)
from generator.findings.index import ArtifactIndex
from generator.findings.library_responses import LibraryResponses, library_responses
from generator.findings.photographs import exhibit, score
from generator.findings.response_table import Table
from generator.findings.traces import stations, ways
from generator.findings.trust import PathSimilarity, PhotographMeans, mean_activations, trust
from generator.images.photographs import Photograph
from generator.models.card import ModelCard
from generator.plan import MANY_FILTERS
from generator.spec.render import ReportedLayer
from generator.spec.study import Study


@dataclass(frozen=True, slots=True, eq=False)
class _Scored:
    """A layer with responses, and what is computed of them once for all filters."""

    table: Table
    seen: LibraryResponses
    scale: PhotographMeans | None
    similar: Mapping[int, tuple[Neighbour, ...]]
    paths: Mapping[int, PathSimilarity]


def layer_finding(
    study: Study,
    entry: ReportedLayer,
    model: ModelCard,
    material: ArtifactIndex,
    wires: ContributionIndex,
) -> LayerFinding:
    """A layer of the report with all of its filters and other objectives.

    Raises
    ------
    ReportError
        If the picture of an objective is missing.
    """
    table, known = material.table(entry.layer), model.catalogue.find(entry.layer)
    channels = known.channels if known else table.channels if table else 0
    scored = _scored(study, entry, table, model, material) if table else None
    claims: dict[int, tuple[str, ...]] = {}
    for claim in study.spec.claims:
        if claim.layer == entry.layer:
            claims[claim.filter] = (*claims.get(claim.filter, ()), claim.id)
    many = len(entry.filters) > MANY_FILTERS
    filters = tuple(
        replace(
            found,
            original=not many or bool(found.claims),
            feeding=wires.feeding(entry.layer, index),
        )
        for index in entry.filters
        for found in [_filter(entry.layer, index, material, scored, claims=claims.get(index, ()))]
    )
    objectives = material.album.objectives(entry)
    return LayerFinding(entry.layer, entry.title, channels, filters, objectives)


def _scored(
    study: Study, entry: ReportedLayer, table: Table, model: ModelCard, material: ArtifactIndex
) -> _Scored:
    seen = library_responses(table, study.library)
    paths = ways(
        entry,
        seen,
        material.traces,
        layers=stations(model, entry.layer),
        pictures={number: material.pictures[entry.layer, number][0] for number in entry.filters},
    )
    return _Scored(
        table, seen, mean_activations(table.before), seen.neighbours(entry.filters), paths
    )


def _filter(
    layer: str,
    index: int,
    material: ArtifactIndex,
    scored: _Scored | None,
    *,
    claims: tuple[str, ...],
) -> FilterFinding:
    picture, others = material.pictures[layer, index]
    probes = material.probes.get((layer, index), ())
    if scored is None:
        bare = trust(picture, probes, None)
        return FilterFinding(layer, index, picture, (), claims, bare, others)
    table, scale = scored.table, scored.seen.scale(index)

    def show(photograph: Photograph) -> Exhibit:
        told = score(table, photograph, index, role=None, scale=scale)
        return exhibit(table, told, index, material.maps)

    return FilterFinding(
        layer,
        index,
        picture,
        top=tuple(show(each) for each in scored.seen.strongest(index)),
        claims=claims,
        trust=replace(trust(picture, probes, scored.scale), path=scored.paths.get(index)),
        others=others,
        range=tuple(
            RangePhotograph(share, show(each)) for share, each in scored.seen.through(index)
        ),
        histogram=scored.seen.histogram(index),
        similar=scored.similar.get(index, ()),
    )
