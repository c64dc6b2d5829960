"""LaTeX formulas → MathML, by math-core; what it cannot read is refused with its place."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html import unescape

from math_core import LatexError, LatexToMathML
from pylatexenc.latex2text import get_default_latex_context_db

LONGEST = 2_000  # characters of a formula: the parser's stack ends at some thousand levels
PREFIX = "eq-"  # of the ids that \label gives
PLACE = re.compile(r"(?:input\d+:)?(?P<offset>\d+): (?P<message>.*)", re.DOTALL)
UNKNOWN = re.compile(r'Unknown (?P<kind>command|environment) "(?P<name>[^"]*)"')
DEFINES = re.compile(r"\\(?:def|let|(?:re)?newcommand|providecommand|newenvironment)(?![A-Za-z])")
TAG = re.compile(r"(<[^>]*>)")
NUMERAL = re.compile(r"[\d.,\s−+×<>=≤≥-]*")
TEXT = re.compile(r"[^\w\s.,:;−–—()+/<>=≤≥×-]")  # in a value that is no number
ENVIRONMENTS = (
    *("align", "align*", "aligned", "alignat", "alignat*", "alignedat", "array", "bmatrix"),
    *("Bmatrix", "cases", "dcases", "equation", "equation*", "gather", "gather*", "gathered"),
    *("matrix", "multline", "multline*", "pmatrix", "rcases", "split", "vmatrix", "Vmatrix"),
)
NO_DEFINITIONS = "commands cannot be defined in a formula: write it out"


@dataclass(frozen=True, slots=True)
class LatexFault:
    """Why a formula cannot be read, and how many characters stand before that place."""

    offset: int
    message: str


def latex_fault(latex: str) -> LatexFault | None:
    """What keeps a formula from being read; None if nothing does."""
    if len(latex) > LONGEST:
        return LatexFault(0, f"a formula has at most {LONGEST} characters: divide it")
    if found := DEFINES.search(latex):
        return LatexFault(found.start(), NO_DEFINITIONS)
    if not latex.strip():
        return LatexFault(0, "this formula is empty: write something, or remove its signs")
    try:
        _converter().convert_with_local_state(latex, displaystyle=True)
    except LatexError as error:
        return _fault(str(error))
    return None


def to_mathml(formulas: Sequence[tuple[str, bool]]) -> list[str]:
    r"""The formulas of one page as MathML that Markdown cannot change; each is sound.

    Parameters
    ----------
    formulas:
        LaTeX without its signs, and whether it is displayed. Numbers of equations, ``\label`` and
        ``\eqref`` count through all of them.
    """
    return [_protected(_with_lines(each)) for each in _converter().convert_all(list(formulas))]


def value_latex(value: str) -> str:
    """A number of the report within a formula; text of it stays text."""
    text = unescape(TAG.sub("", value)).replace("\u2212", "-")
    if NUMERAL.fullmatch(text.replace("%", "")):
        return "{" + text.replace("%", r"\%") + "}"
    return rf"\text{{{TEXT.sub(' ', text).replace('_', ' ')}}}"


@cache
def _converter() -> LatexToMathML:
    return LatexToMathML(fancy_error=False, max_expansions=0, id_prefix=PREFIX)


def _fault(error: str) -> LatexFault:
    found = PLACE.fullmatch(error)
    offset, message = (int(found["offset"]), found["message"]) if found else (0, error)
    message = message.rstrip(".").replace("[*]", "")
    message = message[:1].lower() + message[1:]
    if unknown := UNKNOWN.search(error):
        near = _near(unknown["name"], unknown["kind"])
        message = f"unknown {unknown['kind']} {unknown['name']}{near}"
    return LatexFault(offset, f"this formula cannot be read: {message}")


def _near(name: str, kind: str) -> str:
    known = ENVIRONMENTS if kind == "environment" else _commands()
    close = difflib.get_close_matches(name, known, n=20, cutoff=0.6)
    readable = [each for each in close if kind == "environment" or _is_readable(each)][:3]
    return f" (did you mean {' or '.join(readable)}?)" if readable else ""


@cache
def _commands() -> tuple[str, ...]:
    """Commands of LaTeX by name; math-core does not list those that it knows."""
    specs = get_default_latex_context_db().iter_macro_specs()
    names = {str(spec.macroname) for spec in specs if spec.macroname.isalpha()}
    return tuple(f"\\{name}" for name in sorted(names | set(FURTHER)))


FURTHER = (
    *("frac", "dfrac", "tfrac", "sqrt", "binom", "left", "right", "middle", "begin", "end", "text"),
    *("mathbf", "mathbb", "mathcal", "mathfrak", "mathrm", "mathsf", "mathit", "boldsymbol", "bm"),
    *("operatorname", "overline", "underline", "overbrace", "underbrace", "overset", "underset"),
    *("hat", "widehat", "tilde", "bar", "vec", "dot", "ddot", "eqref", "label", "tag"),
    *("lVert", "rVert", "lvert", "rvert", "langle", "rangle", "lfloor", "rfloor", "lceil", "rceil"),
    *("argmax", "argmin", "log", "exp", "max", "min", "lim", "sup", "inf", "det", "ker", "Pr"),
)


def _is_readable(command: str) -> bool:
    try:
        _converter().convert_with_local_state(command, displaystyle=True)
    except LatexError as error:
        return "Unknown command" not in str(error)
    return True


def _with_lines(mathml: str) -> str:
    """Lines above and below as signs that browsers put in their place; U+0332 stands beside."""
    above = mathml.replace("\u0332</mo></mover>", "\u203e</mo></mover>")
    return above.replace("\u0332</mo></munder>", "_</mo></munder>")


def _protected(mathml: str) -> str:
    """MathML whose texts are written as references, which Markdown hands on untouched."""
    parts = TAG.split(mathml)
    return "".join(
        part if at % 2 else "".join(_characters(unescape(part))) for at, part in enumerate(parts)
    )


def _characters(text: str) -> Iterator[str]:
    return (f"&#{ord(each)};" if each.isascii() else each for each in text)
