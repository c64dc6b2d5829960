"""Escapes text for Jinja, the theme and YAML."""

from __future__ import annotations

import json
import re

from markupsafe import Markup

from generator.pages.escaping import clean, escaped

LOOKALIKES = str.maketrans({"<": "‹", ">": "›", '"': "”", "'": "’", "`": "’"})
REFERENCE = re.compile(r"&(?=[A-Za-z#])")


def neutral(value: object) -> Markup:
    """Any value as markup that is nothing but text; markup of our own stays as it is."""
    if hasattr(value, "__html__"):
        return Markup(value.__html__())  # noqa: S704 - only this program's own drawings and parts
    return Markup(escaped(str(value)))  # noqa: S704 - each sign is escaped


def title(text: str) -> str:
    """A title for places that print it as HTML without escaping: the theme's navigation and head.

    Signs that could open a tag or close an attribute become typographic ones that look alike.
    """
    return REFERENCE.sub("&amp;", clean(text).translate(LOOKALIKES)).strip() or "Untitled"


def quoted(text: str) -> str:
    """A string for YAML: JSON's double quotes, which YAML reads the same way."""
    return json.dumps(text, ensure_ascii=False)
