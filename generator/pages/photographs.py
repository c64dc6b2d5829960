"""Photographs on pages: image, map, profile, credit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from generator.findings.findings import Exhibit, Findings
from generator.findings.number_text import amount, fixed
from generator.models.card import ModelCard, Preprocessing
from generator.pages import paths
from generator.pages.charts import profile
from generator.pages.formatting import ROLES
from generator.pages.maps import MapStrip
from generator.pages.parts import PhotographView, Row

BARS = 128  # of a profile below a photograph, at most
LARGEST = 320  # pixels: more than this of a photograph no page shows


@dataclass(frozen=True, slots=True)
class Frame:
    """How a network sees photographs, as pages show them.

    ``side`` is their width and height on pages, in pixels; ``model`` tells files apart where
    several networks see them otherwise than the report's first.
    """

    side: int
    model: str


def frame(findings: Findings, layer: str) -> Frame:
    """How the network of a layer sees photographs."""
    fit = findings.model_of(layer).preprocessing
    alike = next(each for each in findings.models if _view(each) == _view_of(fit))
    other = alike is not findings.models[0]
    return Frame(min(fit.crop, LARGEST), alike.name if other else "")


def _view(model: ModelCard) -> tuple[int, int, str]:
    return _view_of(model.preprocessing)


def _view_of(fit: Preprocessing) -> tuple[int, int, str]:
    return fit.resize, fit.crop, fit.interpolation


def show(
    exhibit: Exhibit, *, maps: MapStrip, frame: Frame, filter_index: int | None = None
) -> PhotographView:
    """The view of a photograph; with its profile where ``filter_index`` says which bar to mark."""
    score = exhibit.score
    photograph = score.photograph
    subject = photograph.subject or photograph.name.rsplit("/", 1)[-1]
    role = ROLES[score.role] if score.role else ""
    place = f"{score.rank} of {len(exhibit.profile)}"
    kind = f", a {role}" if role else ""
    alt = f"Photograph: {subject}{kind}; z = {fixed(score.z)}, place of the filter {place}"
    return PhotographView(
        photograph=paths.photograph(photograph.sha256, frame.model),
        map=maps.view(exhibit),
        side=frame.side,
        alt=alt,
        subject=subject,
        name=photograph.name,
        role=role,
        z=fixed(score.z),
        mean=amount(score.mean),
        max=amount(score.max),
        rank=place,
        profile=None if filter_index is None else profile(exhibit.profile, filter_index, BARS),
    )


def credit(exhibits: Iterable[Exhibit]) -> str:
    """Where the photographs of a page come from, each source once."""
    photographs = [exhibit.score.photograph for exhibit in exhibits]
    credits_ = {
        f"{p.source or 'source not stated'} ({p.licence or 'licence not stated'})"
        for p in photographs
    }
    return "; ".join(sorted(credits_))


def numbers(rows: Iterable[tuple[str, str]]) -> tuple[Row, ...]:
    """Pairs of a head and a value, as rows of one cell."""
    return tuple(Row(head, (value,)) for head, value in rows)
