"""Escapes text for Markdown and HTML.

HTML-escaping alone is not enough inside Markdown: ``{ onerror=… }`` passes through ``attr_list``,
``[x](javascript:…)`` becomes a link, ``|`` splits a table. So every ASCII sign that is neither a
letter, a digit nor one of ``. , -`` is written as a numeric character reference, which Markdown
hands on untouched and a browser shows as the sign itself.
"""

from __future__ import annotations

import re
import unicodedata

REFERENCES = {
    sign: f"&#{sign};" for sign in range(128) if not chr(sign).isalnum() and chr(sign) not in " .,-"
}
NO_CHARACTERS = ("\ufffe", "\uffff")  # Unicode keeps them free, and YAML refuses them
DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")  # would reorder what stands around them


def escaped(text: str) -> str:
    """Text that is nothing but text wherever it stands between tags or in a quoted attribute."""
    return clean(text).translate(REFERENCES)


def clean(text: str) -> str:
    """One line without control signs, what is no character, and changes of writing direction."""
    if text.isascii() and text.isprintable():
        return text
    text = DIRECTIONS.sub("", text)
    return "".join(_visible(sign) for sign in text)


def _visible(sign: str) -> str:
    category = unicodedata.category(sign)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    return "\ufffd" if category == "Cs" or sign in NO_CHARACTERS else sign
