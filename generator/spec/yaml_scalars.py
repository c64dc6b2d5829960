"""Types of unquoted YAML scalars, without YAML 1.1's surprises."""

from __future__ import annotations

import math
import re

Scalar = str | int | float | bool | None

_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_TRUTH = {
    word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")
}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9_]+")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?")
_MOST_DIGITS = 18  # fits 64 bits; nothing in a spec comes near it


class AmbiguousScalarError(Exception):
    """A word that YAML reads in a way that nobody who wrote it expects."""


def plain(word: str) -> Scalar:
    """Read an unquoted word: nothing, true or false, a number, else the text as it was written.

    `yes`, `no`, `on`, `off` and `1:30` stay text; so do dates, which the fields that hold one read.

    Raises
    ------
    AmbiguousScalarError
        A number with a leading zero (octal in YAML 1.1), or one with more than 18 digits.
    """
    if word in _NOTHING:
        return None
    if word in _TRUTH:
        return _TRUTH[word]
    if _LEADING_ZERO.fullmatch(word):
        stripped = re.sub(r"^([-+]?)[0_]+(?=[0-9])", r"\1", word)
        raise AmbiguousScalarError(
            "a number with a leading zero is octal to some programs: write"
            f" {_short(stripped)} for the number, or '{_short(word)}' in quotes for the text"
        )
    if _INTEGER.fullmatch(word):
        return _integer(word)
    if _FLOAT.fullmatch(word):
        number = float(word)
        return number if math.isfinite(number) else word
    return word


def _integer(word: str) -> int:
    if len(word.lstrip("+-")) > _MOST_DIGITS:
        digits = len(word.lstrip("+-"))
        raise AmbiguousScalarError(f"a number of {digits} digits is too large: put text in quotes")
    return int(word)


def _short(word: str) -> str:
    return word if len(word) <= 40 else word[:39] + "…"
