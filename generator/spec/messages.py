"""Phrases of error messages: what was found, expected and meant."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable

_LONGEST = 60


def found(value: object) -> str:
    """Name a value of the document as its writer would."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return f"the text {quoted(value)}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "a list"
    return "a mapping of keys" if isinstance(value, dict) else str(value)


def quoted(text: str) -> str:
    """Put a text in quotes, cut to a line's length."""
    return f"'{text if len(text) <= _LONGEST else text[: _LONGEST - 1] + '…'}'"


def listed(words: Iterable[str], most: int = 5) -> str:
    """Name the first few and count the rest."""
    all_words = list(words)
    rest = len(all_words) - most
    head = ", ".join(all_words[:most])
    return head if rest <= 0 else f"{head} and {rest} more"


def meant(word: str, choices: Collection[str]) -> str:
    """Ask for the nearest choices: "; did you mean …?", or nothing if none is near."""
    folded = {choice.casefold(): choice for choice in choices}
    near = difflib.get_close_matches(word[:100].casefold(), list(folded), n=3, cutoff=0.6)
    return f"; did you mean {' or '.join(folded[name] for name in near)}?" if near else ""


def choices(words: Iterable[str]) -> str:
    """Join alternatives: a, b or c."""
    all_words = list(words)
    return " or ".join([", ".join(all_words[:-1]), all_words[-1]] if all_words[1:] else all_words)
