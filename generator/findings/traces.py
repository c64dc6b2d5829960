"""Which images to trace through the network for path similarity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from generator.artifacts.artifact import Rendering, Responses, Trace
from generator.findings.library_responses import LibraryResponses, library_responses
from generator.findings.renderings import RenderingIndex
from generator.findings.response_table import tabulate
from generator.findings.trust.path_similarity import (
    FEWEST,
    PathSimilarity,
    arbitrary,
    paths,
    reference_of,
)
from generator.images.photographs import Photograph
from generator.models.card import ModelCard
from generator.plan.traces import TraceTask
from generator.spec.render import ReportedLayer
from generator.spec.study import Study


def wanted_traces(
    study: Study,
    model: ModelCard,
    renderings: tuple[Rendering, ...],
    responses: tuple[Responses, ...],
) -> tuple[TraceTask, ...]:
    """Every filter's picture on the way to its layer, and the photographs to compare it with."""
    tables = {table.layer: table for table in tabulate(study.spec.evidence, responses)}
    album, passed = RenderingIndex.of(renderings), set[str]()
    pictures: list[TraceTask] = []
    photographs: dict[str, Photograph] = {}
    for entry in study.spec.reported_layers:
        way = stations(model, entry.layer)
        seen = (
            library_responses(tables[entry.layer], study.library) if entry.layer in tables else None
        )
        if seen is None or len(way) < 2 or reference_of(len(seen.photographs)) < FEWEST:
            continue
        passed.update(way)
        for number, wanted in zip(entry.filters, entry.renders, strict=True):
            picture, _ = album.of_filter(entry.layer, number, wanted)
            pictures.append(TraceTask(picture, way))
            photographs |= {each.sha256: each for each in _reference(seen, number)}
    if photographs:
        photographs |= {each.sha256: each for each in arbitrary(study.library)}
    every = tuple(layer.name for layer in model.catalogue.layers if layer.name in passed)
    return (*(TraceTask(each, every) for each in photographs.values()), *pictures)


def stations(model: ModelCard, layer: str) -> tuple[str, ...]:
    """The layers on the way to one, itself the last."""
    return tuple(each.name for each in model.catalogue.way(layer))


def ways(
    entry: ReportedLayer,
    seen: LibraryResponses,
    traces: Mapping[str, Trace],
    *,
    layers: Sequence[str],
    pictures: Mapping[int, Rendering],
) -> dict[int, PathSimilarity]:
    """The path similarity of a layer's pictures, by filter; without what was not followed."""
    # Of several networks, each follows photographs of its own choice.
    traces = {image: each for image, each in traces.items() if set(layers) <= set(each.layers)}
    known = [each for each in seen.photographs if each.sha256 in traces]
    places = {each.sha256: place for place, each in enumerate(known)}
    kin = {
        number: [places.get(p.sha256) for p in _reference(seen, number)] for number in entry.filters
    }
    usable = [
        number
        for number in entry.filters
        if pictures[number].sha256 in traces and kin[number] and None not in kin[number]
    ]
    if len(layers) < 2 or not usable:
        return {}
    found = paths(
        layers,
        [traces[each.sha256] for each in known],
        [traces[pictures[number].sha256] for number in usable],
        kin=np.array([kin[number] for number in usable], dtype=np.int64),
        others=[places[p.sha256] for p in arbitrary(seen.photographs) if p.sha256 in places],
    )
    return dict(zip(usable, found, strict=True))


def _reference(seen: LibraryResponses, number: int) -> tuple[Photograph, ...]:
    """The photographs that stand for what excites a filter."""
    return seen.strongest(number)[: reference_of(len(seen.photographs))]
