"""The functions of hand-written pages and their parameters, as one table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import get_args

from generator.markdown.call_parser import PLAIN, Call, Joined
from generator.markdown.names import Names, near, shown
from generator.markdown.numbers import format_fault
from generator.spec.gates import VerdictCode

MOST_SHOWN = 6  # photographs of one kind that a claim keeps
SIZES = ("small", "medium", "large")
STYLES = ("full", "compact")
WHICH = ("best", "counterexamples", "weakest")
ANCHOR = re.compile(r"[a-z][a-z0-9_-]{0,63}")
INLINE = ("number", "cite", "ref", "verdict")  # what a caption may be put together with

Arguments = dict[str, object]
Fault = tuple[str, object]  # what is wrong, and with which of the values


@dataclass(frozen=True, slots=True)
class Function:
    """A function: its parameters in order; ``rest`` names one that takes any further values.

    ``numbered`` functions show a figure, which has a number and may have an id.
    """

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    rest: str = ""
    numbered: bool = False

    @property
    def form(self) -> str:
        """How it is called, for messages."""
        rest = (self.rest, "…") if self.rest else ()
        return ", ".join((*self.required, *rest, *(f"{key}=…" for key in self.optional)))


FIGURE = ("caption", "id")
FUNCTIONS: dict[str, Function] = {
    "figure": Function(("layer", "filter"), ("recipe", "variant", "size", *FIGURE), numbered=True),
    "growth": Function(("layer", "filter"), FIGURE, numbered=True),
    "gallery": Function(("layer",), ("filters", *FIGURE), numbered=True),
    "photographs": Function(("claim",), ("which", "count", *FIGURE), numbered=True),
    "chart": Function(("claim",), FIGURE, numbered=True),
    "claim": Function(("claim",), ("style",)),
    "verdict": Function(("claim",)),
    "expect": Function(("claim",), rest="code"),
    "number": Function(("path",), ("digits", "format")),
    "ref": Function(("target",)),
    "cite": Function((), rest="key"),
    "authors": Function(),
    "citation": Function(),
}


def arguments(call: Call) -> tuple[Arguments, str]:
    """A call's arguments by their names, and what is wrong with them; values of ``rest`` as one."""
    function = FUNCTIONS[call.name]
    if call.fault:
        return {}, call.fault
    places = function.required if function.rest else function.required + function.optional
    given: Arguments = dict(zip(places, call.positional, strict=False))
    further = call.positional[len(places) :]
    named = dict(call.named)
    known = (*function.required, *function.optional)
    wrong = [key for key in named if key not in known or key in given]
    given |= named
    missing = [key for key in function.required if key not in given]
    if wrong or missing or bool(further) != bool(function.rest):
        near_ = near(wrong[0], known) if wrong and wrong[0] not in known else ""
        return given, f"write {call.name}({function.form}){near_ if '?' in near_ else ''}"
    return given | ({function.rest: further} if further else {}), ""


def faults(given: Arguments, names: Names) -> Iterator[Fault]:
    """What is wrong with the values, as far as the report's names tell."""
    for key, value in given.items():
        if key != "caption" and isinstance(value, Call | Joined):
            yield f"{key} takes {PLAIN}", value
            return
    for key, check in CHECKS.items():
        if key in given:
            yield from check(given, names)


def _layer(given: Arguments, names: Names) -> Iterator[Fault]:
    if fault := names.layer_fault(given["layer"]):
        yield fault, given["layer"]


def _filters(given: Arguments, names: Names) -> Iterator[Fault]:
    if names.layer_fault(given["layer"]):
        return
    for key in ("filter", "filters"):
        if key in given and given[key] == ():
            yield f"{key} is empty: name a filter", given[key]
        for each in _several(given[key]) if key in given else ():
            if fault := names.filter_fault(given["layer"], each):
                yield fault, each


def _pictures(given: Arguments, names: Names) -> Iterator[Fault]:
    """One picture or several of each filter: by recipes, or the variants of the main one."""
    if "recipe" in given and "variant" in given:
        yield "give recipe or variant, not both: variants are of the first recipe", given["variant"]
        return
    key = "recipe" if "recipe" in given else "variant"
    check = names.recipe_fault if key == "recipe" else names.variant_fault
    for filter_ in _several(given.get("filter")):
        for each in _several(given[key]):
            if fault := check(given["layer"], filter_, each):
                yield fault, each


def _several(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def _claim(given: Arguments, names: Names) -> Iterator[Fault]:
    if fault := names.claim_fault(given["claim"]):
        yield fault, given["claim"]


def _path(given: Arguments, names: Names) -> Iterator[Fault]:
    if fault := names.number_fault(given["path"]):
        yield fault, given["path"]
    elif fault := format_fault(given.get("digits"), given.get("format", "plain")):
        yield fault, given.get("format", given.get("digits"))


def _code(given: Arguments, _: Names) -> Iterator[Fault]:
    codes = get_args(VerdictCode)
    for each in _several(given["code"]):
        if each not in codes:
            yield f"unknown verdict {shown(each)}{near(each, codes)}", each


def _one_of(key: str, choices: tuple[str, ...]) -> Callable[[Arguments, Names], Iterator[Fault]]:
    def check(given: Arguments, _: Names) -> Iterator[Fault]:
        if given[key] not in choices:
            yield f"{key} is one of {', '.join(choices)}; found {shown(given[key])}", given[key]

    return check


def _count(given: Arguments, _: Names) -> Iterator[Fault]:
    count = given["count"]
    if type(count) is not int or not 1 <= count <= MOST_SHOWN:
        yield f"count is a whole number from 1 to {MOST_SHOWN}; found {shown(count)}", count


def _id(given: Arguments, _: Names) -> Iterator[Fault]:
    anchor = given["id"]
    if not isinstance(anchor, str) or not ANCHOR.fullmatch(anchor):
        yield (
            f"an id is made of a-z, 0-9, - and _, such as fig-birds; found {shown(anchor)}",
            anchor,
        )


def _caption(given: Arguments, _: Names) -> Iterator[Fault]:
    value = given["caption"]
    parts = value.parts if isinstance(value, Joined) else (value,)
    for part in parts:
        if isinstance(part, Call) and part.name not in INLINE:
            known = ", ".join(f"{name}()" for name in INLINE)
            yield f"a caption may hold {known}; found {part.name}()", part
        elif not isinstance(part, Call | str):
            yield f"a caption is a text; found {shown(part)}", part


CHECKS: dict[str, Callable[[Arguments, Names], Iterator[Fault]]] = {
    "layer": _layer,
    "filter": _filters,
    "filters": _filters,
    "recipe": _pictures,
    "variant": _pictures,
    "claim": _claim,
    "path": _path,
    "code": _code,
    "style": _one_of("style", STYLES),
    "which": _one_of("which", WHICH),
    "size": _one_of("size", SIZES),
    "count": _count,
    "id": _id,
    "caption": _caption,
}
