"""Reads subject, source and licence of an image from texts and fields beside it."""

from __future__ import annotations

import json

Credits = tuple[str, str, str]  # subject, source, licence


def credits_of(kind: str, data: bytes) -> Credits:
    """Subject, source and licence, as far as a text tells them."""
    if kind == "txt":
        return _line(data.decode(errors="replace")), "", ""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        found = {}
    return credits_in(found if isinstance(found, dict) else {})


def credits_in(fields: dict[str, object]) -> Credits:
    """Subject, source and licence by the names that data sets give them."""

    def first(*keys: str) -> str:
        values = (fields.get(key) for key in keys)
        return _line(next((value for value in values if isinstance(value, str) and value), ""))

    subject = first("subject", "caption", "text", "title")
    return subject, first("source", "credit", "author", "url"), first("licence", "license")


def _line(text: str) -> str:
    return " ".join(text.split())[:300]
