"""The prose of a hand-written page: its text with code and calls blanked, offsets unchanged."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from selectolax.lexbor import LexborHTMLParser

from generator.markdown.extensions import parser

FENCE = re.compile(
    r"(?P<above>[ \t>]*(?:[-*+] +|\d+[.)] +)?)(?P<fence>`{3,}|~{3,})(?P<info>[^`\n]*)$"
)
CODE = re.compile(r"(?<!`)(`+)(?!`)(?:(?!\n[ \t]*\n)(?:[^`]|(?!\1(?!`))`+))+?\1(?!`)")
HIDDEN = "code, pre, script, style, textarea, template"


@dataclass(frozen=True, slots=True)
class Fence:
    """The first line of a fenced block of code: where it begins, and what follows its signs."""

    offset: int
    info: str
    closed: bool = True


def blank(text: str) -> str:
    """Spaces in the place of a text; its line breaks stay."""
    return re.sub(r"[^\n]", " ", text)


def without_code(text: str) -> str:
    """A text with fenced blocks and spans of code blanked."""
    return CODE.sub(lambda span: blank(span[0]), _without_fences(text)[0])


def fences(text: str) -> tuple[Fence, ...]:
    """The fenced blocks of code of a text, in their order."""
    return _without_fences(text)[1]


def _without_fences(text: str) -> tuple[str, tuple[Fence, ...]]:
    lines: list[str] = []
    found: list[Fence] = []
    fence, offset = "", 0
    for line in text.split("\n"):
        match = FENCE.match(line)
        inside = bool(fence)
        if match and not fence:
            fence = match["fence"]
            found.append(Fence(offset + match.start("fence"), match["info"].strip()))
        elif match and match["fence"].startswith(fence) and not match["info"].strip():
            fence = ""
        lines.append(blank(line) if inside or fence else line)
        offset += len(line) + 1
    if fence:
        found[-1] = replace(found[-1], closed=False)
    return "\n".join(lines), tuple(found)


def visible_spans(text: str, spans: Sequence[tuple[int, int]]) -> list[bool]:
    """Which spans of a Markdown text a reader sees as prose, by Markdown's own reading.

    The others stand in code, in attributes, addresses or comments.
    """
    if not spans:
        return []
    mark = "fbmark"
    while mark in text:
        mark += "x"
    numbers = iter(range(len(spans)))
    marked = replace_spans(text, spans, lambda _: f"{mark}{next(numbers)}z")
    tree = LexborHTMLParser(parser().convert(marked))
    for node in tree.css(HIDDEN):
        node.decompose()
    text_shown = tree.body.text() if tree.body else ""
    return [f"{mark}{number}z" in text_shown for number in range(len(spans))]


def replace_spans(text: str, spans: Sequence[tuple[int, int]], write: Callable[[str], str]) -> str:
    """A text with what stands in each span, in their order, written otherwise."""
    return "".join(_pieces(text, spans, write))


def _pieces(
    text: str, spans: Sequence[tuple[int, int]], write: Callable[[str], str]
) -> Iterator[str]:
    done = 0
    for start, end in spans:
        yield text[done:start]
        yield write(text[start:end])
        done = end
    yield text[done:]
