"""Layer names that are unique among several models.

A layer's address is its dotted name, below the network's own name where there are several
(``vgg16.features.24``). Tasks and the store know plain names alone, so that a picture is the same
picture in every report; everything that is said of the results speaks in addresses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from generator.spec.check_models import place_id
from generator.spec.gates import Gates
from generator.spec.model import ModelSpec
from generator.spec.render import LayerSpec
from generator.spec.report import Claim, Spec
from generator.spec.study import Study

Entry = TypeVar("Entry", Claim, LayerSpec)


def address(model: str, layer: str) -> str:
    """What a layer is called in the report; its own name where there is but one network."""
    return f"{model}.{layer}" if model else layer


def named_models(spec: Spec) -> tuple[tuple[str, ModelSpec], ...]:
    """Every network with its name in the report; the only one has none."""
    return tuple((each.name, each) for each in spec.models) or (("", spec.model),)


def places(claim: Claim) -> tuple[Claim, ...]:
    """A claim on several filters as one claim for each, named after its network; else itself.

    The second filter of the same network adds a number: ``birds-vgg16``, ``birds-vgg16-2``.
    """
    if not claim.on:
        return (claim,)
    seen: dict[str, int] = {}
    written = []
    for place in claim.on:
        seen[place.model] = count = seen.get(place.model, 0) + 1
        own = {name: getattr(place, name) for name in ("model", "layer", "filter")}
        update = {**own, "id": place_id(claim.id, place.model, count), "on": ()}
        written.append(claim.model_copy(update=update))
    return tuple(written)


def written_out(spec: Spec) -> Spec:
    """The same with each claim on one filter, and every layer under its address."""
    if not spec.models:
        return spec
    claims = tuple(addressed(each) for claim in spec.claims for each in places(claim))
    layers = tuple(addressed(each) if isinstance(each, LayerSpec) else each for each in spec.layers)
    update = {"claims": claims, "layers": layers, "gates": _gates(spec)}
    return spec.model_copy(update=update)


def addressed(entry: Entry) -> Entry:
    """A layer's entry or a claim with the layer's address in place of its name."""
    return entry.model_copy(update={"layer": address(entry.model, entry.layer)})


def _gates(spec: Spec) -> Gates:
    """What is required of a claim is required of it on every network."""
    ids = {claim.id: [each.id for each in places(claim)] for claim in spec.claims}
    required = {
        own: codes for name, codes in spec.gates.require.items() for own in ids.get(name, [name])
    }
    return spec.gates.model_copy(update={"require": required})


def alone(study: Study) -> Iterator[tuple[str, Study]]:
    """The report of each network: its layers and claims under their plain names, all photographs.

    The only network's is the study itself.
    """
    for name, model in named_models(study.spec):
        yield name, (_of(study, name, model) if name else study)


def _of(study: Study, name: str, model: ModelSpec) -> Study:
    spec = study.spec
    update = {
        "model": model,
        "models": (),
        "layers": tuple(_plain(layer) for layer in spec.listed_layers if layer.model == name),
        "claims": tuple(_plain(claim) for claim in spec.claims if claim.model == name),
    }
    evidence = (each for each in study.evidence if each.claim.model == name)
    return replace(
        study,
        spec=spec.model_copy(update=update),
        evidence=tuple(replace(each, claim=_plain(each.claim)) for each in evidence),
    )


def _plain(entry: Entry) -> Entry:
    layer = entry.layer.removeprefix(f"{entry.model}.")
    return entry.model_copy(update={"layer": layer})
