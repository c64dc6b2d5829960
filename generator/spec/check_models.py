"""Checks reports of several models."""

from __future__ import annotations

from collections.abc import Iterator

from generator.errors import Problem
from generator.spec.messages import choices, listed, meant, quoted
from generator.spec.partial import PartialSpec
from generator.spec.positions import Keys


def check_models(draft: PartialSpec) -> Iterator[Problem]:
    """Check that every layer and claim says which network it means, where there are several."""
    tree = draft.source.tree
    if "models" in tree and "model" in tree:
        message = "write either `model`, or `models` for several networks"
        yield draft.source.problem(("models",), message, at_key=True)
    if not draft.source.get(("models",)):
        several: list[str] = []
    else:
        several = [name for name in draft.networks if name]
        yield from _once(draft, [(*keys, "name") for keys in draft.entries("models")])
    for entry in draft.places():
        yield from _named(draft, entry, several)
    yield from _places_once(draft)
    yield from _ids(draft)


def claim_ids(draft: PartialSpec, claim: Keys) -> tuple[str, ...]:
    """A claim's id, and those under which it stands on each of several networks."""
    own = draft.text(*claim, "id")
    if own is None:
        return ()
    seen: dict[str, int] = {}
    names = []
    for place in draft.entries(*claim, "on"):
        model = draft.text(*place, "model") or ""
        seen[model] = count = seen.get(model, 0) + 1
        names.append(place_id(own, model, count))
    return (own, *names)


def place_id(claim: str, model: str, count: int) -> str:
    """The id of a claim on one of its networks; the second filter there adds a number."""
    return f"{claim}-{model}-{count}" if count > 1 else f"{claim}-{model}"


def _once(draft: PartialSpec, places: list[Keys]) -> Iterator[Problem]:
    first: dict[str, Keys] = {}
    for keys in places:
        name = draft.text(*keys)
        if name is not None and name in first:
            line = draft.source.line(first[name])
            message = f"the network {quoted(name)} is already written on line {line}"
            yield draft.source.problem(keys, message)
        elif name is not None:
            first[name] = keys


def _named(draft: PartialSpec, entry: Keys, several: list[str]) -> Iterator[Problem]:
    name = draft.text(*entry, "model")
    if name and not several:
        message = "the report has but one network, which needs no name: list several in `models`"
        yield draft.source.problem((*entry, "model"), message)
    elif name and name not in several:
        near = meant(name, several) or f": it has {listed(several)}"
        message = f"the report has no network {quoted(name)}{near}"
        yield draft.source.problem((*entry, "model"), message)
    elif several and not draft.source.get((*entry, "model")) and draft.layer(*entry, "layer"):
        message = f"which of the networks? Write model: {choices(several)}"
        yield draft.source.problem((*entry, "layer"), message)


def _places_once(draft: PartialSpec) -> Iterator[Problem]:
    for claim in draft.entries("claims"):
        seen: set[tuple[object, ...]] = set()
        for place in draft.entries(*claim, "on"):
            named = draft.text(*place, "model"), draft.layer(*place, "layer")
            there = (*named, draft.number(*place, "filter"))
            if None not in there and there in seen:
                yield draft.source.problem(place, "this filter is already named by the claim")
            seen.add(there)


def _ids(draft: PartialSpec) -> Iterator[Problem]:
    """A claim on several networks is found under an id on each, which no other may have."""
    own = {name: keys for keys in draft.entries("claims") if (name := draft.text(*keys, "id"))}
    for claim in draft.entries("claims"):
        for name in claim_ids(draft, claim)[1:]:
            if name in own:
                message = f"the claim {quoted(name)} is that of {quoted(name.rpartition('-')[0])}"
                yield draft.source.problem((*own[name], "id"), f"{message}: name it otherwise")
