"""A layer's gallery: tiles, data file, plain pages."""

from __future__ import annotations

import json

from generator.findings.findings import LayerFinding
from generator.pages import paths
from generator.pages.page import Page, TextFile
from generator.pages.parts import FilterCard, Link
from generator.pages.views import GalleryView, LayerView, SheetView

LARGE = 48  # tiles of a gallery that has room for figures below each
WRITTEN = 64  # small tiles that a page is written with: a screen or two, and 16 kB of HTML


def gallery_view(layer: LayerFinding, cards: tuple[FilterCard, ...]) -> GalleryView:
    """What the page of a layer is written with, and the way to the others."""
    sheets = _sheets(cards)
    ways = tuple(
        Link(_span(sheet), paths.html(paths.sheet(layer.layer, at)))
        for at, sheet in enumerate(sheets, start=1)
    )
    return GalleryView(
        cards=sheets[0] if sheets else (),
        small=len(cards) > LARGE,
        file=paths.gallery(layer.layer) if cards else "",
        sheets=ways if len(ways) > 1 else (),
    )


def _sheets(cards: tuple[FilterCard, ...]) -> tuple[tuple[FilterCard, ...], ...]:
    return tuple(cards[at : at + WRITTEN] for at in range(0, len(cards), WRITTEN))


def _span(cards: tuple[FilterCard, ...]) -> str:
    first, last = cards[0].filter, cards[-1].filter
    return str(first) if first == last else f"{first} to {last}"


def sheet_pages(views: tuple[LayerView, ...]) -> tuple[Page, ...]:
    """The rest of long galleries, for readers without scripts: tiles and nothing else."""
    return tuple(
        Page(
            paths.sheet(layer.module, at),
            f"{layer.title}: filters {_span(cards)}",
            "sheet.md.j2",
            SheetView(layer, cards, at),
            hide=("navigation", "toc"),
            searched=False,
        )
        for layer in views
        for at, cards in enumerate(_sheets(layer.cards), start=1)
        if at > 1
    )


def gallery_files(views: tuple[LayerView, ...]) -> tuple[TextFile, ...]:
    """For each layer the data that its page's script sorts, searches and makes tiles of.

    A script and no JSON, because a page that was opened by double click may not fetch a file.
    """
    return tuple(
        TextFile(view.gallery.file, f"globalThis.filterbookGallery = {_data(view)};\n")
        for view in views
        if view.cards
    )


def _data(view: LayerView) -> str:
    """Columns with an entry for each filter, half the bytes of a record for each."""
    cards, root = view.cards, paths.above(view.path)
    columns = list(zip(*(card.figures for card in cards), strict=True))
    data = {
        "picture": root + paths.picture(view.module, "*", "small"),
        "claim": root + paths.html(paths.claim_page("*")),
        "side": cards[0].picture.small_side,
        "filters": [card.filter for card in cards],
        "notes": [card.figures[0].text for card in cards],
        "dead": [card.filter for card in cards if card.dead],
        "claims": {card.filter: [c.title for c in card.claims] for card in cards if card.claims},
        "figures": {
            column[0].key: [float(each.order) if each.order else None for each in column]
            for column in columns
        },
    }
    return json.dumps(data, separators=(",", ":"))
