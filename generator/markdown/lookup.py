"""Resolves the names of hand-written pages to findings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from generator.markdown import numbers
from generator.markdown.names import Names
from generator.pages import paths
from generator.pages.filter_views import FilterView
from generator.pages.page import Site
from generator.pages.parts import ClaimCard, FilterCard, PhotographView, Picture
from generator.pages.views import ClaimView, HomeView, LayerView


@dataclass(frozen=True, slots=True)
class Pictured:
    """A picture within a figure: what it is called there, and where it leads."""

    picture: Picture
    label: str
    path: str


class Lookup:
    """Finds cards, views and numbers of one site; every name has passed the static check."""

    def __init__(self, site: Site, names: Names) -> None:
        self._names = names
        self._numbers: dict[str, Any] = json.loads(site.results)
        self._views = {page.path: page.view for page in site.pages}
        self.home: HomeView = site.home

    def layer(self, name: str) -> LayerView:
        """A layer with the cards of its filters."""
        layer = self._names.layers[name]
        return next(each for each in self.home.layers if each.module == layer)

    def pictures(
        self, layer: str, filters: object, recipe: object = None, variant: object = None
    ) -> tuple[Pictured, ...]:
        """The pictures of one filter or several: the main ones, or those that are asked for."""
        names = [str(each) for each in _several(recipe)] if recipe else []
        names = [f"variant {each}" for each in _several(variant)] if variant else names
        cards = self.filters(layer, filters)
        return tuple(
            self._picture(layer, card, name, len(cards) > 1)
            for card in cards
            for name in names or [""]
        )

    def _picture(self, layer: str, card: FilterCard, name: str, several: bool) -> Pictured:
        others = self.filter_view(layer, card.filter).others if name else ()
        picture = next((each.picture for each in others if each.label == name), card.picture)
        label = ", ".join(filter(None, (str(card.filter) if several else "", name)))
        return Pictured(picture, label, card.path)

    def filters(self, layer: str, numbers_: object) -> tuple[FilterCard, ...]:
        """The cards of one filter or several, in the order in which they are asked for."""
        cards = {card.filter: card for card in self.layer(layer).cards}
        return tuple(cards[int(str(each))] for each in _several(numbers_))

    def filter_view(self, layer: str, number: int) -> FilterView:
        """Everything on the page of a filter."""
        view = self._views[paths.filter_page(self._names.layers[layer], number)]
        if not isinstance(view, FilterView):
            raise KeyError(f"{layer}:{number}")
        return view

    def claim(self, claim: str) -> ClaimCard:
        """A claim in short."""
        return next(card for card in self.home.claims if card.id == claim)

    def claim_view(self, claim: str) -> ClaimView:
        """Everything on the page of a claim."""
        view = self._views[paths.claim_page(claim)]
        if not isinstance(view, ClaimView):
            raise KeyError(claim)
        return view

    def photographs(self, claim: str, which: str, count: int) -> tuple[PhotographView, ...]:
        """The first photographs of one of a claim's groups."""
        groups = self.claim_view(claim).groups
        return next((each.shown[:count] for each in groups if each.key == which), ())

    def number(self, path: str, digits: int | None = None, form: str = "plain") -> str:
        """A number of results.json in the form that was asked for; a dash for none."""
        return numbers.written(self._value(path), path, digits, form)

    def _value(self, path: str) -> object:
        value, rest = self._record(path)
        for key in rest.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def _record(self, path: str) -> tuple[object, str]:
        """The record that a number stands in, and its way through the record."""
        if found := numbers.CLAIM.fullmatch(path):
            wanted, key = {"id": found["name"]}, "claims"
        elif found := numbers.FILTER.fullmatch(path):
            layer = self._names.layers[found["layer"]]
            wanted, key = {"layer": layer, "filter": int(found["filter"])}, "filters"
        elif found := numbers.LAYER.fullmatch(path):
            wanted, key = {"layer": self._names.layers[found["layer"]]}, "layers"
        elif self._names.models and (found := numbers.MODEL.fullmatch(path)):
            return self._numbers["models"][found["name"]], found["rest"]
        elif found := numbers.ELSEWHERE.fullmatch(path):
            if found["part"] != "thresholds":
                return self._numbers[found["part"]], found["rest"]
            wanted, key = {"name": found["rest"]}, "thresholds"
            path = "value"
        else:
            raise KeyError(path)
        listed = self._numbers[key]
        record = next(each for each in listed if wanted.items() <= each.items())
        return record, path if path == "value" else found["rest"]


def _several(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)
