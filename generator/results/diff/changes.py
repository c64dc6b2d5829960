"""Compares the values of two results.json."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal[
    "weights", "thresholds", "settings", "software", "photographs", "claims", "filters",
    "verdict", "figure", "response", "picture", "gate", "text",
]  # fmt: skip
HEADINGS: dict[Kind, str] = {
    "weights": "Causes: the network",
    "thresholds": "Causes: thresholds",
    "settings": "Causes: how photographs are scored",
    "software": "Causes: software",
    "photographs": "Causes: photographs",
    "claims": "Causes: claims",
    "filters": "Causes: filters",
    "verdict": "Verdicts",
    "figure": "Figures",
    "response": "Responses to photographs",
    "picture": "Pictures",
    "gate": "Gates",
    "text": "Words",
}

_LARGEST = 2**1000  # whole numbers beyond it do not fit a float


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs; ``old`` or ``new`` is None where it was not there."""

    kind: Kind
    subject: str
    what: str
    old: Any = None
    new: Any = None
    why: tuple[str, ...] = ()


def same(old: Any, new: Any) -> bool:
    """Whether two values of JSON are the same but for the rounding of the sixth digit."""
    if (type(old) is int and type(new) is int) or not (_number(old) and _number(new)):
        return bool(type(old) is type(new) and old == new)
    if not (math.isfinite(old) and math.isfinite(new)):
        return str(old) == str(new)
    largest = max(abs(old), abs(new))
    unit = 10.0 ** (math.floor(math.log10(largest)) - 5) if largest else 0.0
    return bool(abs(old - new) <= unit * (1 + 1e-6))


def _number(value: Any) -> bool:
    if isinstance(value, int) and not isinstance(value, bool):
        return abs(value) < _LARGEST
    return isinstance(value, float)


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every scalar with its dotted place; empty containers count as scalars."""
    items: Iterator[tuple[Any, Any]] = iter(())
    if isinstance(value, dict):
        items = iter(sorted(value.items()))
    elif isinstance(value, list | tuple):
        items = enumerate(value)
    empty = True
    for key, item in items:
        empty = False
        yield from _leaves(item, f"{path}.{key}" if path else str(key))
    if empty:
        yield path, value


def differences(
    kind: Kind, subject: str, old: Any, new: Any, why: tuple[str, ...] = ()
) -> Iterator[Change]:
    """One change for every scalar of two trees of JSON that is not the same."""
    before, after = dict(_leaves(old)), dict(_leaves(new))
    for place in dict.fromkeys((*before, *after)):
        values = before.get(place), after.get(place)
        if not same(*values):
            yield Change(kind, subject, place, *values, why)
