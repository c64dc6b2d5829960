"""Checks every formula of a hand-written page: it can be read, and what it refers to exists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from generator.errors import Problem
from generator.markdown.call_parser import Call, Places, call_spans, without_calls
from generator.markdown.formulas import Formula, find_formulas
from generator.markdown.mathml import latex_fault
from generator.markdown.names import near, shown
from generator.markdown.page_files import PageFile

IN_FORMULAS = "number"
LABEL = re.compile(r"\\label\s*\{(?P<name>[^{}]*)\}")
REFERENCE = re.compile(r"\\eqref\s*\{(?P<name>[^{}]*)\}")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9:_-]*")
Place = tuple[int, int]


def formula_problems(page: PageFile, calls: tuple[Call, ...]) -> Iterator[Problem]:
    """What is wrong with the formulas of a page whose calls can be read."""
    place = Places(page)
    formulas = find_formulas(without_calls(page))
    spans = list(call_spans(page))
    for each in formulas:
        fault = latex_fault(_without_calls(each, spans))
        if fault:
            at = place(each.start + each.opening + fault.offset)
            yield page.text.problem(*at, fault.message)
    yield from _calls(page, calls, [(place(each.start), place(each.end)) for each in formulas])
    yield from _labels(page, formulas, place)


def _without_calls(formula: Formula, spans: list[tuple[int, int, bool]]) -> str:
    """The LaTeX of a formula with a number of as many characters in place of each call."""
    first, latex = formula.start + formula.opening, formula.latex
    for start, end, is_call in spans:
        if first <= start and end <= first + len(latex):
            instead = "{" + "0" * (end - start - 2) + "}" if is_call else " " * (end - start)
            latex = latex[: start - first] + instead + latex[end - first :]
    return latex


def _calls(
    page: PageFile, calls: tuple[Call, ...], formulas: list[tuple[Place, Place]]
) -> Iterator[Problem]:
    for call in calls:
        inside = any(start <= call.place < end for start, end in formulas)
        if inside and call.name != IN_FORMULAS:
            message = f"a formula may hold {IN_FORMULAS}(); found {call.name}()"
            yield page.text.problem(*call.place, message)


def _labels(page: PageFile, formulas: tuple[Formula, ...], place: Places) -> Iterator[Problem]:
    """Labels of equations that occur twice, and references to none."""
    lines: dict[str, int] = {}
    for name, at in _names(LABEL, formulas, place):
        if not NAME.fullmatch(name):
            message = f"a label is made of letters, digits, :, - and _; found {shown(name)}"
            yield page.text.problem(*at, message)
        elif name in lines:
            message = f"the label {shown(name)} is already given on line {lines[name]}"
            yield page.text.problem(*at, message)
        lines.setdefault(name, at[0])
    for name, at in _names(REFERENCE, [each for each in formulas if _has_more(each)], place):
        message = f"a formula holds no links: write \\eqref{{{name}}} before or behind it"
        yield page.text.problem(*at, message)
    for name, at in _names(REFERENCE, formulas, place):
        if name not in lines:
            hint = near(name, lines) or " (no equation of this page has a \\label)"
            yield page.text.problem(*at, f"unknown equation {shown(name)}{hint}")


def _has_more(formula: Formula) -> bool:
    return not REFERENCE.fullmatch(formula.latex.strip())


def _names(
    pattern: re.Pattern[str], formulas: Iterable[Formula], place: Places
) -> Iterator[tuple[str, Place]]:
    for each in formulas:
        for found in pattern.finditer(each.source):
            yield found["name"], place(each.start + found.start("name"))
