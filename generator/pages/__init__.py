"""Findings → Site: every page with its path, template and view. Pure: no disk, no clock."""

from __future__ import annotations

from generator.findings.records import Findings
from generator.findings.results import results
from generator.pages import paths
from generator.pages.assets import assets
from generator.pages.calibration import calibration_page
from generator.pages.claims import claim_pages
from generator.pages.layers import layer_pages, layer_view
from generator.pages.records import NavItem, Page, Site
from generator.pages.reference import home_view, method_page, provenance_page
from generator.pages.review import review_page

__all__ = ["Site", "compose"]


def compose(findings: Findings) -> Site:
    """All pages of a report and the files beside them.

    The home page made from the data is among them; a hand-written ``index.md`` takes its place.
    """
    numbers = results(findings)
    views = tuple(layer_view(findings, index) for index in range(len(findings.layers)))
    home = home_view(findings, views)
    claims, layers = claim_pages(findings), layer_pages(findings)
    reference = (method_page(findings), calibration_page(), provenance_page(findings))
    review = (review_page(findings),) if claims else ()
    front = Page(paths.HOME, home.title, "home.md.j2", home, hide=("navigation",))
    return Site(
        title=home.title,
        pages=(front, *review, *claims, *layers, *reference),
        nav=_nav(findings, review + claims, layers, reference),
        assets=assets(findings, numbers),
        home=home,
        results=numbers,
    )


def _nav(
    findings: Findings,
    claims: tuple[Page, ...],
    layers: tuple[Page, ...],
    reference: tuple[Page, ...],
) -> tuple[NavItem, ...]:
    by_path = {page.path: page for page in layers}
    sections = tuple(
        NavItem(
            by_path[paths.layer_page(layer.layer)].title,
            children=(
                NavItem("Overview", paths.layer_page(layer.layer)),
                *(
                    NavItem(str(found.filter), paths.filter_page(found.layer, found.filter))
                    for found in layer.filters
                ),
            ),
        )
        for layer in findings.layers
    )
    titles = tuple(page.title.removeprefix("Claim: ") for page in claims)
    found = tuple(NavItem(each, page.path) for each, page in zip(titles, claims, strict=True))
    items = [NavItem("Claims", children=found)]
    items.append(NavItem("Layers", children=(NavItem("Layers", paths.LAYERS), *sections)))
    items.extend(NavItem(page.title, page.path) for page in reference)
    return tuple(item for item in items if item.path or item.children)
