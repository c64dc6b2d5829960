r"""Formulas on hand-written pages: found between their signs, and kept to the letter.

``$…$``, ``\(…\)``, ``$$…$$``, ``\[…\]`` and ``\begin{…}…\end{…}`` hold formulas. Markdown would
take ``_`` for emphasis and ``\\`` for one backslash, so that they are written as text that it
cannot change. Whether a place is prose or code, Markdown itself says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from generator.markdown.prose import blank, replace_spans, visible_spans, without_code
from generator.pages.escaping import REFERENCES

CALL = r"\x01\d+\x04"  # what stands in for a call while Markdown is prepared
INNER = r"(?:(?!\n[ \t>]*\n).)+?"  # a formula ends with its paragraph
FORMULA = re.compile(
    rf"""
      (?<![\\$])\$\$(?!\$)(?P<display>{INNER})\$\$(?!\$)
    | (?<!\\)\\\[(?P<brackets>{INNER})(?<!\\)\\\]
    | (?<!\\)\\\((?P<round>{INNER})(?<!\\)\\\)
    | (?<!\\)\\begin\{{(?P<name>[A-Za-z]+\*?)\}}{INNER}\\end\{{(?P=name)\}}
    | (?<![\\$])\$(?![\s$])(?P<inline>(?:\\.|(?!\n[ \t>]*\n)(?!\]\()[^\\$])+?)(?<!\s)\$(?![\d$\x01])
    """,
    re.VERBOSE | re.DOTALL,
)
ESCAPED = re.compile(r"(?<!\\)\\\$")
COMMENT = re.compile(r"\{#[^{}\n]*#\}")  # Jinja's, which attr_list would take for attributes
LIKE_A_FORMULA = re.compile(r"[\\^_{=]")  # `\[note\]` is a pair of brackets
SIGN = re.compile(r"(?<!\\)(?:\$\$|\\\(|\\\)|\\begin\{[A-Za-z]+\*?\}|\\end\{[A-Za-z]+\*?\})")
QUOTE = re.compile(r"[ \t]*>[ \t>]*")
ENDS = {"$$": "$$", r"\(": r"\)", r"\)": r"\("}


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula in a text: from ``start`` up to ``end``, its signs included."""

    start: int
    end: int
    source: str
    display: bool


@dataclass(frozen=True, slots=True)
class UnpairedSign:
    """A sign that begins or ends a formula, without its counterpart in the same paragraph."""

    offset: int
    sign: str

    @property
    def message(self) -> str:
        """What is wrong, and what to write."""
        other = ENDS.get(self.sign) or re.sub("begin|end", self._other, self.sign)
        return (
            f"a formula has {self.sign} and no {other} in the same paragraph: add it, or put what "
            "is no formula in `code`"
        )

    @staticmethod
    def _other(word: re.Match[str]) -> str:
        return "end" if word[0] == "begin" else "begin"


def find_formulas(text: str) -> tuple[Formula, ...]:
    """The formulas of a Markdown text, as far as they stand in its prose."""
    found = [_formula(each, text) for each in _candidates(text)]
    in_prose = visible_spans(text, [(each.start, each.end) for each in found])
    return tuple(each for each, visible in zip(found, in_prose, strict=True) if visible)


def without_formulas(text: str) -> str:
    """A Markdown text with code and formulas blanked, offsets unchanged."""
    plain = without_code(text)
    return replace_spans(plain, [each.span() for each in _candidates(text)], blank)


def find_unpaired(text: str) -> tuple[UnpairedSign, ...]:
    """Signs of formulas that Markdown would change, as they begin or end none."""
    rest = without_formulas(text)
    found = [UnpairedSign(each.start(), each[0]) for each in SIGN.finditer(rest)]
    visible = visible_spans(text, [(each.offset, each.offset + len(each.sign)) for each in found])
    return tuple(each for each, is_visible in zip(found, visible, strict=True) if is_visible)


def protect(text: str) -> str:
    r"""A Markdown text whose formulas, ``\$`` and ``{#…#}`` are written as mere text."""
    formulas = {each.start: each for each in (_formula(m, text) for m in _candidates(text))}
    rest = without_formulas(text)
    others = [each.span() for sign in (ESCAPED, COMMENT) for each in sign.finditer(rest)]
    spans = sorted([*((each.start, each.end) for each in formulas.values()), *others])
    visible = [span for span, yes in zip(spans, visible_spans(text, spans), strict=True) if yes]
    texts = iter([_plain_text(text, span, formulas.get(span[0])) for span in visible])
    return replace_spans(text, visible, lambda _: next(texts))


def _candidates(text: str) -> Iterator[re.Match[str]]:
    for each in FORMULA.finditer(without_code(text)):
        if (
            each["brackets"] is None
            or _fills_its_lines(text, each)
            or LIKE_A_FORMULA.search(each["brackets"])
        ):
            yield each


def _fills_its_lines(text: str, found: re.Match[str]) -> bool:
    """Whether a formula is all of its lines."""
    before = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
    after = text[found.end() :].split("\n", 1)[0]
    return not before.strip(" \t>") and not after.strip()


def _formula(found: re.Match[str], text: str) -> Formula:
    display = found["inline"] is None and found["round"] is None
    return Formula(found.start(), found.end(), text[found.start() : found.end()], display)


def _plain_text(text: str, span: tuple[int, int], formula: Formula | None) -> str:
    source = text[slice(*span)]
    if formula is None:
        return _references(source.removeprefix("\\"))
    line = text[text.rfind("\n", 0, formula.start) + 1 : formula.start]
    if quote := QUOTE.match(line):  # of `> `, which begins each line of a quotation
        source = source.replace(f"\n{quote[0]}", "\n")
    kind = "fb-formula fb-formula--display" if formula.display else "fb-formula"
    return f'<span class="{kind}">{_references(source)}</span>'


def _references(text: str) -> str:
    """Every sign as a reference, but for calls, which are filled in later."""
    parts = re.split(f"({CALL})", text)
    return "".join(part if at % 2 else part.translate(REFERENCES) for at, part in enumerate(parts))
