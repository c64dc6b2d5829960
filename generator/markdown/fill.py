"""A hand-written page's calls → what they give, with the text around them kept as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from generator.markdown.call_parser import SYNTAX
from generator.markdown.escaping import neutral
from generator.markdown.formulas import CALL, protect
from generator.markdown.page_files import PageFile


def fill(page: PageFile, functions: Mapping[str, Callable[..., Markup]]) -> str:
    """The Markdown of a page's body with what its calls give; formulas are kept to the letter."""
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
    text = protect(jinja.from_string(page.body, globals=dict(functions)).render())
    return re.sub(CALL, lambda found: results[int(found[0][1:-1])], text)
