"""The numbers of results.json by name, and their formats.

The names follow from the records themselves, so that what the evidence learns to measure can be
written about at once.
"""

from __future__ import annotations

import re
import types
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, Union, get_args, get_origin, get_type_hints

from generator.findings import claim_tests
from generator.findings.claim_tests.base import ClaimTest
from generator.findings.findings import ClaimFinding, Histogram
from generator.findings.number_text import NONE, amount, exact, fixed, grouped, probability
from generator.findings.trust import Trust
from generator.spec.gates import VerdictCode
from generator.spec.thresholds import Thresholds

CLAIM = re.compile(r"claims\.(?P<name>[a-z0-9][a-z0-9_-]*)\.(?P<rest>[a-z0-9_.]+)")
FILTER = re.compile(r"filters\.(?P<layer>.+):(?P<filter>[0-9]{1,6})\.(?P<rest>[a-z0-9_.]+)")
LAYER = re.compile(r"layers\.(?P<layer>.+)\.(?P<rest>channels)")
ELSEWHERE = re.compile(r"(?P<part>thresholds|counts|model)\.(?P<rest>[a-z0-9_.]+)")
MODEL = re.compile(r"models\.(?P<name>[a-z0-9_-]+)\.(?P<rest>[a-z_.]+)")  # of several networks
FORMS = (
    "claims.ID.t1.value, filters.LAYER:NUMBER.activation, layers.LAYER.channels, "
    "thresholds.NAME, counts.photographs or model.preprocessing.crop"
)
MOST_DIGITS = 8
_WORDS = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
_SUFFIX = {1: "st", 2: "nd", 3: "rd"}
FORMATS = ("plain", "percent", "thousands", "words", "ordinal")


def leaves(record: Any) -> Iterator[str]:
    """The dotted names of all single numbers in a record; lists and arrays have none."""
    hints = get_type_hints(record)
    for each in fields(record):
        kinds = _alternatives(hints[each.name])
        if any(kind in (int, float) for kind in kinds):
            yield each.name
        for kind in kinds:
            if is_dataclass(kind) and each.name not in ("claim", "verdict", "results"):
                yield from (f"{each.name}.{rest}" for rest in leaves(kind))


def _alternatives(hint: Any) -> tuple[Any, ...]:
    is_union = get_origin(hint) in (Union, types.UnionType)
    return get_args(hint) if is_union else (hint,)


def _numbers(test: ClaimTest[Any]) -> Iterator[str]:
    """Those of a test. Tests have p-values; the shares and margins within them have none."""
    for name in leaves(test.record):
        if not re.fullmatch(r".+\.p", name):
            yield f"{test.name.lower()}.{name}"


def claim_numbers() -> tuple[str, ...]:
    """The names of the numbers of a claim."""
    return (
        *(f"n.{role}" for role in ("positives", "lookalikes", "controls", "removed")),
        *(name for test in claim_tests.TESTS for name in _numbers(test)),
        *leaves(ClaimFinding),
    )


FILTER_NUMBERS = (
    *("activation", "seed", "size", "scanned", "trust.path.value"),
    *(f"trust.{name}" for name in leaves(Trust)),
    *(f"histogram.{name}" for name in leaves(Histogram)),
)
ELSEWHERE_NUMBERS = {
    "thresholds": tuple(Thresholds.model_fields),
    "counts": (
        *("photographs", "layers", "filters", "claims"),
        *(f"verdicts.{code}" for code in get_args(VerdictCode)),
    ),
    "model": ("preprocessing.crop", "preprocessing.resize"),
}


def format_fault(digits: object, form: object) -> str:
    """What is wrong with the form that a number should take; empty if nothing."""
    if form not in FORMATS:
        return f"format is one of {', '.join(FORMATS)}"
    whole = isinstance(digits, int) and not isinstance(digits, bool)
    if digits is not None and not (whole and 0 <= int(str(digits)) <= MOST_DIGITS):
        return f"digits is a whole number from 0 to {MOST_DIGITS}"
    return ""


def written(value: object, path: str, digits: int | None, form: str) -> str:
    """A number in the form that was asked for, or in the one that the whole site uses.

    Parameters
    ----------
    value:
        What stands in results.json; a dash for anything that is no number.
    path:
        Its name, which decides the form if none was asked for.
    """
    if not isinstance(value, int | float) or isinstance(value, bool):
        return NONE
    if form == "percent":
        return f"{fixed(100 * value, digits or 0)}\u202f%"
    if form != "plain" and float(value).is_integer() and not digits:
        return _whole(int(value), form)
    return _plain(value, path) if digits is None else fixed(float(value), digits)


def _plain(value: float, path: str) -> str:
    last = path.rsplit(".", 1)[-1]
    if isinstance(value, int):
        return str(value)
    if last in ("p", "p_holm"):
        return probability(value)
    if last == "activation":
        return amount(value)
    return exact(value) if path.startswith("thresholds.") else fixed(value)


def _whole(value: int, form: str) -> str:
    if form == "words" and 0 <= value < len(_WORDS):
        return _WORDS[value]
    if form == "ordinal":
        teen = value % 100 in (11, 12, 13)
        return grouped(value) + ("th" if teen else _SUFFIX.get(value % 10, "th"))
    return grouped(value)
