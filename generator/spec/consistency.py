"""Checks names, duplicates and bounds within a spec."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from generator.errors import Problem
from generator.models.layers import Catalogue, Layer
from generator.spec import objectives
from generator.spec.check_models import check_models, claim_ids
from generator.spec.messages import listed, meant, quoted
from generator.spec.model import ORIGINAL_WEIGHTS, is_file
from generator.spec.objectives import no_such_filter
from generator.spec.partial import PartialSpec, check_types
from generator.spec.positions import Keys, SpecSource


def check_layers(source: SpecSource, catalogue: Catalogue) -> tuple[Problem, ...]:
    """Check every layer and filter of a spec against the network.

    `review` does this itself where its catalogue knows the architecture; for any other one the
    caller does, as soon as the model has been built.
    """
    return tuple(_against(check_types(source), {"": catalogue}))


def check_consistency(draft: PartialSpec, catalogues: Mapping[str, Catalogue]) -> Iterator[Problem]:
    """Check everything that needs no file but the spec's own.

    ``catalogues`` are those of the networks that are known, by their names in the report.
    """
    yield from _weights(draft)
    yield from _empty(draft)
    yield from _twice(draft, _every(draft), "word")
    yield from check_models(draft)
    yield from _twice(draft, [(*keys, "layer") for keys in draft.entries("layers")], "layer")
    for keys in draft.entries("layers"):
        yield from _twice(draft, list(filter_places(draft, keys)), "filter")
        yield from _twice(draft, [(*e, "id") for e in draft.entries(*keys, "objectives")], "id")
    yield from _twice(draft, [(*keys, "id") for keys in draft.entries("claims")], "id")
    yield from _gates(draft)
    yield from _against(draft, catalogues)


def _every(draft: PartialSpec) -> list[Keys]:
    """Where ``all`` stands in the place of a layer, or of their list."""
    places = (("layers",), *draft.entries("layers"))
    return [keys for keys in places if draft.text(*keys) == "all"]


def _empty(draft: PartialSpec) -> Iterator[Problem]:
    """Layers with nothing to show, where they are not part of a whole network."""
    for entry in () if _every(draft) else draft.entries("layers"):
        written = draft.sound(*entry)
        if isinstance(written, dict) and not {"filters", "objectives"} & written.keys():
            yield draft.source.problem(entry, "name `filters`, `objectives`, or both")


def _bare(draft: PartialSpec, catalogues: Mapping[str, Catalogue]) -> Iterator[Problem]:
    """All layers of a network without any convolution."""
    bare = [each.architecture for each in catalogues.values() if not each.convolutions]
    for entry in _every(draft) if bare else ():
        message = (
            f"{bare[0]} has no convolutions: name its layers;"
            " `python -m generator layers` lists them"
        )
        yield draft.source.problem(entry, message)


def _against(draft: PartialSpec, catalogues: Mapping[str, Catalogue]) -> Iterator[Problem]:
    yield from _bare(draft, catalogues)
    for entry in draft.places():
        network = draft.text(*entry, "model") or ""
        name, catalogue = draft.layer(*entry, "layer"), catalogues.get(network)
        if name is None or catalogue is None:
            continue
        headless = _headless(draft, draft.networks.get(network, ()))
        names = [each.name for each in catalogue.layers if not headless or _early(each)]
        layer = catalogue.find(name)
        if layer is not None and headless and not _early(layer):
            message = f"{ORIGINAL_WEIGHTS} end before {quoted(name)}: they have no classifier"
            yield draft.source.problem((*entry, "layer"), message)
            continue
        if layer is None:
            message = f"{catalogue.architecture} has no layer {quoted(name)}{_hint(name, names)}"
            yield draft.source.problem((*entry, "layer"), message)
            continue
        for keys in ((*entry, "filter"), *filter_places(draft, entry)):
            yield from _filter(draft, keys, layer)
        yield from objectives.check(draft, entry, layer, catalogue)


def filter_places(draft: PartialSpec, entry: Keys) -> Iterator[Keys]:
    """Where a layer's filters have their numbers, with or without words of their own."""
    for keys in draft.entries(*entry, "filters"):
        own = isinstance(draft.source.get(keys), dict)
        yield (*keys, "filter") if own else keys


def _headless(draft: PartialSpec, network: Keys) -> bool:
    """Whether it has the original VGG-16 weights, which are of convolutions alone."""
    weights = draft.text(*network, "weights") or ORIGINAL_WEIGHTS
    return draft.architecture(network) == "vgg16" and weights == ORIGINAL_WEIGHTS


def _early(layer: Layer) -> bool:
    return layer.name.startswith("features")


def _filter(draft: PartialSpec, keys: Keys, layer: Layer) -> Iterator[Problem]:
    number = draft.number(*keys)
    if number is not None and number >= layer.channels:
        yield draft.source.problem(keys, no_such_filter(layer, number))


def _hint(name: str, names: list[str]) -> str:
    """Point at the nearest layers, at the way of counting, or at what there is."""
    index = re.fullmatch(r"\D*(\d+)", name)
    counted = f"features.{index[1]}" if index else ""
    if index and index[1] in names:
        return f'; its own layer {index[1]} is written in quotes: layer: "{index[1]}"'
    if counted in names:
        return f"; did you mean {counted} (or its index, {int(counted.rpartition('.')[2])})?"
    if "features.0" not in names:
        if counted == name:
            return "; numbers count within `features`, which it lacks: write the layer's name"
        return meant(name, names) or "; `python -m generator layers` lists what it has"
    near = meant(name, names)
    if near and not name.startswith("features."):
        return near
    last = [each for each in names if each.startswith("features.")][-1]
    return f"; it has features.0 to {last}, where 0 stands for features.0"


def _twice(draft: PartialSpec, places: Iterator[Keys] | list[Keys], what: str) -> Iterator[Problem]:
    first: dict[object, Keys] = {}
    for keys in places:
        value = draft.layer(*keys) if what == "layer" else draft.sound(*keys)
        if value is None:
            continue
        # Networks may call layers alike.
        known = (draft.text(*keys[:-1], "model"), value) if what == "layer" else value
        if known in first:
            line = draft.source.line(first[known])
            message = f"the {what} {value} is already written on line {line}"
            yield draft.source.problem(keys, message)
        first.setdefault(known, keys)


def _gates(draft: PartialSpec) -> Iterator[Problem]:
    wanted = draft.number("gates", "min_supported")
    claims = sum(1 for _ in draft.places()) - sum(1 for _ in draft.entries("layers"))
    if wanted is not None and wanted > claims:
        message = f"{wanted} claims cannot be supported: the report has {claims}"
        yield draft.source.problem(("gates", "min_supported"), message)
    required = draft.source.get(("gates", "require"))
    ids = {name for keys in draft.entries("claims") for name in claim_ids(draft, keys)}
    for name in required if isinstance(required, dict) else ():
        if name not in ids:
            near = meant(name, ids) or (f": it has {listed(sorted(ids), 12)}" if ids else "")
            message = f"the report has no claim {quoted(name)}{near}"
            yield draft.source.problem(("gates", "require", name), message, at_key=True)


def _weights(draft: PartialSpec) -> Iterator[Problem]:
    for network in draft.networks.values():
        architecture = draft.architecture(network)
        weights = draft.text(*network, "weights")
        if weights == ORIGINAL_WEIGHTS and architecture not in (None, "vgg16"):
            message = (
                f"{ORIGINAL_WEIGHTS} exists for vgg16 alone: for {architecture} write DEFAULT or"
                " IMAGENET1K_V1, or leave the line out"
            )
            yield draft.source.problem((*network, "weights"), message)
        if draft.text(*network, "state") and not is_file(weights or ""):
            message = "states are those of a weights file: name one in `weights`, or leave it out"
            yield draft.source.problem((*network, "state"), message)
