"""Artifacts by layer, filter and photograph, for fast lookup."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.artifacts.artifact import Artifacts, FeatureMap, Rendering, Trace
from generator.findings.findings import OtherPicture
from generator.findings.renderings import Place, RenderingIndex
from generator.findings.response_table import Table, tabulate
from generator.spec.study import Study

MapsByPlace = Mapping[tuple[str, int, str], FeatureMap]  # layer, filter, photograph's hash


@dataclass(frozen=True, slots=True)
class ArtifactIndex:
    """Artifacts, sorted out once so that no finding searches through all of them.

    ``pictures`` are every filter's main one and those beside it, ``probes`` the small ones;
    ``traces`` are found by the image's hash.
    """

    tables: Mapping[str, Table]
    maps: MapsByPlace
    album: RenderingIndex
    pictures: Mapping[Place, tuple[Rendering, tuple[OtherPicture, ...]]]
    probes: Mapping[Place, tuple[Rendering, ...]]
    traces: Mapping[str, Trace]

    def table(self, layer: str) -> Table | None:
        """The responses of a layer; None where nothing was scored."""
        return self.tables.get(layer)


def index_artifacts(
    study: Study,
    made: Artifacts,
) -> ArtifactIndex:
    """Put every artifact in its place.

    Raises
    ------
    ReportError
        If the picture of a reported filter is missing.
    """
    album = RenderingIndex.of(made.renderings)
    every = (each for photograph in made.maps for each in photograph)
    return ArtifactIndex(
        {table.layer: table for table in tabulate(study.spec.evidence, made.responses)},
        {(each.layer, each.filter, each.photograph): each for each in every},
        album,
        {
            (layer.layer, number): album.of_filter(layer.layer, number, wanted)
            for layer in study.spec.reported_layers
            for number, wanted in zip(layer.filters, layer.renders, strict=True)
        },
        album.probes(study),
        {each.image: each for each in made.traces},
    )
