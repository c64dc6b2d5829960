"""A hand-written page's calls → what they give, with the text around them kept as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from generator.markdown.call_parser import SYNTAX
from generator.markdown.escaping import neutral
from generator.markdown.formulas import CALL, write_formulas
from generator.markdown.mathml import value_latex
from generator.markdown.page_files import PageFile


def fill(page: PageFile, functions: Mapping[str, Callable[..., Markup]]) -> str:
    """The Markdown of a page's body with what its calls give, and its formulas as MathML."""
    results: list[Markup] = []

    def stand_in(value: object) -> Markup:
        results.append(neutral(value))
        return Markup(f"\x01{len(results) - 1}\x04")  # noqa: S704 - signs that no page can hold

    jinja = SandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=True,
        finalize=stand_in,
        keep_trailing_newline=True,
        **SYNTAX,
    )

    def result(call: str) -> Markup:
        return results[int(call[1:-1])]

    text = jinja.from_string(page.body, globals=dict(functions)).render()
    text = write_formulas(text, lambda call: value_latex(result(call)))
    return re.sub(CALL, lambda found: result(found[0]), text)
