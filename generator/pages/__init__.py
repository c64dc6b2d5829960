"""Findings → Site: every page with its path, template and view. Pure: no disk, no clock."""

from __future__ import annotations

from generator.findings.findings import Findings
from generator.pages import paths
from generator.pages.assets import assets
from generator.pages.calibration import calibration_page
from generator.pages.claims import claim_pages
from generator.pages.filters import filter_pages
from generator.pages.galleries import gallery_files, sheet_pages
from generator.pages.layers import layer_pages, layer_views
from generator.pages.method import home_view, method_page, provenance_page
from generator.pages.page import NavItem, Page, Site
from generator.pages.review import review_page
from generator.results.write import results

__all__ = ["Site", "compose"]

LISTED = 60  # entries of a section that the navigation of every page can hold


def compose(findings: Findings) -> Site:
    """All pages of a report and the files beside them.

    The home page made from the data is among them; a hand-written ``index.md`` takes its place.
    """
    numbers = results(findings)
    views = layer_views(findings)
    home = home_view(findings, views)
    claims, layers = claim_pages(findings), layer_pages(views, findings)
    filters = filter_pages(findings, views)
    reference = (method_page(findings), calibration_page(), provenance_page(findings))
    review = (review_page(findings),) if claims else ()
    front = Page(paths.HOME, home.title, "home.md.j2", home, hide=("navigation",))
    return Site(
        title=home.title,
        pages=(front, *review, *claims, *layers, *sheet_pages(views), *filters, *reference),
        nav=_nav(review, claims, layers, reference),
        assets=assets(findings, numbers, gallery_files(views)),
        home=home,
        results=numbers,
    )


def _nav(
    review: tuple[Page, ...],
    claims: tuple[Page, ...],
    layers: tuple[Page, ...],
    reference: tuple[Page, ...],
) -> tuple[NavItem, ...]:
    """The way through the pages. Filters are found through their layers.

    Every page carries the whole navigation, so only so many claims and layers are listed.
    """
    listed = claims if len(claims) <= LISTED else ()
    overview, *below = layers
    shown = below if len(below) <= LISTED else ()
    items = [
        NavItem("Claims", children=_items((*review, *listed))) if review else NavItem(""),
        NavItem("Layers", children=_items((overview, *shown))),
        *_items(reference),
    ]
    return tuple(item for item in items if item.title)


def _items(pages: tuple[Page, ...]) -> tuple[NavItem, ...]:
    return tuple(NavItem(page.title.removeprefix("Claim: "), page.path) for page in pages)
