r"""Formulas on hand-written pages: found between their signs, and written as MathML.

``$…$``, ``\(…\)``, ``$$…$$``, ``\[…\]`` and ``\begin{…}…\end{…}`` hold formulas. They are
converted before Markdown, which would take ``_`` for emphasis and ``\\`` for one backslash. Whether
a place is prose or code, Markdown itself says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from generator.markdown.mathml import latex_fault, to_mathml
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
    | (?<!\\)(?P<reference>\\eqref\{{[^{{}}\n]*\}})
    | (?<![\\$])\$(?![\s$])(?P<inline>(?:\\.|(?!\n[ \t>]*\n)(?!\]\()[^\\$])+?)(?<!\s)\$(?![\d$\x01])
    """,
    re.VERBOSE | re.DOTALL,
)
ESCAPED = re.compile(r"(?<!\\)\\\$")
COMMENT = re.compile(r"\{#[^{}\n]*#\}")  # Jinja's, which attr_list would take for attributes
LIKE_A_FORMULA = re.compile(r"[\\^_{=]")  # `\[note\]` is a pair of brackets
SIGN = re.compile(r"(?<!\\)(?:\$\$|\\\(|\\\)|\\begin\{[A-Za-z]+\*?\}|\\end\{[A-Za-z]+\*?\})")
SIGNS = re.compile(r"\$\$?|\\[(\[]")
PRICE = re.compile(r"\d[\d.,]*(?:\s[^\\^_{}=+<>|]*)?[A-Za-z]{2,}[^\\^_{}=+<>|]*")  # `$5 (in US$)`
QUOTE = re.compile(r"[ \t]*>[ \t>]*")
INLINE = 'class="fb-formula"'
DISPLAYED = (  # it scrolls where it is wider than the page
    'class="fb-formula fb-formula--display" tabindex="0" role="group" aria-label="Formula"'
)
LINK = re.compile(r"<math[^>]*><mtext>(?P<link><a [^>]*>[^<]*</a>)</mtext></math>")
ENDS = {"$$": "$$", r"\(": r"\)", r"\)": r"\("}


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula in a text: from ``start`` up to ``end``, its signs included.

    ``latex`` stands between its signs, ``opening`` characters behind ``start``; of a formula in a
    quotation, the ``>`` of each line are blank.
    """

    start: int
    end: int
    source: str
    display: bool
    opening: int
    latex: str


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


def write_formulas(text: str, value: Callable[[str], str] = str) -> str:
    r"""A Markdown text with its formulas as MathML, ``\$`` and ``{#…#}`` as mere text.

    ``value`` gives the LaTeX of a call within a formula.
    """
    formulas = {each.start: each for each in (_formula(m, text) for m in _candidates(text))}
    rest = without_formulas(text)
    others = [each.span() for sign in (ESCAPED, COMMENT) for each in sign.finditer(rest)]
    spans = sorted([*((each.start, each.end) for each in formulas.values()), *others])
    visible = [span for span, yes in zip(spans, visible_spans(text, spans), strict=True) if yes]
    written = _written([formulas[start] for start, _ in visible if start in formulas], value)
    texts = iter([written.get(start) or _plain_text(text[start:end]) for start, end in visible])
    return replace_spans(text, visible, lambda _: next(texts))


def _written(formulas: Sequence[Formula], value: Callable[[str], str]) -> dict[int, str]:
    """The HTML of each formula by its start; what cannot be read is kept to the letter."""
    latex = {each.start: re.sub(CALL, lambda c: value(c[0]), each.latex) for each in formulas}
    sound = [each for each in formulas if latex_fault(latex[each.start]) is None]
    mathml = to_mathml([(latex[each.start], each.display) for each in sound])
    return {each.start: _html(each, markup) for each, markup in zip(sound, mathml, strict=True)}


def _html(formula: Formula, mathml: str) -> str:
    """A formula on the page; a reference alone is a link, which none within <math> may be."""
    if link := LINK.fullmatch(mathml):
        return link["link"]
    return f"<span {DISPLAYED if formula.display else INLINE}>{mathml}</span>"


def _candidates(text: str) -> Iterator[re.Match[str]]:
    for each in FORMULA.finditer(without_code(text)):
        if each["inline"] is not None and PRICE.fullmatch(each["inline"]):
            continue
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
    start, end = found.span()
    signs = SIGNS.match(found[0])
    opening = signs.end() if signs else 0
    latex = text[start + opening : end - opening]
    line = text[text.rfind("\n", 0, start) + 1 : start]
    if quote := QUOTE.match(line):  # of `> `, which begins each line of a quotation
        latex = latex.replace(f"\n{quote[0]}", "\n" + " " * len(quote[0]))
    display = not any(found[each] for each in ("inline", "round", "reference"))
    return Formula(start, end, found[0], display, opening, latex)


def _plain_text(source: str) -> str:
    """Text of which every sign is a reference, but for calls, which are filled in later."""
    parts = re.split(f"({CALL})", source.removeprefix("\\"))
    return "".join(part if at % 2 else part.translate(REFERENCES) for at, part in enumerate(parts))
