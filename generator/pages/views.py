"""What templates read: one view for each kind of page, made of texts that are ready to print."""

from __future__ import annotations

from dataclasses import dataclass

from generator.charts import Chart, Svg


@dataclass(frozen=True, slots=True)
class Link:
    """A link within the site; ``path`` counts from the site's root."""

    title: str
    path: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A filter's picture in its sizes. Paths count from the site's root."""

    small: str
    large: str
    evidence: str  # the published PNG, byte for byte
    side: int  # pixels of ``large``
    alt: str


@dataclass(frozen=True, slots=True)
class FilterCard:
    """A filter as galleries show it."""

    title: str
    path: str
    filter: int
    picture: Picture
    activation: str
    dead: bool
    claims: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A photograph on a page, with the filter's map over it and its profile below."""

    photograph: str
    map: str
    side: int
    alt: str
    subject: str
    name: str
    role: str
    z: str
    mean: str
    max: str
    rank: str
    profile: Svg


@dataclass(frozen=True, slots=True)
class VerdictView:
    code: str
    word: str
    tone: str
    sentence: str
    change: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: a head and its cells."""

    head: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GateView:
    name: str
    held: bool
    detail: str


@dataclass(frozen=True, slots=True)
class ClaimCard:
    """A claim as the home page, the review page and hand-written pages show it."""

    id: str
    path: str
    statement: str
    verdict: VerdictView
    filter: FilterCard
    layer: str
    numbers: tuple[Row, ...]
    counts: str
    n: str  # the counts alone: positives / look-alikes / controls
    best: Shown | None
    counter: Shown | None
    review: str


@dataclass(frozen=True, slots=True)
class Trial:
    """One test of a claim in plain words; ``limit`` is what it has to reach."""

    name: str
    question: str
    statistic: str
    interval: str
    p: str
    limit: str
    passed: bool | None


@dataclass(frozen=True, slots=True)
class ReviewView:
    status: str
    by: str
    on: str
    note: str


@dataclass(frozen=True, slots=True)
class Group:
    """Photographs that belong together, under a heading, with what is to be seen in them."""

    key: str
    title: str
    lead: str
    shown: tuple[Shown, ...]
    empty: str


@dataclass(frozen=True, slots=True)
class ClaimView:
    card: ClaimCard
    counts: tuple[Row, ...]
    removed: tuple[Row, ...]
    tests: tuple[Trial, ...]
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


@dataclass(frozen=True, slots=True)
class FilterView:
    card: FilterCard
    layer: Link
    module: str
    top: Group
    facts: tuple[Row, ...]
    history: tuple[Row, ...]
    claims: tuple[ClaimCard, ...]
    gates: tuple[GateView, ...]
    command: str
    credits: str
    previous: Link | None
    next: Link | None


@dataclass(frozen=True, slots=True)
class LayerView:
    title: str
    module: str
    path: str
    channels: int
    activation: str
    cards: tuple[FilterCard, ...]
    claims: tuple[ClaimCard, ...]
    previous: Link | None
    next: Link | None


@dataclass(frozen=True, slots=True)
class LayersView:
    layers: tuple[LayerView, ...]


@dataclass(frozen=True, slots=True)
class AuthorView:
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class HomeView:
    title: str
    authors: tuple[AuthorView, ...]
    architecture: str
    claims: tuple[ClaimCard, ...]
    layers: tuple[LayerView, ...]
    gates: tuple[GateView, ...]


@dataclass(frozen=True, slots=True)
class ReviewPageView:
    claims: tuple[ClaimCard, ...]
    tally: tuple[Row, ...]
    chart: Chart | None
    gates: tuple[GateView, ...]


@dataclass(frozen=True, slots=True)
class RecipeView:
    """How pictures are optimised: one row of side, steps, rate and blur for each scale."""

    name: str
    bounded: bool
    betas: str
    weight_decay: str
    cost: str
    scales: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class MethodView:
    recipes: tuple[RecipeView, ...]
    size: int
    seed: int
    pooling: str
    pooling_code: str
    unit: str
    resize: int
    crop: int
    mean: str
    std: str
    thresholds: tuple[Row, ...]
    verdicts: tuple[VerdictView, ...]
    claims: int


@dataclass(frozen=True, slots=True)
class ProvenanceView:
    model: tuple[Row, ...]
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
    | HomeView
    | ReviewPageView
    | MethodView
    | ProvenanceView
)
