"""Checks every call and reference of hand-written pages.

Only calls of known functions with written-out arguments are allowed: nothing that loops, computes
or reaches into objects. So a page that passes can be rendered after hours of work without a fault,
and its figures and citations can be numbered beforehand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from generator.errors import Problem
from generator.markdown.bibliography import Bibliography
from generator.markdown.call_parser import RAW, Call, Joined, Place, read_calls
from generator.markdown.footnotes import footnote_problems
from generator.markdown.formula_check import formula_problems
from generator.markdown.names import Names, near, shown
from generator.markdown.page_files import PageFile
from generator.markdown.signatures import FUNCTIONS, Arguments, arguments, faults
from generator.markdown.unsupported import unsupported_problems


@dataclass(frozen=True, slots=True)
class Outline:
    """What a page numbers: its labelled figures, and what it cites, in the order of the text."""

    figures: dict[str, int]
    cited: tuple[str, ...]


def outline(page: PageFile) -> Outline:
    """Number the figures and citations of a page that has passed the check."""
    figures: dict[str, int] = {}
    cited: dict[str, None] = {}
    number = 0
    for call in _all(read_calls(page)[0]):
        given, _ = arguments(call)
        if FUNCTIONS[call.name].numbered:
            number += 1
            figures[str(given.get("id", ""))] = number
        cited |= dict.fromkeys(_keys(given))
    figures.pop("", None)
    return Outline(figures, tuple(cited))


def find_problems(page: PageFile, names: Names, library: Bibliography) -> tuple[Problem, ...]:
    """Everything that is wrong with one page's references, in the order of the text."""
    calls, problems = read_calls(page)
    # Where calls end is known of sound pages.
    found = [*problems] or [
        *footnote_problems(page),
        *unsupported_problems(page),
        *formula_problems(page, calls),
    ]
    known: list[tuple[Call, Arguments]] = []
    for call in _all(calls):
        if call.name not in FUNCTIONS:
            message = f"unknown function {call.name!r}{_near(call)}; {RAW}"
            found.append(_at(page, call.place, message))
            continue
        given, fault = arguments(call)
        if fault:
            found.append(_at(page, call.place, fault))
            continue
        known.append((call, given))
        found.extend(
            _at(page, value.place if isinstance(value, Call) else call.place_of(value), message)
            for message, value in faults(given, names)
        )
    found.extend(_cross_references(page, known))
    found.extend(_citations(page, known, library))
    found.extend(_cards(page, known))
    return in_order(found)


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems of one page in the order of its text, each once."""
    return tuple(sorted(dict.fromkeys(problems), key=lambda each: (each.line, each.column)))


def _all(calls: tuple[Call, ...]) -> Iterator[Call]:
    """Every call, those within captions before the figure that they stand in."""
    for call in calls:
        values = (*call.positional, *(value for _, value in call.named))
        for value in values:
            if isinstance(value, Joined):
                yield from _all(tuple(value.calls()))
            elif isinstance(value, Call):
                yield from _all((value,))
        yield call


def _near(call: Call) -> str:
    return near(call.name, FUNCTIONS)


def _at(page: PageFile, place: Place, message: str) -> Problem:
    return page.text.problem(*place, message)


def _cross_references(page: PageFile, calls: list[tuple[Call, Arguments]]) -> Iterator[Problem]:
    places: dict[object, Place] = {}
    for call, given in calls:
        if FUNCTIONS[call.name].numbered and "id" in given:
            anchor, place = given["id"], call.place_of(given["id"])
            if anchor in places:
                line = places[anchor][0]
                yield _at(page, place, f"the id {shown(anchor)} is already given on line {line}")
            places.setdefault(anchor, place)
    ids = [str(anchor) for anchor in places]
    for call, given in calls:
        if call.name == "ref" and given["target"] not in places:
            target = given["target"]
            hint = near(target, ids) or " (no figure of this page has an id)"
            yield _at(page, call.place_of(target), f"unknown figure {shown(target)}{hint}")


def _cards(page: PageFile, calls: list[tuple[Call, Arguments]]) -> Iterator[Problem]:
    """Claims that are shown in full twice: each card has the id of its claim."""
    lines: dict[object, int] = {}
    for call, given in calls:
        if call.name == "claim" and given.get("style") != "compact":
            name, line = given["claim"], call.place[0]
            if name in lines:
                message = (
                    f"the claim {shown(name)} is already shown on line {lines[name]}: write "
                    f"claim({shown(name)}, style='compact') here"
                )
                yield _at(page, call.place, message)
            lines.setdefault(name, line)


def _citations(
    page: PageFile, calls: list[tuple[Call, Arguments]], library: Bibliography
) -> Iterator[Problem]:
    for call, given in calls:
        for key in _keys(given):
            if key not in library.entries:
                known = near(key, library.entries)
                hint = known or ("" if library.entries else " (no .bib lies beside the pages)")
                yield _at(page, call.place_of(key), f"unknown reference {shown(key)}{hint}")


def _keys(given: Arguments) -> tuple[str, ...]:
    keys = given.get("key", ())
    return tuple(str(key) for key in keys) if isinstance(keys, tuple) else ()
