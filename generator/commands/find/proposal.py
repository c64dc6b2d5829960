"""A filter → the YAML of a claim, with its photographs declared as discovery."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from generator.errors import ReportError, visible
from generator.images.photographs import Photograph
from generator.spec.report import Query
from generator.spec.study import Evidence
from generator.spec.text import hidden_in

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})  # of YAML's own


def propose(
    evidence: Evidence, unit: tuple[str, int], *, folder: Path, taken: Collection[str]
) -> str:
    """An entry of ``claims:`` in YAML, indented by two as the example report is.

    Its selections are those of the question, so that photographs that are added to the library
    later are its evidence. All that were used now stand under ``discovery``: pasted as it is, it
    is invalid, for want of photographs that have not chosen the filter.
    """
    claim = evidence.claim
    lines = [
        f"  - id: {_free(unit, taken)}",
        *([f"    model: {claim.model}"] if claim.model else []),
        f"    layer: {scalar(unit[0])}",
        f"    filter: {unit[1]}",
        f"    statement: {scalar(_statement(evidence, unit))}  # say what it looks for",
        f"    positives: {_selection(claim.positives)}",
    ]
    if claim.lookalikes is not None:
        lines.append(f"    lookalikes: {_selection(claim.lookalikes)}")
    lines += [f"    controls: {_selection(claim.controls)}", "    discovery:"]
    lines += [f"      - {scalar(name)}" for name in _names(evidence, folder)]
    return "\n".join(lines) + "\n"


def refuse_unspeakable(evidence: Evidence, folder: Path) -> None:
    """Refuse file names that no spec can hold, before anything is measured on them.

    Raises
    ------
    ReportError
        A name has invisible characters: left out of ``discovery``, the photograph could count
        as evidence.
    """
    bad = next((name for name in _names(evidence, folder) if hidden_in(name)), None)
    if bad is not None:
        raise ReportError(f"{visible(bad)}: {hidden_in(bad)}", "rename the file")


def scalar(text: str) -> str:
    """A text as YAML: plain where nothing can be read into it, else in double quotes."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isprintable() else _escaped(char) for char in quoted)


def _escaped(char: str) -> str:
    """YAML's escape of what a terminal would obey or hide, such as marks of direction."""
    return f"\\u{ord(char):04x}" if ord(char) < 2**16 else f"\\U{ord(char):08x}"


def _names(evidence: Evidence, folder: Path) -> Iterator[str]:
    every = (*evidence.photographs, *(removed.photograph for removed in evidence.removed))
    return iter(sorted({_written(photograph, folder) for photograph in every}))


def _written(photograph: Photograph, folder: Path) -> str:
    """How the spec leads to it; outside of the project a photograph's name is no path."""
    inside = os.path.realpath(folder / photograph.name) == os.path.realpath(photograph.path)
    return photograph.name if inside else os.path.relpath(photograph.path, folder)


def _selection(selection: Query | tuple[str, ...]) -> str:
    if not isinstance(selection, Query):
        return _flow(selection)
    parts = {"tags": selection.tags, "without": selection.without}
    return "{" + ", ".join(f"{key}: {_flow(tags)}" for key, tags in parts.items() if tags) + "}"


def _flow(words: tuple[str, ...]) -> str:
    return "[" + ", ".join(map(scalar, words)) + "]"


def _statement(evidence: Evidence, unit: tuple[str, int]) -> str:
    chosen = evidence.claim.positives
    if isinstance(chosen, Query) and chosen.tags:
        return f"Photographs tagged {' and '.join(chosen.tags)}"
    return f"What excites filter {unit[1]}"


def _free(unit: tuple[str, int], taken: Collection[str]) -> str:
    """A claim's id that the report does not have yet."""
    plain = re.sub(r"[^a-z0-9]+", "-", f"found-{unit[0]}-{unit[1]}".lower()).strip("-")[:60]
    names = (plain, *(f"{plain}-{count}" for count in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)
