"""Galleries of hundreds: few tiles in the page, the others as data, and plain pages of all."""

import json
from dataclasses import replace

import pytest

from benchmarks import synthetic
from generator.pages import compose
from generator.pages.galleries import WRITTEN
from generator.pages.page import Site, TextFile
from generator.pages.views import LayerView, SheetView
from tests import records

FILTERS = 150


@pytest.fixture(scope="module")
def site() -> Site:
    return compose(synthetic.findings(FILTERS, size=16))


def data(site: Site, layer: str) -> dict[str, object]:
    """What the script of a layer's page reads."""
    path = f"data/galleries/{layer}.js"
    text = next(a.text for a in site.assets if isinstance(a, TextFile) and a.path == path)
    head, _, literal = text.partition(" = ")
    assert head == "globalThis.filterbookGallery"
    read: dict[str, object] = json.loads(literal.removesuffix(";\n"))
    return read


def layer(site: Site, path: str) -> LayerView:
    view = next(page.view for page in site.pages if page.path == path)
    assert isinstance(view, LayerView)
    return view


def test_the_pages_of_a_gallery_hold_every_filter_once(site: Site):
    first = layer(site, "layers/features.0/index.md")
    others = [page for page in site.pages if isinstance(page.view, SheetView)]
    assert [page.path for page in others] == [
        "layers/features.0/page-2.md",
        "layers/features.0/page-3.md",
    ]
    views = [page.view for page in others if isinstance(page.view, SheetView)]
    shown = [*first.gallery.cards, *(card for view in views for card in view.cards)]
    assert [card.filter for card in shown] == list(range(FILTERS))
    assert len(first.gallery.cards) == WRITTEN
    assert [link.title for link in first.gallery.sheets] == ["0 to 63", "64 to 127", "128 to 149"]
    assert {page.searched for page in others} == {False}
    assert len({page.title for page in others} | {first.title}) == 3


def test_the_data_has_every_figure_of_every_filter(site: Site):
    found = data(site, "features.0")
    assert found["filters"] == list(range(FILTERS))
    assert found["dead"] == [49, 99, 149]
    assert found["picture"] == "../../assets/pictures/features.0/*-small.avif"
    view = layer(site, "layers/features.0/index.md")
    figures = found["figures"]
    assert isinstance(figures, dict)
    assert list(figures) == ["strength", "selectivity", "stability", "path", "activation"]
    assert figures["strength"] == [float(card.figures[0].order) for card in view.cards]
    assert figures["path"] == [None] * FILTERS
    assert found["notes"] == [card.figures[0].text for card in view.cards]


def test_a_short_gallery_is_one_page_with_its_claims():
    site = compose(records.findings())
    assert not [page for page in site.pages if isinstance(page.view, SheetView)]
    view = layer(site, "layers/features.24/index.md")
    assert (view.gallery.cards, view.gallery.sheets) == (view.cards, ())
    assert data(site, "features.24")["claims"] == {"456": ["arches"]}


def test_a_layer_without_filters_has_no_gallery():
    findings = records.findings()
    bare = replace(findings.layers[0], filters=())
    site = compose(replace(findings, layers=(bare,), claims=()))
    view = layer(site, f"layers/{bare.layer}/index.md")
    assert (view.gallery.file, view.gallery.cards, view.gallery.sheets) == ("", (), ())
