"""Finds the layer and filter that the command line names."""

from __future__ import annotations

from pathlib import Path

from generator.errors import ReportError, visible
from generator.models.layers import Layer
from generator.pipeline.layer_lookup import layers_of
from generator.spec.base import layer_name
from generator.spec.messages import meant
from generator.spec.multi_model import address, alone, named_models
from generator.spec.report import Spec
from generator.spec.study import Study


def find_in(
    study: Study, layer: str, number: int | None, *, code: Path | None = None
) -> tuple[Study, Layer]:
    """The report of a layer's network alone, and the layer; as `find_unit` finds it."""
    model, found = find_unit(study.spec, layer, number, code=code)
    return dict(alone(study))[model], found


def find_unit(
    spec: Spec, layer: str, number: int | None, *, code: Path | None = None
) -> tuple[str, Layer]:
    """What the command line names by name, index or title; before weights are loaded.

    Gives the network's name in the report, empty for an only one, and the layer.

    Raises
    ------
    ReportError
        If there is no such layer or filter.
    """
    name = str(layer_name(int(layer)) if layer.isdecimal() else layer)
    titles = {each.title: each.layer for each in spec.listed_layers if each.title}
    catalogues = {
        model: layers_of(written.architecture, code=code) for model, written in named_models(spec)
    }
    known = {
        address(model, each.name): (model, each)
        for model, catalogue in catalogues.items()
        for each in catalogue.layers
    }
    found = known.get(titles.get(name, name)) or known.get(layer)
    if found is None:
        owner = " and ".join(model or each.architecture for model, each in catalogues.items())
        verb = "have" if len(catalogues) > 1 else "has"
        raise ReportError(
            f"{owner} {verb} no layer {visible(name)!r}{meant(name, [*known, *titles])}"
        )
    channels = found[1].channels
    if number is not None and number >= channels:
        raise ReportError(
            f"{found[1].name} has {channels} channels, filters 0 to {channels - 1}: no {number}"
        )
    return found
