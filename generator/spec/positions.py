"""Values of a YAML file with their lines and columns."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.errors import Problem, SpecError, visible
from generator.spec.text import Text, read_text
from generator.spec.yaml_scalars import Scalar
from generator.system.files import UnreadableError, read_file

MAX_BYTES = 2**20

Keys = tuple[str | int, ...]
Place = tuple[int, int]  # line and column, from 1
Value = Scalar | tuple["Value", ...] | dict[str, "Value"]


@dataclass(frozen=True, slots=True, eq=False)
class SpecSource:
    """A spec that is YAML, though nothing else is known of it yet.

    Attributes
    ----------
    path:
        The file, absolute; its folder is what relative paths of the spec count from.
    tree:
        The document: mappings with text keys, tuples, and scalars.
    keys, values:
        Where each key and each value stands.
    refused:
        Values that YAML would allow and a spec does not (aliases, tags, ``012``); None in the tree.
    merged:
        Mappings with a refused ``<<``: what they lack may have been meant to come from there.
    faults:
        The complaints about all of these.
    """

    path: Path
    text: Text
    tree: dict[str, Value]
    keys: Mapping[Keys, Place]
    values: Mapping[Keys, Place]
    refused: frozenset[Keys]
    merged: frozenset[Keys]
    faults: tuple[Problem, ...]

    def problem(self, keys: Keys, message: str, *, at_key: bool = False) -> Problem:
        """Complain about a value, or about its key, or about the nearest thing around it."""
        places = (self.keys, self.values) if at_key else (self.values, self.keys)
        for depth in range(len(keys), -1, -1):
            found = next((where[keys[:depth]] for where in places if keys[:depth] in where), None)
            if found:
                return self.text.problem(*found, message, dotted(keys))
        return Problem(self.text.file, 0, 0, visible(dotted(keys)), visible(message))

    def line(self, keys: Keys) -> int:
        """The line of a value that exists."""
        return self.values[keys][0]

    def spans(self, key: str) -> tuple[tuple[int, int], ...]:
        """First and last line of every entry of a list, as far as its keys and values begin."""
        lines: dict[int, list[int]] = {}
        for places in (self.keys, self.values):
            for keys, (line, _) in places.items():
                if len(keys) > 1 and keys[0] == key and isinstance(keys[1], int):
                    lines.setdefault(keys[1], []).append(line)
        return tuple((min(lines[at]), max(lines[at])) for at in sorted(lines))

    def get(self, keys: Keys) -> Value:
        """The value at that place of the tree, or None."""
        value: Value = self.tree
        for key in keys:
            if isinstance(value, dict) and isinstance(key, str):
                value = value.get(key)
            elif isinstance(value, tuple) and isinstance(key, int) and key < len(value):
                value = value[key]
            else:
                return None
        return value


def dotted(keys: Keys) -> str:
    """Write a place as people do: ``claims[0].filter``."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{_brief(key)}" for key in keys)
    return text.removeprefix(".")


def _brief(key: str) -> str:
    return key if len(key) <= 40 else key[:39] + "…"


def read_source_text(path: Path) -> tuple[Path, Text]:
    """Read the file of a spec within bounds.

    Raises
    ------
    SpecError
        It is missing, no regular file, larger than 1 MiB, or not UTF-8.
    """
    file = _shown(path)
    try:
        data = read_file(path, MAX_BYTES)
    except UnreadableError as error:
        message = f"{error.cause}: name the report with --spec FILE"
        raise SpecError((Problem(visible(file), 0, 0, "", message),)) from error
    return Path(os.path.abspath(path)), read_text(data, file)  # noqa: PTH100 - links are kept


def _shown(path: Path) -> str:
    """Give the path as written; below the working folder, relative to it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
