"""What the site is made of: pages, files, navigation."""

from __future__ import annotations

from dataclasses import dataclass, field

from generator.artifacts.artifact import FeatureMap
from generator.artifacts.blobs import Blob
from generator.images.photographs import Photograph
from generator.pages.views import HomeView, View


@dataclass(frozen=True, slots=True)
class Page:
    """A page to be made from a template. ``path`` is that of the Markdown file.

    ``hide`` names sidebars that it does without: ``navigation``, ``toc``. The site's search finds
    it if it is ``searched``.
    """

    path: str
    title: str
    template: str
    view: View
    hide: tuple[str, ...] = ()
    searched: bool = True


@dataclass(frozen=True, slots=True)
class NavItem:
    """A place in the navigation: a page, or a section whose first child is its own page."""

    title: str
    path: str = ""
    children: tuple[NavItem, ...] = ()


@dataclass(frozen=True, slots=True)
class TextFile:
    path: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PngFile:
    """A picture whose bytes are evidence: written unchanged."""

    path: str
    png: Blob = field(repr=False)


@dataclass(frozen=True, slots=True)
class StripFile:
    """Frames side by side, as they left the optimiser: WebP, written unchanged."""

    path: str
    webp: Blob = field(repr=False)


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A PNG made smaller for reading, at most ``side`` pixels wide, in the format of its path."""

    path: str
    png: Blob = field(repr=False)
    side: int


@dataclass(frozen=True, slots=True)
class PhotographFile:
    """A photograph as the network saw it: shorter side to ``resize``, middle ``crop`` pixels.

    Larger than ``side`` pixels it is scaled down to them.
    """

    path: str
    photograph: Photograph
    resize: int
    crop: int
    side: int
    interpolation: str


@dataclass(frozen=True, slots=True, eq=False)
class MapsFile:
    """Feature maps as square transparent images side by side.

    ``scale`` is the value drawn at full strength.
    """

    path: str
    maps: tuple[FeatureMap, ...]
    scale: float


@dataclass(frozen=True, slots=True)
class NotesFile:
    """The README beside the library, which has to go along with its photographs."""

    path: str
    library: str


Asset = TextFile | PngFile | StripFile | PictureFile | PhotographFile | MapsFile | NotesFile


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """Everything that is to be written, and the cards that hand-written pages refer to."""

    title: str
    pages: tuple[Page, ...]
    nav: tuple[NavItem, ...]
    assets: tuple[Asset, ...]
    home: HomeView
    results: str = field(repr=False)
