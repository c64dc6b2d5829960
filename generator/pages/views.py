"""What each template reads: one view per kind of page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from generator.findings.claim_tests.base import ClaimTest, Details
from generator.pages.charts import Chart, Svg
from generator.pages.filter_views import FilterView
from generator.pages.parts import (
    BinView,
    ClaimCard,
    ComparisonView,
    FilterCard,
    GateView,
    Group,
    Link,
    ObjectiveView,
    ReviewRow,
    ReviewView,
    Row,
    TestView,
    VerdictView,
)


@dataclass(frozen=True, slots=True)
class ClaimView:
    card: ClaimCard
    counts: tuple[Row, ...]
    removed: tuple[Row, ...]
    tests: tuple[TestView, ...]
    details: tuple[Details, ...]
    notes: tuple[str, ...]
    bins: tuple[BinView, ...]
    p: str
    p_holm: str
    alpha: str
    strip: Chart | None
    summary: tuple[Row, ...]
    groups: tuple[Group, ...]
    profile: Svg
    profile_alt: str
    pooling: str
    review: ReviewView
    gates: tuple[GateView, ...]
    csv: str
    command: str
    credits: str
    previous: Link | None
    next: Link | None
    compared: ComparisonView | None = None


@dataclass(frozen=True, slots=True)
class GalleryView:
    """The tiles that a layer's page is written with; a script makes the others of ``file``.

    ``sheets`` are the pages of all tiles without a script, the layer's own first; none where its
    own has them all.
    """

    cards: tuple[FilterCard, ...]
    small: bool
    file: str
    sheets: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class LayerView:
    title: str
    module: str
    path: str
    channels: int
    activation: str
    reading: tuple[str, ...]  # sentences: which call of the module, and what its activation is
    cards: tuple[FilterCard, ...]
    gallery: GalleryView
    first: tuple[FilterCard, ...]  # as many as overviews show
    kind: str
    stride: str
    field: str  # of what a position sees, in pixels; empty where it has no fixed size
    numbers: str  # every filter that has a page, as ranges
    objectives: tuple[ObjectiveView, ...]
    claims: tuple[ClaimCard, ...]
    previous: Link | None
    next: Link | None


@dataclass(frozen=True, slots=True)
class SheetView:
    """One page of a long gallery without a script; the layer's own is the first, ``at`` 1."""

    layer: LayerView
    cards: tuple[FilterCard, ...]
    at: int


@dataclass(frozen=True, slots=True)
class LayersView:
    layers: tuple[LayerView, ...]


@dataclass(frozen=True, slots=True)
class AuthorView:
    name: str
    url: str
    affiliation: str


@dataclass(frozen=True, slots=True)
class HomeView:
    """The front page; ``date`` is that of ISO 8601 and ``day`` the same in words, or empty."""

    title: str
    authors: tuple[AuthorView, ...]
    date: str
    day: str
    url: str
    doi: str
    architecture: str
    claims: tuple[ClaimCard, ...]
    layers: tuple[LayerView, ...]
    gates: tuple[GateView, ...]


@dataclass(frozen=True, slots=True)
class ReviewPageView:
    """``columns`` are the table's headings with what they mean; ``rows`` have a cell for each."""

    claims: tuple[ClaimCard, ...]
    columns: tuple[Row, ...]
    rows: tuple[ReviewRow, ...]
    tally: tuple[Row, ...]
    chart: Chart | None
    gates: tuple[GateView, ...]
    compared: tuple[ComparisonView, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class RecipeView:
    """How pictures are optimised: one row of side, steps, rate and blur for each scale."""

    name: str
    bounded: bool
    betas: str
    weight_decay: str
    cost: str
    parameterisation: str
    canvas: str  # how many times as wide as the picture the canvas is of which it is the middle
    contrast: str  # the root mean square of colours that every picture is brought to
    views: str  # the random views that steps see; empty for none
    seeing: str  # which steps do
    scales: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class FitView:
    """How photographs are prepared for a network; an only one has no name."""

    model: str
    resize: int
    interpolation: str
    crop: int
    mean: str
    std: str


@dataclass(frozen=True, slots=True)
class MethodView:
    recipes: tuple[RecipeView, ...]
    trust: tuple[Row, ...]
    size: int
    seed: int
    pooling: str
    pooling_code: str
    unit: str
    tokens: tuple[str, ...]
    fits: tuple[FitView, ...]
    thresholds: tuple[Row, ...]
    tests: tuple[ClaimTest[Any], ...]
    strata: tuple[str, ...]
    changed: int  # of the thresholds: how many the spec sets elsewhere
    verdicts: tuple[VerdictView, ...]
    claims: int


@dataclass(frozen=True, slots=True)
class CalibrationView:
    rows: tuple[Row, ...]
    seed: int
    command: str


@dataclass(frozen=True, slots=True)
class ProvenanceView:
    models: tuple[tuple[Row, ...], ...]
    software: tuple[Row, ...]
    libraries: tuple[Row, ...]
    photographs: int
    warnings: tuple[str, ...]
    downloads: tuple[Link, ...]
    command: str


View = (
    ClaimView
    | FilterView
    | LayerView
    | LayersView
    | SheetView
    | HomeView
    | ReviewPageView
    | MethodView
    | ProvenanceView
    | CalibrationView
)
