"""Differences as text or JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any

from generator.errors import visible
from generator.results.diff.changes import HEADINGS, Change, Kind
from generator.results.diff.compare import compare
from generator.results.read import digests, image_digests, load

_MOST_FIGURES = 4  # of one claim or filter in the text; JSON has them all
_MOST_NAMES = 5
_LONGEST = 60


def diff(old: Path, new: Path) -> tuple[Change, ...]:
    """Compare two files, and all images that lie beside them.

    Raises
    ------
    ReportError
        One of them is no results.json.
    """
    before, after = load(old), load(new)
    pictures = digests(before, old.parent), digests(after, new.parent)
    images = image_digests(before, old.parent), image_digests(after, new.parent)
    return compare(before, after, pictures=pictures, images=images)


def as_json(changes: Sequence[Change]) -> str:
    """Every change; the text ends with a newline, and what is no number is null."""
    told = {"changed": bool(changes), "changes": [_finite(asdict(each)) for each in changes]}
    return json.dumps(told, indent=1, sort_keys=True, allow_nan=False) + "\n"


def as_text(changes: Sequence[Change]) -> str:
    """Headings, then one line for each claim, filter or photograph."""
    if not changes:
        return "nothing changed\n"
    lines: list[str] = []
    for kind, group in groupby(changes, lambda change: change.kind):
        lines += ["", HEADINGS[kind], *(f"  {line}" for line in _section(kind, list(group)))]
    return "\n".join(visible(line) for line in lines[1:]) + "\n"


def _section(kind: Kind, changes: list[Change]) -> Iterator[str]:
    if kind == "photographs":
        yield from _named(changes)
        return
    for subject, group in groupby(changes, lambda change: change.subject):
        each = list(group)
        shown = [_told(change) for change in each[:_MOST_FIGURES]]
        rest = len(each) - len(shown)
        more = [f"and {rest} more"] if rest else []
        yield f"{_short(subject)}: {'; '.join([*shown, *more])}"
        if reasons := list(dict.fromkeys(reason for change in each for reason in change.why)):
            yield f"  because of {'; '.join(reasons)}"


def _named(changes: list[Change]) -> Iterator[str]:
    """Photographs are many: counted by what happened to them, and the first few named."""
    for what, group in groupby(sorted(changes, key=lambda c: c.what), lambda c: c.what):
        names = [_short(change.subject) for change in group]
        rest = len(names) - _MOST_NAMES
        more = f" and {rest} more" if rest > 0 else ""
        words = "other content" if what == "content" else what
        yield f"{len(names)} {words}: {', '.join(names[:_MOST_NAMES])}{more}"


def _told(change: Change) -> str:
    if change.old is None and change.new is None:
        return change.what
    return f"{change.what} {_value(change.old)} → {_value(change.new)}"


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    return "nothing" if value is None else _short(str(value))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _finite(value: Any) -> Any:
    """A tree without NaN and infinities, which JSON does not have."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
