"""Text that someone else wrote, made harmless for Markdown, HTML and YAML at once.

HTML-escaping alone is not enough inside Markdown: ``{ onerror=… }`` passes through ``attr_list``,
``[x](javascript:…)`` becomes a link, ``|`` splits a table. So every ASCII sign that is neither a
letter, a digit nor one of ``. , -`` is written as a numeric character reference, which Markdown
hands on untouched and a browser shows as the sign itself.
"""

from __future__ import annotations

import json
import re
import unicodedata

from markupsafe import Markup

PLAIN = frozenset(" .,-")
DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")  # would reorder what stands around them
LOOKALIKES = str.maketrans({"<": "‹", ">": "›", '"': "”", "'": "’", "`": "’"})
REFERENCE = re.compile(r"&(?=[A-Za-z#])")


def neutral(value: object) -> Markup:
    """Any value as markup that is nothing but text; markup of our own stays as it is."""
    if hasattr(value, "__html__"):
        return Markup(value.__html__())  # noqa: S704 - only this program's own drawings and parts
    text = clean(str(value))
    return Markup("".join(map(_reference, text)))  # noqa: S704 - each sign is escaped


def _reference(sign: str) -> str:
    harmless = sign.isalnum() or sign in PLAIN or ord(sign) > 127
    return sign if harmless else f"&#{ord(sign)};"


def clean(text: str) -> str:
    """One line without control signs, half surrogates and changes of the writing direction."""
    text = DIRECTIONS.sub("", text)
    return "".join(_visible(sign) for sign in text)


def _visible(sign: str) -> str:
    category = unicodedata.category(sign)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    return "\ufffd" if category == "Cs" else sign


def title(text: str) -> str:
    """A title for places that print it as HTML without escaping: the theme's navigation and head.

    Signs that could open a tag or close an attribute become typographic ones that look alike.
    """
    return REFERENCE.sub("&amp;", clean(text).translate(LOOKALIKES)).strip() or "Untitled"


def quoted(text: str) -> str:
    """A string for YAML: JSON's double quotes, which YAML reads the same way."""
    return json.dumps(text, ensure_ascii=False)
