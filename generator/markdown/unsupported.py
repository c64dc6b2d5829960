"""What hand-written pages elsewhere may hold and these may not: said, where it would stand as text.

Formulas that have no end belong to it, and blocks of code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from generator.errors import Problem
from generator.markdown.call_parser import Places, without_calls
from generator.markdown.extensions import BLOCKS
from generator.markdown.formulas import COMMENT, find_unpaired, without_formulas
from generator.markdown.page_files import PageFile
from generator.markdown.prose import Fence, fences, visible_spans

START = r"(?m:^[ \t>]*)"
PLAIN = "it would stand on the page as text"
EMOJI = re.compile(r"(?<![\w:]):[a-z0-9_+-]{2,}:(?![\w:])")
ICON = re.compile(r"(?<!\w):(?:material|fontawesome|octicons|simple)-[a-z0-9-]+:")
DRAWN = ("mermaid",)


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern of Markdown that is not read, and what to write in its place."""

    pattern: re.Pattern[str]
    message: str


RULES = (
    Rule(
        re.compile(START + r"(?P<at>:{3,})(?=[ \w{])"),
        f"blocks of `:::` are not read, {PLAIN}: write `!!! note` with an indented text",
    ),
    Rule(
        re.compile(START + r"(?P<at>;?-{1,2}8<-{1,2})"),
        f"files are not included, {PLAIN}: copy the text in",
    ),
    Rule(
        re.compile(r"(?P<at>\{(?:\+\+.+?\+\+|--.+?--|~~.+?~>.*?~~|>>.+?<<|==.+?==)\})"),
        f"marks of revision are not read, {PLAIN}: write ^^new^^, ~~old~~ or ==marked==",
    ),
    Rule(
        re.compile(START + r">[ \t]*(?P<at>\[!\w+\])"),
        f"boxes of GitHub's are not read, {PLAIN}: write `!!! note` with an indented text",
    ),
    Rule(
        re.compile(r"(?P<at>\[-?@[A-Za-z][^\]\n]*\])"),
        f"citations of Pandoc's are not read, {PLAIN}: write {{{{ cite('key') }}}}",
    ),
    Rule(
        re.compile(
            START + rf"(?P<at>/{{3,}}[ \t]*(?!(?:{'|'.join(BLOCKS)})\b)[a-z-]+)(?m:[^\n/]*$)"
        ),
        f"there is no such block, {PLAIN}: there are {', '.join(BLOCKS)}",
    ),
    Rule(
        re.compile(r"(?P<at>\[\[[A-Za-z][\w /|#.-]*\]\])(?![\[(])"),
        f"links in double brackets are not read, {PLAIN}: write [text](page.md)",
    ),
    Rule(
        ICON,
        f"icons are not read, {PLAIN}: write an image, ![…](icon.svg)",
    ),
)


def unsupported_problems(page: PageFile) -> Iterator[Problem]:
    """Everything on a page that would stand there as text, or be changed, unsaid."""
    text, place = without_calls(page), Places(page)
    for fence in fences(text):
        if message := _fence_message(fence):
            yield page.text.problem(*place(fence.offset), message)
    for each in find_unpaired(text):
        yield page.text.problem(*place(each.offset), each.message)
    found = sorted(_found(COMMENT.sub(lambda c: " " * len(c[0]), without_formulas(text))))
    visible = visible_spans(text, _separate([span for span, _ in found]))
    for (span, message), is_visible in zip(found, visible, strict=True):
        if is_visible:
            yield page.text.problem(*place(span[0]), message)


def _found(text: str) -> Iterator[tuple[tuple[int, int], str]]:
    for rule in RULES:
        for match in rule.pattern.finditer(text):
            yield match.span("at" if "at" in rule.pattern.groupindex else 0), rule.message
    for match in EMOJI.finditer(text):
        if sign := _emoji(match[0]):
            yield match.span(), f"{match[0]} is not read, {PLAIN}: write the sign itself, {sign}"


def _separate(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans, in their order, none of which reaches into the next."""
    starts = [*(start for start, _ in spans), 1 << 62][1:]
    return [(start, min(end, after)) for (start, end), after in zip(spans, starts, strict=True)]


def _emoji(name: str) -> str:
    """The character of that short name; empty if there is none."""
    from pymdownx import twemoji_db  # noqa: PLC0415 - a table of 4,000 signs that few pages need

    known = twemoji_db.emoji.get(twemoji_db.aliases.get(name, name))
    codes = (known or {}).get("unicode", "").split("-")
    return "".join(chr(int(code, 16)) for code in codes if code)


def _fence_message(fence: Fence) -> str:
    if not fence.closed:
        return "this block of code has no end: close it with a line of the same signs"
    name = fence.info.strip("{}. ").split(" ")[0].casefold()
    if name in DRAWN:
        return (
            "diagrams of Mermaid are not drawn: put in an image of it, ![…](diagram.svg), or write "
            "```text to show its source"
        )
    if re.match(r"\{[a-z]", fence.info):
        return "directives of MyST are not read: write `!!! note` with an indented text, or HTML"
    return ""
