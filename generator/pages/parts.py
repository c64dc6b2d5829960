"""Parts of pages as templates read them."""

from __future__ import annotations

from dataclasses import dataclass

from generator.findings.claim_tests.base import TestRow
from generator.pages.charts import Svg


@dataclass(frozen=True, slots=True)
class Link:
    """A link within the site; ``path`` counts from the site's root."""

    title: str
    path: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A filter's picture in its sizes. Paths count from the site's root.

    ``evidence`` is the published PNG, byte for byte; empty where the site does without it.
    """

    small: str
    large: str
    evidence: str
    side: int  # pixels of ``large``
    small_side: int
    alt: str

    @property
    def whole(self) -> str:
        """The best that the site has of it."""
        return self.evidence or self.large


@dataclass(frozen=True, slots=True)
class Figure:
    """What readers compare filters by: in words, and as a number that galleries sort by."""

    key: str
    head: str
    text: str
    order: str  # empty where there is no number


@dataclass(frozen=True, slots=True)
class Jump:
    """All filters of a layer that have a page, as ``0-511`` or ``12,33,47``."""

    layer: str
    numbers: str


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
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class MapView:
    """A map in a strip of maps: ``at`` is its place as a share of the way, in per cent."""

    path: str
    at: str


@dataclass(frozen=True, slots=True)
class OtherPictureView:
    """A picture beside a filter's own, or of another objective, and how to make it again."""

    label: str
    meaning: str
    picture: Picture
    activation: str
    dead: bool
    command: str


@dataclass(frozen=True, slots=True)
class ObjectiveView:
    """Pictures of something else than one filter; the first is the main one."""

    id: str
    words: str
    pictures: tuple[OtherPictureView, ...]


@dataclass(frozen=True, slots=True)
class PhotographView:
    """A photograph on a page, with its map over it and, where there is room, its profile below."""

    photograph: str
    map: MapView | None
    side: int
    alt: str
    subject: str
    name: str
    role: str
    z: str
    mean: str
    max: str
    rank: str
    profile: Svg | None


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
    best: PhotographView | None
    counter: PhotographView | None
    review: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure in a table of claims; ``key`` is the number that it is sorted by, or empty."""

    text: str
    key: str
    interval: str = ""


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """A claim on one of several filters; ``cells`` are its figures."""

    id: str
    model: str
    claim: Link
    filter: FilterCard
    verdict: VerdictView
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """The same claim on several filters, mostly of several networks."""

    id: str
    statement: str
    heads: tuple[str, ...]
    rows: tuple[ComparedRow, ...]


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A claim in the table of all claims."""

    card: ClaimCard
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class TestView:
    """One test of a claim, with its question and result."""

    __test__ = False  # pytest collects classes of this name

    name: str
    question: str
    row: TestRow


@dataclass(frozen=True, slots=True)
class BinView:
    """A tenth of the responses: the share of positives as text and as a bar of 0 to 100."""

    span: str
    share: str
    width: int
    contribution: str
    counts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of the spec; ``address`` opens them, and is empty where no repository is known."""

    text: str
    address: str


@dataclass(frozen=True, slots=True)
class ReviewView:
    status: str
    by: str
    on: str
    note: str
    lines: Lines | None


@dataclass(frozen=True, slots=True)
class Group:
    """Photographs that belong together, under a heading, with what is to be seen in them."""

    key: str
    title: str
    lead: str
    shown: tuple[PhotographView, ...]
    empty: str
