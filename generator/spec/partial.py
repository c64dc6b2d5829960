"""The valid parts of a spec that has errors, so that every check can run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from generator.errors import Problem
from generator.spec.base import layer_name
from generator.spec.positions import Keys, SpecSource, Value
from generator.spec.report import Query, Selection, Spec
from generator.spec.text import MOST_PROBLEMS
from generator.spec.type_errors import explain

ROLES = ("positives", "lookalikes", "controls", "discovery")
_OF_THE_KEY = "[key]"  # pydantic's name for a complaint about a key instead of its value
_ARMS = {  # field → pydantic's names for the kinds of value that it may hold
    **dict.fromkeys(ROLES, ("<query>", "<paths>")),
    "layers": ("<all>", "<layer>"),
    "filters": ("<all>", "<list>", "<number>", "<filter>"),
    "at": ("<centre>", "<place>"),
}
_SELECTION: TypeAdapter[Query | tuple[str, ...]] = TypeAdapter(Selection)


@dataclass(frozen=True, slots=True, eq=False)
class PartialSpec:
    """A spec after its types were checked.

    Attributes
    ----------
    spec:
        The whole of it, or None if anything is wrong with it.
    unsound:
        The places that were refused.
    tainted:
        The places that hold a refused one.
    """

    source: SpecSource
    spec: Spec | None
    unsound: frozenset[Keys]
    tainted: frozenset[Keys]
    problems: tuple[Problem, ...]

    def sound(self, *keys: str | int) -> Value:
        """Give the value at that place if nothing is wrong with it, else None."""
        if self.unsound:
            above = any(keys[:depth] in self.unsound for depth in range(len(keys) + 1))
            if above or keys in self.tainted:
                return None
        return self.source.get(keys)

    def text(self, *keys: str | int) -> str | None:
        """Give a text that may be looked at, or None."""
        value = self.sound(*keys)
        return value if isinstance(value, str) else None

    def layer(self, *keys: str | int) -> str | None:
        """Give a layer's name, written out if it was an index."""
        value = layer_name(self.sound(*keys))
        return value if isinstance(value, str) else None

    def number(self, *keys: str | int) -> int | None:
        """Give a whole number, or None."""
        value = self.sound(*keys)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def entries(self, *keys: str | int) -> Iterator[Keys]:
        """Walk over the places of a list's entries, broken ones included."""
        value = self.source.get(keys)
        return ((*keys, index) for index in range(len(value) if isinstance(value, tuple) else 0))

    def selection(self, *keys: str | int) -> Query | tuple[str, ...] | None:
        """Give a claim's selection of photographs, or None if it is broken or not there."""
        value = self.sound(*keys)
        return None if value is None else _SELECTION.validate_python(value)

    @property
    def networks(self) -> dict[str, Keys]:
        """Where each network is written, by its name; a report's only one has none."""
        if self.source.get(("models",)) is None:
            return {"": ("model",)}
        entries = self.entries("models")
        return {name: keys for keys in entries if (name := self.text(*keys, "name"))}

    def architecture(self, network: Keys) -> str | None:
        """The architecture of a network, or None if what is written there is broken."""
        written = self.source.get((*network, "architecture"))
        absent = written is None and self.sound(*network) == self.source.get(network)
        return "vgg16" if absent else self.text(*network, "architecture")

    def places(self) -> Iterator[Keys]:
        """Walk over everything that names a layer: entries of layers, claims and their places."""
        yield from self.entries("layers")
        for claim in self.entries("claims"):
            several = tuple(self.entries(*claim, "on"))
            yield from several or (claim,)


def check_types(source: SpecSource) -> PartialSpec:
    """Check the words of a spec: its keys, the kinds of its values, and their bounds."""
    try:
        spec, errors = Spec.model_validate(source.tree), []
    except ValidationError as error:
        spec, errors = None, error.errors(include_url=False)
    unsound = set(source.refused)
    problems: list[Problem] = []
    for detail in errors:
        keys = _place(detail, source)
        if not _follows_from_another(detail, keys, source):
            unsound.add(keys)
            if len(problems) > MOST_PROBLEMS:
                continue
            at_key = detail["type"] == "extra_forbidden" or _OF_THE_KEY in detail["loc"]
            problems.append(source.problem(keys, explain(detail, keys), at_key=at_key))
    tainted = {keys[:depth] for keys in unsound for depth in range(len(keys))}
    return PartialSpec(source, spec, frozenset(unsound), frozenset(tainted), tuple(problems))


def _place(error: ErrorDetails, source: SpecSource) -> Keys:
    """Where in the document: pydantic's location without its names for the arms of a union."""
    keys: list[str | int] = []
    for key in error["loc"]:
        before = next((k for k in reversed(keys) if isinstance(k, str)), "")
        if key == _OF_THE_KEY:
            break
        if not (key in _ARMS.get(before, ()) and source.get((*keys, key)) is None):
            keys.append(key)
    if keys and keys[-1] == 0 and isinstance(source.get(tuple(keys[:-1])), str):
        keys.pop()  # a single name where a list may stand
    return tuple(keys)


def _follows_from_another(error: ErrorDetails, keys: Keys, source: SpecSource) -> bool:
    """Whether the complaint only repeats another: of a refused value, or of broken entries."""
    if any(keys[:depth] in source.refused for depth in range(1, len(keys) + 1)):
        return True
    if error["type"] == "missing":
        return keys[:-1] in source.merged
    if error["type"] != "too_short" or error["ctx"]["min_length"] > 1:
        return False
    return bool(source.get(keys))
