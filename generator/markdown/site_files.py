"""What a report's site will hold, told from its spec: pages, files, and places on pages."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown.extensions.toc import slugify

from generator.pages import paths
from generator.results.paths import picture_path, slug
from generator.spec.render import ReportedLayer
from generator.spec.report import Spec
from generator.system.glob import below
from generator.system.resources import frame

HEADING = re.compile(r"^#{1,6} +(?P<title>[^{\n]+?)\s*(?P<attributes>\{.*\})?$", re.MULTILINE)
ID = re.compile(r'\bid="(?P<quoted>[^"]+)"|\{[^}{]*#(?P<listed>[a-z][\w-]*)')
FILLED = re.compile(r"\{\{.*?\}\}")
DATA = ("claims.csv", "filters.csv", "photographs.csv")
MEASURED = (  # what is there depends on what is measured
    r"assets/(?:photographs|maps|pictures)/.+\.(?:webp|avif)",
    r"data/galleries/.+\.js",
    r"layers/[^/]+/page-\d+\.md",
)
WHOLE = (r"layers/[^/]+/(?:\d+|index)\.md", r"pictures/.+\.png", r"data/filters/.+\.json")
MACROS = "macros.md.j2"
NAMED_BY_DATA = {  # places whose names no template has
    "claim.md.j2": ("best", "counterexamples", "the-weakest-positives"),
    "provenance.md.j2": ("the-network", "the-networks"),
}


@dataclass(frozen=True, slots=True)
class SiteFiles:
    """Paths that the report's own pages and files will have, and the templates of pages.

    ``patterns`` are of paths that are known only when the network is, or the photographs are
    measured.
    """

    templates: dict[str, str]
    files: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]

    @classmethod
    def of(cls, spec: Spec) -> SiteFiles:
        """What the site of a spec will hold, before anything was rendered."""
        layers = (each for entry in spec.reported_layers for each in _patterns(entry))
        return cls(
            templates=dict(_pages(spec)),
            files=frozenset(_files(spec)),
            patterns=tuple(map(re.compile, (*MEASURED, *layers, *(WHOLE if spec.whole else ())))),
        )

    def holds(self, path: str) -> bool:
        """Whether a path will be a page or a file of the report's own."""
        known = path in self.templates or path in self.files
        return known or any(each.fullmatch(path) for each in self.patterns)

    def has_place(self, page: str, anchor: str) -> bool:
        """Whether a page of the report's own may have a place of that name."""
        template = self.templates.get(page)
        if template is None:
            name = "layer.md.j2" if page.endswith("index.md") else "filter.md.j2"
            template = "sheet.md.j2" if "/page-" in page else name
        return any(each.fullmatch(anchor) for each in _places(template))


def _patterns(layer: ReportedLayer) -> Iterator[str]:
    """Paths of a layer that no list has: all filters of an unknown network, further pictures."""
    folder, name = re.escape(slug(layer.layer)), re.escape(layer.layer)
    yield rf"pictures/{name}/(?:\d+|objectives)/.+\.png"
    yield rf"pictures/{name}/objectives/.+\.png"
    if layer.open:
        yield rf"layers/{folder}/\d+\.md"
        yield rf"pictures/{name}/\d+\.png"
        yield rf"data/filters/{folder}/\d+\.json"


def _pages(spec: Spec) -> Iterator[tuple[str, str]]:
    yield from (("index.md", "home.md.j2"), (paths.LAYERS, "layers.md.j2"))
    yield from ((f"{name}.md", f"{name}.md.j2") for name in ("method", "provenance", "calibration"))
    if spec.claims:
        yield paths.CLAIMS, "claims.md.j2"
    yield from ((paths.claim_page(claim.id), "claim.md.j2") for claim in spec.claims)
    for layer in spec.reported_layers:
        yield paths.layer_page(layer.layer), "layer.md.j2"
        yield from (
            (paths.filter_page(layer.layer, each), "filter.md.j2") for each in layer.filters
        )


def _files(spec: Spec) -> Iterator[str]:
    yield from (paths.RESULTS, paths.NOTES, *(f"data/{name}" for name in DATA))
    yield from (paths.responses(claim.id) for claim in spec.claims)
    for layer in spec.reported_layers:
        for each in layer.filters:
            yield picture_path(layer.layer, each)
            yield paths.filter_json(layer.layer, each)
    assets = frame() / "site_src" / "assets"
    for file in below(assets):
        yield posixpath.join("assets", file.relative_to(assets).as_posix())


@cache
def _places(template: str) -> tuple[re.Pattern[str], ...]:
    """Patterns of the ids on a template's pages."""
    folder = frame() / "site_src" / "templates"
    own, macros = _read(folder / template), _read(folder / MACROS)
    titles = (each["title"] for each in HEADING.finditer(own) if "#" not in (each[2] or ""))
    written = (each["quoted"] or each["listed"] for each in ID.finditer(own + macros))
    parts = [FILLED.split(each) for each in written]
    names = [*map(_slug, titles), *NAMED_BY_DATA.get(template, ())]
    found = [*([name] for name in names), *(each for each in parts if any(each))]
    return tuple(re.compile(".+".join(map(re.escape, each))) for each in found)


def _slug(title: str) -> str:
    return str(slugify(title, "-"))


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
