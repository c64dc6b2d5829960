"""The names that hand-written pages may use: layers, filters, claims."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from generator.markdown import numbers
from generator.spec.render import RenderSpec
from generator.spec.report import Spec


@dataclass(frozen=True, slots=True)
class Names:
    """All names of a report; layers answer to their dotted name and to their title.

    ``filters`` of a layer are None while it has all those of a network that is not known yet;
    ``renders`` tells how the pictures of each known filter are made.
    """

    layers: dict[str, str]
    filters: dict[str, tuple[int, ...] | None]  # None: all, of a network not known yet
    claims: tuple[str, ...]
    renders: dict[str, dict[int, RenderSpec]]
    whole: bool = False  # every convolution of a network that is not known yet
    models: tuple[str, ...] = ()  # of a report of several networks

    @classmethod
    def of(cls, spec: Spec) -> Names:
        """The names of a spec, before anything was rendered."""
        listed = spec.reported_layers
        layers = {entry.title: entry.layer for entry in listed if entry.title}
        layers |= {entry.layer: entry.layer for entry in listed}
        return cls(
            layers=layers,
            filters={entry.layer: None if entry.open else entry.filters for entry in listed},
            claims=tuple(claim.id for claim in spec.claims),
            renders={
                entry.layer: dict(zip(entry.filters, entry.renders, strict=True))
                for entry in listed
            },
            whole=spec.whole,
            models=tuple(each.name for each in spec.models),
        )

    def layer_fault(self, name: object) -> str:
        """What is wrong with a reference to a layer; empty if nothing."""
        if isinstance(name, str) and (name in self.layers or self.whole):
            return ""
        return f"unknown layer {shown(name)}{near(name, self.layers)}"

    def filter_fault(self, layer: object, filter_index: object) -> str:
        """What is wrong with a reference to a filter; empty if nothing."""
        fault = self.layer_fault(layer)
        if fault:
            return fault
        known = self.filters.get(self.layers.get(str(layer), ""))
        is_number = isinstance(filter_index, int) and not isinstance(filter_index, bool)
        if is_number and (known is None or filter_index in known):
            return ""
        if known is None:
            return f"a filter is named by its number, not by {shown(filter_index)}"
        listed = ", ".join(map(str, known[:40])) + (" and more" if len(known) > 40 else "")
        return f"the report has no filter {shown(filter_index)} of {layer}; it has {listed}"

    def recipe_fault(self, layer: object, filter_index: object, recipe: object) -> str:
        """What is wrong with a reference to a filter's picture by a recipe; empty if nothing."""
        made = self._made(layer, filter_index)
        if made is None or recipe in made.recipe:
            return ""
        there = ", ".join(made.recipe)
        return f"filter {filter_index} of {layer} has no picture by {shown(recipe)}; it has {there}"

    def variant_fault(self, layer: object, filter_index: object, variant: object) -> str:
        """What is wrong with a reference to one of a filter's variants; empty if nothing."""
        made = self._made(layer, filter_index)
        if made is None or (type(variant) is int and 1 <= variant <= made.variants):
            return ""
        most = made.variants
        return (
            f"filter {filter_index} of {layer} has no variant {shown(variant)}; "
            f"it has {'one picture' if most == 1 else f'1 to {most}'} (`variants:` in the spec)"
        )

    def _made(self, layer: object, filter_index: object) -> RenderSpec | None:
        name = self.layers.get(str(layer), "")
        is_number = isinstance(filter_index, int)
        return self.renders.get(name, {}).get(int(str(filter_index)) if is_number else -1)

    def claim_fault(self, name: object) -> str:
        """What is wrong with a reference to a claim; empty if nothing."""
        return (
            "" if name in self.claims else f"unknown claim {shown(name)}{near(name, self.claims)}"
        )

    def number_fault(self, path: object) -> str:
        """What is wrong with a reference to a number; empty if nothing."""
        if not isinstance(path, str):
            return f"a number is named by a text such as {numbers.FORMS}"
        known: tuple[str, ...]
        if found := numbers.CLAIM.fullmatch(path):
            known, fault = numbers.claim_numbers(), self.claim_fault(found["name"])
        elif found := numbers.FILTER.fullmatch(path):
            known = numbers.FILTER_NUMBERS
            fault = self.filter_fault(found["layer"], int(found["filter"]))
        elif found := numbers.LAYER.fullmatch(path):
            known, fault = ("channels",), self.layer_fault(found["layer"])
        elif self.models and (found := numbers.MODEL.fullmatch(path)):
            known, fault = numbers.ELSEWHERE_NUMBERS["model"], self._model_fault(found["name"])
        elif found := numbers.ELSEWHERE.fullmatch(path):
            known, fault = numbers.ELSEWHERE_NUMBERS[found["part"]], ""
            if found["part"] == "model" and self.models:
                fault = f"there are several networks: write models.{self.models[0]}.{found['rest']}"
        else:
            return f"unknown number {shown(path)}; write {numbers.FORMS}"
        if fault or found["rest"] in known:
            return fault
        return f"unknown number {shown(found['rest'])}{near(found['rest'], known)}"

    def _model_fault(self, name: str) -> str:
        return (
            "" if name in self.models else f"unknown network {shown(name)}{near(name, self.models)}"
        )


def near(name: object, known: Iterable[str]) -> str:
    """`` (did you mean …?)``, or all names where they are few and none comes near."""
    names = list(known)
    close = difflib.get_close_matches(str(name)[:100], names, n=3, cutoff=0.5)
    if close:
        return f" (did you mean {' or '.join(close)}?)"
    return f" (there are {', '.join(names)})" if 0 < len(names) <= 12 else ""


def shown(value: object) -> str:
    """A value as a message quotes it, cut to a line's length."""
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"
