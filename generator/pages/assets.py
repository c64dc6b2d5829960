"""Files beside the pages: pictures, photographs, maps, data."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from generator.artifacts.artifact import Rendering
from generator.findings.findings import Exhibit, FilterFinding, Findings
from generator.pages import paths
from generator.pages.cards import SMALL
from generator.pages.maps import MapStrip, of_claim, of_filter
from generator.pages.page import (
    Asset,
    NotesFile,
    PhotographFile,
    PictureFile,
    PngFile,
    StripFile,
    TextFile,
)
from generator.pages.photographs import LARGEST, frame
from generator.results.csv import cell
from generator.results.paths import objective_path, other_path
from generator.results.write import (
    claims_csv,
    filter_json,
    filters_csv,
    picture_path,
    responses_csv,
)

COLUMNS = ("file", "subject", "tags", "source", "licence", "sha256")


def assets(findings: Findings, results: str, galleries: tuple[TextFile, ...]) -> tuple[Asset, ...]:
    """Every file that pages refer to, in the order of their paths."""
    found: dict[str, Asset] = {}
    numbers = (*_numbers(findings, results), *galleries)
    for asset in (*numbers, *_pictures(findings), *_exhibits(findings)):
        found.setdefault(asset.path, asset)
    return tuple(found[path] for path in sorted(found))


def _numbers(findings: Findings, results: str) -> Iterator[Asset]:
    yield TextFile(paths.RESULTS, results)
    yield TextFile("data/claims.csv", claims_csv(findings))
    yield TextFile("data/filters.csv", filters_csv(findings))
    yield TextFile("data/photographs.csv", _photographs_csv(findings))
    yield NotesFile(paths.NOTES, findings.study.spec.images)
    for claim in findings.claims:
        yield TextFile(paths.responses(claim.claim.id), responses_csv(claim))


def _photographs_csv(findings: Findings) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for p in findings.study.library:
        tags = " ".join(sorted(p.tags))
        texts = (p.name, p.subject, tags, p.source, p.licence, p.sha256)
        writer.writerow([cell(text) for text in texts])
    return file.getvalue()


def _pictures(findings: Findings) -> Iterator[Asset]:
    for layer in findings.layers:
        for found in layer.filters:
            yield from _picture(found)
            for each in found.others:
                path = other_path(found.layer, found.filter, each.label)
                yield from _beside(each.rendering, path, original=found.original)
        for objective in layer.objectives:
            yield from _beside(objective.rendering, objective_path(layer.layer, objective.id))
            for each in objective.others:
                path = other_path(layer.layer, objective.id, each.label)
                yield from _beside(each.rendering, path)


def _beside(rendering: Rendering, path: str, *, original: bool = True) -> Iterator[Asset]:
    if original:
        yield PngFile(path, rendering.png)
    yield PictureFile(paths.other(path, "large"), rendering.png, rendering.size)
    yield PictureFile(paths.other(path, "small"), rendering.png, SMALL)


def _picture(found: FilterFinding) -> Iterator[Asset]:
    rendering, place = found.rendering, (found.layer, found.filter)
    yield TextFile(paths.filter_json(*place), filter_json(found))
    if found.original:
        yield PngFile(picture_path(*place), rendering.png)
    yield PictureFile(paths.picture(*place, "large"), rendering.png, rendering.size)
    yield PictureFile(paths.picture(*place, "small"), rendering.png, SMALL)
    if rendering.growth:
        yield StripFile(paths.growth(*place), rendering.growth)


def _exhibits(findings: Findings) -> Iterator[Asset]:
    for layer in findings.layers:
        for found in layer.filters:
            shown = (*found.top, *(each.exhibit for each in found.range))
            yield from _shown(findings, shown, of_filter(found), layer.layer)
    for claim in findings.claims:
        exhibits = claim.best + claim.counterexamples + claim.worst
        yield from _shown(findings, exhibits, of_claim(claim), claim.claim.layer)


def _shown(
    findings: Findings, exhibits: tuple[Exhibit, ...], maps: MapStrip, layer: str
) -> Iterator[Asset]:
    fit, seen = findings.model_of(layer).preprocessing, frame(findings, layer)
    for exhibit in exhibits:
        photograph = exhibit.score.photograph
        yield PhotographFile(
            paths.photograph(photograph.sha256, seen.model),
            photograph,
            resize=fit.resize,
            crop=fit.crop,
            side=LARGEST,
            interpolation=fit.interpolation,
        )
    if (strip := maps.file()) is not None:
        yield strip
