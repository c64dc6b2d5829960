"""The pages of layers."""

from __future__ import annotations

from generator.findings.findings import Findings, LayerFinding
from generator.models.layers import UNACTIVATED, Layer, activation_words
from generator.models.value_names import is_function
from generator.pages import paths
from generator.pages.cards import claim_card, filter_card, layer_title
from generator.pages.galleries import gallery_view
from generator.pages.other_pictures import objective_views
from generator.pages.page import Page
from generator.pages.parts import FilterCard, Link
from generator.pages.views import LayersView, LayerView

FIRST, FEW = 12, 6  # filters of a layer that overviews show; where there are many layers
MANY_LAYERS = 8


def layer_views(findings: Findings) -> tuple[LayerView, ...]:
    """The view of every layer; overviews and hand-written pages show them as well."""
    return tuple(_view(findings, index) for index in range(len(findings.layers)))


def layer_pages(views: tuple[LayerView, ...], findings: Findings) -> tuple[Page, ...]:
    """The overview, then a page for each layer."""
    overview = Page(paths.LAYERS, "Layers", "layers.md.j2", LayersView(views), hide=("toc",))
    return (
        overview,
        *(
            Page(paths.layer_page(view.module), view.title, "layer.md.j2", view, hide=WIDE)
            for view in views
        ),
    )


WIDE = ("navigation", "toc")  # what the pages of layers and filters do without


def _view(findings: Findings, index: int) -> LayerView:
    found = findings.layers[index]
    known = findings.model_of(found.layer).catalogue.find(found.layer)
    before, after = findings.layers[:index][-1:], findings.layers[index + 1 :][:1]
    cards = tuple(filter_card(found, each) for each in found.filters)
    claims = (each for each in findings.claims if each.claim.layer == found.layer)
    return LayerView(
        title=layer_title(found),
        module=found.layer,
        path=paths.html(paths.layer_page(found.layer)),
        channels=found.channels,
        activation=known.activation if known else "",
        reading=reading(known) if known else (),
        cards=cards,
        gallery=gallery_view(found, cards),
        first=_first(cards, FEW if len(findings.layers) > MANY_LAYERS else FIRST),
        kind=known.kind if known else "",
        stride=str(known.stride or "") if known else "",
        field=str(known.field or "") if known else "",
        numbers=ranges(tuple(sorted(each.filter for each in found.filters))),
        objectives=objective_views(findings, found),
        claims=tuple(claim_card(findings, each) for each in claims),
        previous=layer_link(before[0]) if before else None,
        next=layer_link(after[0]) if after else None,
    )


def reading(layer: Layer) -> tuple[str, ...]:
    """What is to be said of a layer's value beside its module: its call, and its activation."""
    said = []
    if layer.calls > 1:
        said.append(
            f"The module is called {layer.calls} × in a pass; this is call {layer.call + 1}."
        )
    if is_function(layer.activation):
        said.append("The network calls that function in its own forward.")
    if activation_words(layer) == UNACTIVATED:
        said.append(f"{UNACTIVATED[0].upper()}{UNACTIVATED[1:]}.")
    return tuple(said)


def _first(cards: tuple[FilterCard, ...], most: int) -> tuple[FilterCard, ...]:
    """Filters that claims are about, then others, as listed; few enough for an overview."""
    ordered = sorted(cards, key=lambda card: not card.claims)
    return tuple(ordered[:most]) if len(cards) > most else cards


def layer_link(layer: LayerFinding) -> Link:
    """The way to a layer's page."""
    return Link(layer_title(layer), paths.html(paths.layer_page(layer.layer)))


def ranges(numbers: tuple[int, ...]) -> str:
    """Ascending numbers in short: ``0-511``, or ``3,7-9``."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1][1:] = [number]
        else:
            parts.append([number])
    return ",".join("-".join(map(str, part)) for part in parts)
