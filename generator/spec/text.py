"""Reads text files: UTF-8, no hidden characters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from generator.errors import Problem, SpecError, visible

_BREAK = re.compile(r"\r\n|\r|\n")
# Controls but tab and line breaks; line and paragraph separators; byte-order marks, non-characters.
_FORBIDDEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_WIDEST = 160  # columns of an excerpt
_MOST_HIDDEN = 20
MOST_PROBLEMS = 100  # more are not shown, and not worth the time to word them


@dataclass(frozen=True, slots=True)
class Text:
    """A text file: what its problems call it, and its lines without their line breaks."""

    file: str
    body: str
    lines: tuple[str, ...]

    def problem(self, line: int, column: int, message: str, path: str = "") -> Problem:
        """Complain about a place, counted from 1, with its line as excerpt."""
        source = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        caret = 0
        if column > _WIDEST - 10:  # a paragraph on one line: a piece of it around the place
            before = column - 1 - _WIDEST // 2
            source, caret = "…" + source[before:], column - before + 1
        if len(source) > _WIDEST:
            source = source[: _WIDEST - 1] + "…"
        # One character for one, so that the caret stays where it belongs.
        shown = source if source.isprintable() else "".join(map(_one_for_one, source))
        return Problem(self.file, line, column, visible(path), visible(message), shown, caret)


def _one_for_one(char: str) -> str:
    if char == "\t":
        return " "
    return char if visible(char) == char else "\ufffd"


def read_text(data: bytes, file: str) -> Text:
    """Decode a file's bytes.

    Raises
    ------
    SpecError
        They are not UTF-8 (a byte-order mark is fine), or hold characters that cannot be seen.
    """
    name = visible(file)
    if data.startswith(b"PK\x03\x04"):
        message = "is an Excel workbook or another archive, not text: save it as CSV (UTF-8)"
        raise SpecError((Problem(name, 1, 1, "", message),))
    try:
        body = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = _lines(data[: error.start].decode("utf-8", errors="replace"))
        message = f"is not UTF-8 ({_guess(data)}): save it as UTF-8"
        raise SpecError((Problem(name, len(before), len(before[-1]) + 1, "", message),)) from error
    text = Text(name, body, _lines(body))
    hidden = (
        text.problem(number, match.start() + 1, _refusal(match))
        for number, line in enumerate(text.lines, 1)
        for match in _FORBIDDEN.finditer(line)
    )
    if first := tuple(islice(hidden, _MOST_HIDDEN)):
        raise SpecError(first)
    return text


def _lines(body: str) -> tuple[str, ...]:
    return tuple(_BREAK.split(body))


def hidden_in(word: str) -> str:
    """Complain about the first character of a word that cannot be seen; empty if all can."""
    match = _FORBIDDEN.search(word)
    return _refusal(match) if match else ""


def _refusal(match: re.Match[str]) -> str:
    return f"the invisible character U+{ord(match[0]):04X} has no meaning here: remove it"


def _guess(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "it looks like UTF-16"
    return "perhaps it was written as Windows-1252 or Latin-1"
