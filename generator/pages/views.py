"""What templates read: one view for each kind of page, made of texts that are ready to print."""

from __future__ import annotations

from dataclasses import dataclass

from generator.charts import Chart, Svg
from generator.pages.parts import (
    Beside,
    BinView,
    ClaimCard,
    ComparisonView,
    FilterCard,
    GateView,
    Group,
    Jump,
    Link,
    ObjectiveView,
    ReviewRow,
    ReviewView,
    Row,
    Shown,
    Trial,
    VerdictView,
)


@dataclass(frozen=True, slots=True)
class ClaimView:
    card: ClaimCard
    counts: tuple[Row, ...]
    removed: tuple[Row, ...]
    tests: tuple[Trial, ...]
    detector: tuple[Row, ...]
    covering: tuple[Row, ...]
    usage: tuple[Row, ...]
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
class Mark:
    """A figure beside a picture; ``tone`` says whether it is for it: good, bad, or open."""

    name: str
    value: str
    tone: str
    word: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Growth:
    """A picture as it grew: a strip of square frames, each with the steps taken until then."""

    strip: str
    side: int  # pixels of a frame
    steps: tuple[str, ...]
    alt: str
    name: str


@dataclass(frozen=True, slots=True)
class CurveView:
    """The objective over the steps; ``low`` and ``high`` are the ends of its axis."""

    svg: Svg
    low: str
    high: str
    steps: str


@dataclass(frozen=True, slots=True)
class PathView:
    """Path similarity over the layers from ``first`` to ``last``, drawn and in numbers."""

    svg: Svg
    first: str
    last: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class SpreadView:
    """All responses of a filter; numbers as the axis and the sentence beside it give them."""

    svg: Svg
    low: str
    high: str
    threshold: str
    share: str
    active: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class RangeView:
    """A photograph on the way down a filter's range, and where on that way it stands."""

    place: str
    shown: Shown


@dataclass(frozen=True, slots=True)
class NeighbourView:
    """A filter that responds alike; ``card`` is None where the report has no page of it."""

    filter: str
    r: str
    card: FilterCard | None


@dataclass(frozen=True, slots=True)
class ConnectionView:
    """A filter of another layer; where it has no page (``card``), ``command`` makes its picture."""

    layer: str
    filter: str
    contribution: str
    card: FilterCard | None
    name: str
    command: str


@dataclass(frozen=True, slots=True)
class Connections:
    title: str
    shown: tuple[ConnectionView, ...]

    @property
    def linked(self) -> tuple[ConnectionView, ...]:
        """Those that have a page."""
        return tuple(each for each in self.shown if each.card)

    @property
    def unlinked(self) -> tuple[ConnectionView, ...]:
        """Those that have none."""
        return tuple(each for each in self.shown if not each.card)


@dataclass(frozen=True, slots=True)
class FeedingView:
    """What a filter reads and who reads it, with what the network loses ``without`` it."""

    lead: str
    inward: tuple[Connections, ...]
    onward: tuple[Connections, ...]
    without: tuple[Link, ...]

    @property
    def unseen(self) -> tuple[ConnectionView, ...]:
        """Those that have no page, each once."""
        every = (each for part in (*self.inward, *self.onward) for each in part.unlinked)
        return tuple({each.name: each for each in every}.values())


@dataclass(frozen=True, slots=True)
class FilterView:
    card: FilterCard
    layer: Link
    module: str
    jump: Jump
    top: Group
    subjects: str  # of the strongest photographs, in a line
    spread: SpreadView | None
    range: tuple[RangeView, ...]
    similar: tuple[NeighbourView, ...]
    feeding: FeedingView | None
    trust: tuple[Mark, ...]
    others: tuple[Beside, ...]
    growth: Growth | None
    curve: CurveView | None
    path: PathView | None
    facts: tuple[Row, ...]
    history: tuple[Row, ...]
    claims: tuple[ClaimCard, ...]
    gates: tuple[GateView, ...]
    command: str
    json: str
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


@dataclass(frozen=True, slots=True)
class RecipeView:
    """How pictures are optimised: one row of side, steps, rate and blur for each scale."""

    name: str
    bounded: bool
    betas: str
    weight_decay: str
    cost: str
    parameterisation: str
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
    fits: tuple[FitView, ...]
    thresholds: tuple[Row, ...]
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
    | HomeView
    | ReviewPageView
    | MethodView
    | ProvenanceView
    | CalibrationView
)
