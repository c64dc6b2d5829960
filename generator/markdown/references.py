"""Static check of hand-written pages: what their Jinja calls, and whether it exists.

Only calls of known functions with written-out arguments are allowed: nothing that loops, computes
or reaches into objects. So a page that passes can be rendered after hours of work without a fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from generator.errors import Problem
from generator.markdown.names import Names, near
from generator.markdown.sources import Source

TAG = re.compile(r"\{[{%]")
Arguments = dict[str, object]


@dataclass(frozen=True, slots=True)
class Function:
    """A function of hand-written pages: its parameters in order, and what refers to what."""

    required: tuple[str, ...]
    optional: tuple[str, ...]
    fault: Callable[[Names, Arguments], str]


def _number_fault(names: Names, given: Arguments) -> str:
    digits = given.get("digits", 2)
    if not isinstance(digits, int) or isinstance(digits, bool) or not 0 <= digits <= 8:
        return "digits is a whole number from 0 to 8"
    return names.number_fault(given["path"])


FUNCTIONS: dict[str, Function] = {
    "figure": Function(
        ("layer", "filter"),
        ("caption",),
        lambda names, given: names.filter_fault(given["layer"], given["filter"]),
    ),
    "gallery": Function(
        ("layer",), ("caption",), lambda names, given: names.layer_fault(given["layer"])
    ),
    "claim": Function(("id",), (), lambda names, given: names.claim_fault(given["id"])),
    "verdict": Function(("id",), (), lambda names, given: names.claim_fault(given["id"])),
    "number": Function(("path",), ("digits",), _number_fault),
    "authors": Function((), (), lambda _names, _given: ""),
}


def find_problems(source: Source, names: Names) -> tuple[Problem, ...]:
    """Everything that is wrong with one page's references."""
    try:
        tree = SandboxedEnvironment().parse(source.text)
    except TemplateSyntaxError as error:
        message = f"this cannot be read: {error.message}"
        return (_at(source, error.lineno, TAG, message),)
    except RecursionError:
        return (Problem(source.file, 0, 0, "", "this page is nested too deeply to be read"),)
    cursor = _Cursor(source)
    return tuple(problem for node in tree.body for problem in _node(node, names, cursor))


def _node(node: nodes.Node, names: Names, cursor: _Cursor) -> Iterator[Problem]:
    if not isinstance(node, nodes.Output):
        yield cursor.problem(node.lineno, "{%", "only calls such as {{ figure(…) }} may be used")
        return
    for part in node.nodes:
        if not isinstance(part, nodes.TemplateData):
            yield from _call(part, names, cursor)


def _call(node: nodes.Expr, names: Names, cursor: _Cursor) -> Iterator[Problem]:
    if not isinstance(node, nodes.Call) or not isinstance(node.node, nodes.Name):
        known = ", ".join(f"{name}()" for name in FUNCTIONS)
        yield cursor.problem(node.lineno, "{{", f"only calls of {known} may be used")
        return
    name = node.node.name
    function = FUNCTIONS.get(name)
    place = cursor.find(node.lineno, name)
    if function is None:
        yield cursor.at(place, f"unknown function {name!r}{near(name, FUNCTIONS)}")
        return
    given, fault = arguments(name, function, node)
    fault = fault or function.fault(names, given)
    if fault:
        yield cursor.at(place, fault)


def arguments(name: str, function: Function, node: nodes.Call) -> tuple[Arguments, str]:
    """The arguments of a call by their names, and what is wrong with them."""
    places = function.required + function.optional
    try:
        values = [each.as_const() for each in node.args]
        named = {each.key: each.value.as_const() for each in node.kwargs}
    except nodes.Impossible:
        return {}, f"{name}() takes written-out texts and numbers only"
    given: Arguments = dict(zip(places, values, strict=False))
    wrong = [key for key in named if key not in places or key in given]
    given |= named
    missing = [key for key in function.required if key not in given]
    if node.dyn_args or node.dyn_kwargs or wrong or missing or len(values) > len(places):
        form = ", ".join((*function.required, *(f"{key}=…" for key in function.optional)))
        return given, f"write {name}({form})"
    return given, ""


@dataclass(slots=True)
class _Cursor:
    """Finds columns, which Jinja's tree does not have: words are met in the order of the page."""

    source: Source
    line: int = 0
    column: int = 0

    def find(self, line: int, word: str) -> tuple[int, int]:
        text = self._text(line)
        start = self.column if line == self.line else 0
        found = re.compile(rf"(?<!\w){re.escape(word)}").search(text, start)
        self.line, self.column = line, found.end() if found else start
        return line, (found.start() if found else 0) + 1

    def problem(self, line: int, word: str, message: str) -> Problem:
        return self.at(self.find(line, word), message)

    def at(self, place: tuple[int, int], message: str) -> Problem:
        line, column = place
        return Problem(self.source.file, line, column, "", message, self._text(line))

    def _text(self, line: int) -> str:
        lines = self.source.text.split("\n")
        return lines[line - 1].rstrip("\r") if 0 < line <= len(lines) else ""


def _at(source: Source, line: int, pattern: re.Pattern[str], message: str) -> Problem:
    lines = source.text.split("\n")
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    found = pattern.search(text)
    return Problem(source.file, line, (found.start() if found else 0) + 1, "", message, text)
