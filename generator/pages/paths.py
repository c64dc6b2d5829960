"""Paths of pages and files in the site."""

from __future__ import annotations

from generator.results.paths import slug

__all__ = ["slug"]

HOME, CLAIMS, LAYERS = "index.md", "claims/index.md", "layers/index.md"
METHOD, PROVENANCE, CALIBRATION = "method.md", "provenance.md", "calibration.md"
RESULTS = "results.json"
NOTES = "data/photographs-readme.txt"
RESERVED = (
    "claims/",
    "layers/",
    "data/",
    "assets/",
    "pictures/",
    METHOD,
    PROVENANCE,
    CALIBRATION,
    RESULTS,
)


def layer_page(layer: str) -> str:
    """The Markdown of a layer's gallery."""
    return f"layers/{slug(layer)}/index.md"


def sheet(layer: str, at: int) -> str:
    """The Markdown of one page of a long gallery; the first is the layer's own."""
    return layer_page(layer) if at == 1 else f"layers/{slug(layer)}/page-{at}.md"


def gallery(layer: str) -> str:
    """What the script of a layer's page makes tiles of."""
    return f"data/galleries/{slug(layer)}.js"


def filter_page(layer: str, filter_index: int) -> str:
    """The Markdown of a filter's page."""
    return f"layers/{slug(layer)}/{filter_index}.md"


def claim_page(claim: str) -> str:
    """The Markdown of a claim's page; ids of claims are safe as names."""
    return f"claims/{claim}.md"


def html(page: str) -> str:
    """The address of a page, from the path of its Markdown."""
    return page.removesuffix(".md") + ".html"


def above(page: str) -> str:
    """The way from a page up to the site's root, to be followed by a path."""
    return "../" * page.count("/")


def photograph(sha256: str, model: str = "") -> str:
    """A photograph as the network saw it, named by the digest of its file.

    ``model`` names one of several networks that sees it otherwise than the first.
    """
    return f"assets/photographs/{sha256[:20]}{model and '-'}{model}.webp"


def maps(layer: str, filter_index: int, context: str) -> str:
    """A filter's maps side by side; ``context`` is their page: a claim's id, or ``page``."""
    return f"assets/maps/{slug(layer)}/{filter_index}-{context}.webp"


def picture(layer: str, filter_index: int | str, kind: str) -> str:
    """A filter's picture: ``kind`` is ``small``, for galleries, or ``large``."""
    suffix = "avif" if kind == "small" else "webp"
    return f"assets/pictures/{slug(layer)}/{filter_index}-{kind}.{suffix}"


def other(evidence: str, kind: str) -> str:
    """A picture beside a main one, or of an objective, as WebP; from the path of its PNG."""
    layer, _, rest = evidence.removeprefix("pictures/").removesuffix(".png").partition("/")
    return f"assets/pictures/{slug(layer)}/{rest}-{kind}.webp"


def growth(layer: str, filter_index: int) -> str:
    """A filter's picture as it grew: frames side by side."""
    return f"assets/pictures/{slug(layer)}/{filter_index}-growth.webp"


def filter_json(layer: str, filter_index: int) -> str:
    """Every number of a filter."""
    return f"data/filters/{slug(layer)}/{filter_index}.json"


def responses(claim: str) -> str:
    """Every response behind a claim, as CSV."""
    return f"data/responses/{claim}.csv"
