"""Checks that every footnote mark has its note."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.errors import Problem
from generator.markdown.call_parser import without_calls
from generator.markdown.formulas import without_formulas
from generator.markdown.page_files import PageFile

NOTES = "///Footnotes Go Here///"  # where Markdown's extension puts them
MARK = re.compile(r"\[\^([^\]\s]+)\](?P<note>:)?")


def footnote_problems(page: PageFile) -> Iterator[Problem]:
    """Marks without a note, notes without a mark, and notes written twice."""
    marks: dict[str, tuple[int, int]] = {}
    notes: dict[str, tuple[int, int]] = {}
    for line, text in _prose(page):
        for found in MARK.finditer(text):
            place = line, found.start() + 1
            if found["note"] and not text[: found.start()].strip():
                if found[1] in notes:
                    first = notes[found[1]][0]
                    message = f"the footnote {found[1]!r} is already written on line {first}"
                    yield page.text.problem(*place, message)
                notes.setdefault(found[1], place)
            else:
                marks.setdefault(found[1], place)
    for name, place in marks.items():
        if name not in notes:
            message = f"the footnote {name!r} is nowhere written: add a line `[^{name}]: …`"
            yield page.text.problem(*place, message)
    for name, place in notes.items():
        if name not in marks:
            yield page.text.problem(*place, f"nothing refers to the footnote {name!r}")


def has_notes(page: PageFile) -> bool:
    """Whether the page has footnotes at all."""
    return any("[^" in text for _, text in _prose(page))


def _prose(page: PageFile) -> Iterator[tuple[int, str]]:
    """The lines below the front matter, with code and formulas blanked."""
    text = without_formulas(without_calls(page))
    yield from enumerate(text.split("\n"), page.skip + 1)
