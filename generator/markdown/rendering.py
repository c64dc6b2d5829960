"""Generated pages → Markdown, from Jinja templates."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from generator.markdown.bibliography import Bibliography
from generator.markdown.escaping import neutral, quoted, title
from generator.markdown.handwritten import Author, Drift
from generator.markdown.lookup import Lookup
from generator.markdown.names import Names
from generator.markdown.page_files import PageFile
from generator.pages.charts import Chart, Svg
from generator.pages.descriptions import summary
from generator.pages.page import Page, Site

# The site's search reads a page without its tags: what stands in two cells must not become a word.
CELLS = re.compile(r"(</(?:td|th|dt|dd|li|caption)>)(?=<)")


class Renderer:
    """Turns the pages of one site into Markdown.

    Parameters
    ----------
    site:
        What there is to show.
    names:
        What hand-written pages may refer to.
    library:
        What they may cite.
    templates:
        The folder of ``*.md.j2``.
    draw:
        Draws a chart; the caller may keep what was drawn.
    """

    def __init__(
        self,
        site: Site,
        names: Names,
        *,
        templates: Path,
        draw: Callable[[Chart], Svg],
        library: Bibliography | None = None,
    ) -> None:
        self._site = site
        self._templates = SandboxedEnvironment(
            loader=FileSystemLoader(templates),
            undefined=StrictUndefined,
            autoescape=True,
            finalize=neutral,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._templates.globals |= {"draw": draw}
        self._author = Author(Lookup(site, names), library or Bibliography(), self._part)

    def generated(self, page: Page) -> str:
        """The Markdown of a page of the report's own, front matter first."""
        body = self._part(page.template, page.path, page=page, view=page.view)
        head = {"title": quoted(title(page.title)), "description": quoted(title(summary(page)))}
        lines = "".join(f"{key}: {value}\n" for key, value in head.items())
        hidden = f"hide: [{', '.join(page.hide)}]\n" if page.hide else ""
        hidden += "" if page.searched else "search: {exclude: true}\n"
        return f"---\n{lines}{hidden}---\n\n{body}\n"

    def authored(self, source: PageFile) -> tuple[str, tuple[Drift, ...]]:
        """The Markdown of a hand-written page, and where the data has left its text behind."""
        return self._author.write(source)

    def _part(self, template: str, path: str, /, **values: object) -> Markup:
        folder = posixpath.dirname(path) or "."

        def url(target: str) -> Markup:
            return Markup(quote(posixpath.relpath(target, folder)))  # noqa: S704 - quoted

        text = self._templates.get_template(template).render(url=url, **values)
        apart = CELLS.sub(r"\1 ", text.strip())
        return Markup(apart)  # noqa: S704 - every value in it went through neutral()
