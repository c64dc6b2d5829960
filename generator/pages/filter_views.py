"""What the filter template reads."""

from __future__ import annotations

from dataclasses import dataclass

from generator.pages.charts import Svg
from generator.pages.parts import (
    ClaimCard,
    FilterCard,
    GateView,
    Group,
    Jump,
    Link,
    OtherPictureView,
    PhotographView,
    Row,
)


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
    shown: PhotographView


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
    others: tuple[OtherPictureView, ...]
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
