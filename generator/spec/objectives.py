"""Checks objectives against the network."""

from __future__ import annotations

from collections.abc import Iterator

from generator.errors import Problem
from generator.models.layers import Catalogue, Layer
from generator.spec.partial import PartialSpec
from generator.spec.positions import Keys
from generator.spec.render import RenderSpec


def check(draft: PartialSpec, entry: Keys, layer: Layer, catalogue: Catalogue) -> Iterator[Problem]:
    """Check every objective of a layer's entry."""
    for keys in draft.entries(*entry, "objectives"):
        for parts in (keys, *draft.entries(*keys, "sum")):
            number = draft.number(*parts, "filter")
            if number is not None and number >= layer.channels:
                yield draft.source.problem((*parts, "filter"), no_such_filter(layer, number))
            size = _size(draft, entry, keys)
            side = catalogue.rows(layer, size)
            yield from _place(draft, (*parts, "at"), layer.name, (side, size))
        yield from _direction(draft, (*keys, "direction"), layer)


def no_such_filter(layer: Layer, number: int) -> str:
    """Complain about a filter that the layer does not have."""
    return (
        f"{layer.name} has {layer.channels} channels, filters 0 to {layer.channels - 1}:"
        f" no {number}"
    )


def _direction(draft: PartialSpec, keys: Keys, layer: Layer) -> Iterator[Problem]:
    written = draft.sound(*keys)
    for name in written if isinstance(written, dict) else ():
        if name.isdecimal() and int(name) >= layer.channels:
            message = no_such_filter(layer, int(name))
            yield draft.source.problem((*keys, name), message, at_key=True)


def _place(
    draft: PartialSpec, keys: Keys, layer: str, sides: tuple[int | None, int]
) -> Iterator[Problem]:
    """A place beyond the map; where the layer's stride is not known, the lab will see.

    ``sides`` are that of the layer's map and that of the picture.
    """
    at, (side, size) = draft.sound(*keys), sides
    if not isinstance(at, tuple) or side is None:
        return
    for index, number in enumerate(at):
        if isinstance(number, int) and number >= side:
            axis = ("rows", "columns")[index]
            message = (
                f"the map of {layer} has {side} {axis} in a picture of {size} pixels, 0 to"
                f" {side - 1}: no {number}"
            )
            yield draft.source.problem((*keys, index), message)


def _size(draft: PartialSpec, entry: Keys, keys: Keys) -> int:
    """The side of the objective's picture: its own, its layer's, or the report's."""
    places = ((*keys, "size"), (*entry, "render", "size"), ("render", "size"))
    written = (draft.number(*place) for place in places)
    return next((size for size in written if size is not None), RenderSpec().size)
