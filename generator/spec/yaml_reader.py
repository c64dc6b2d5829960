"""Reads YAML events into values with positions; refuses ambiguous syntax."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from generator.errors import Problem, SpecError
from generator.spec.positions import Keys, Place, SpecSource, Value, dotted, read_source_text
from generator.spec.text import MOST_PROBLEMS, Text, hidden_in
from generator.spec.yaml_errors import explain_syntax
from generator.spec.yaml_scalars import AmbiguousScalarError, plain

MAX_DEPTH = 50
MAX_NODES = 50_000

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Scalar = yaml.ScalarEvent
_EXPECTED = "a report is a list of keys with values, beginning with `version: 1`"


def read(path: Path) -> SpecSource:
    """Read a spec as YAML; whether it makes sense is for `review` to say.

    Raises
    ------
    SpecError
        The file cannot be read, is not YAML, is no mapping, or exceeds 1 MiB, 50 levels or
        50,000 values.
    """
    absolute, text = read_source_text(path)
    return parse(text, absolute)


def parse(text: Text, path: Path, expected: str = _EXPECTED) -> SpecSource:
    """Read a text as YAML; ``expected`` says what should stand where no mapping does.

    Raises
    ------
    SpecError
        As `read`.
    """
    walk = _Walk(text, expected)
    try:
        tree = walk.document(iter(yaml.parse(text.body, Loader=_LOADER)))
    except yaml.YAMLError as error:
        raise SpecError((explain_syntax(error, text),)) from error
    return SpecSource(
        path=path,
        text=text,
        tree=tree,
        keys=walk.keys,
        values=walk.values,
        refused=frozenset(walk.refused),
        merged=frozenset(walk.merged),
        faults=walk.problems(),
    )


class _Walk:
    """One pass over the events of a document; recursive, which the bound on depth makes safe."""

    def __init__(self, text: Text, expected: str) -> None:
        self.text = text
        self.expected = expected
        self.keys: dict[Keys, Place] = {}
        self.values: dict[Keys, Place] = {}
        self.refused: set[Keys] = set()
        self.merged: set[Keys] = set()
        self.faults: list[tuple[Place, str, str]] = []
        self.count = 0

    def document(self, events: Iterator[yaml.Event]) -> dict[str, Value]:
        self.events = events
        next(events)  # the stream's start
        if isinstance(next(events), yaml.StreamEndEvent):
            raise self.fatal((0, 0), f"is empty: {self.expected}")
        root = next(events)
        tree = self.value(root, ())
        next(events)  # the document's end
        following = next(events)
        if not isinstance(following, yaml.StreamEndEvent):
            raise self.fatal(_place(following), "a second document begins here: a report is one")
        if () in self.refused:
            raise SpecError(self.problems())
        if tree is None:
            raise self.fatal((0, 0), f"is empty: {self.expected}")
        if not isinstance(tree, dict):
            raise self.fatal(_place(root), self.expected)
        return tree

    def value(self, event: yaml.Event, keys: Keys) -> Value:
        place = _place(event)
        self.values.setdefault(keys, place)
        self.count += 1
        if self.count > MAX_NODES:
            raise self.fatal(place, f"the report has more than {MAX_NODES:,} values")
        if len(keys) > MAX_DEPTH:
            raise self.fatal(place, f"the report is nested more than {MAX_DEPTH} levels deep")
        self.refuse_marks(event, keys)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(keys)
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(keys)
        return self.scalar(event, keys) if isinstance(event, _Scalar) else None

    def refuse_marks(self, event: yaml.Event, keys: Keys) -> None:
        """Aliases, anchors and tags: one document's way of being another one."""
        if isinstance(event, yaml.AliasEvent):
            name = str(event.anchor)[:60]
            words = f"aliases (*{name}) are not read: write it out, or put text in quotes"
            self.refuse(event, keys, words)
        elif getattr(event, "anchor", None):
            words = "anchors (&name) are not read: write the value out where it is used"
            self.fault(event, keys, words)
        if getattr(event, "tag", None):
            self.refuse(event, keys, "tags (!name) are not read: write the value alone")

    def scalar(self, event: yaml.ScalarEvent, keys: Keys) -> Value:
        if keys in self.refused:
            return None
        text: str = event.value
        if words := hidden_in(text):  # written as an escape, such as "\e"
            self.refuse(event, keys, words)
            return None
        if not event.implicit[0]:  # quoted, or a block of text
            return text
        try:
            return plain(text)
        except AmbiguousScalarError as trap:
            self.refuse(event, keys, str(trap))
            return None

    def sequence(self, keys: Keys) -> Value:
        items: list[Value] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.value(event, (*keys, len(items))))
        return None if keys in self.refused else tuple(items)

    def mapping(self, keys: Keys) -> Value:
        entries: dict[str, Value] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.key(event, keys)
            known = key in entries
            if key is not None and known:
                first = self.keys[(*keys, key)][0]
                self.fault(event, keys, f"the key `{key[:60]}` is already written on line {first}")
            elif key is not None:
                self.keys[(*keys, key)] = _place(event)
            value = self.value(next(self.events), (*keys, "?" if key is None else key))
            if key is not None and not known:
                entries[key] = value
        return None if keys in self.refused else entries

    def key(self, event: yaml.Event, keys: Keys) -> str | None:
        """Give a key as it was written, whatever YAML 1.1 would make of it; None if refused."""
        if not isinstance(event, _Scalar):
            self.fault(event, keys, "a key must be a word")
            self.value(event, (*keys, "?"))
            return None
        if event.anchor or event.tag:
            self.refuse_marks(event, (*keys, "?"))
        key: str = event.value
        if key == "<<" and event.implicit[0]:
            self.merged.add(keys)
            self.fault(event, keys, "merge keys (<<) are not read: write the keys out")
            return None
        if words := hidden_in(key):
            self.fault(event, keys, words)
            return None
        if not key:
            self.fault(event, keys, "a key must not be empty")
            return None
        return key

    def refuse(self, event: yaml.Event, keys: Keys, words: str) -> None:
        self.refused.add(keys)
        self.fault(event, keys, words)

    def fault(self, event: yaml.Event, keys: Keys, words: str) -> None:
        self.faults.append((_place(event), words, dotted(keys)))

    def problems(self) -> tuple[Problem, ...]:
        """Everything that was refused, up to the number that is shown."""
        first = self.faults[:MOST_PROBLEMS]
        return tuple(self.text.problem(*place, words, path) for place, words, path in first)

    def fatal(self, place: Place, words: str) -> SpecError:
        return SpecError((self.text.problem(*place, words),))


def _place(event: yaml.Event) -> Place:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)
