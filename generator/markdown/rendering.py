"""Pages → Markdown: generated pages from templates, hand-written ones with their references."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from generator.charts import Chart, Svg
from generator.markdown.escaping import neutral, quoted, title
from generator.markdown.names import CLAIM_PATH, FILTER_PATH, Names
from generator.markdown.sources import Source
from generator.pages.parts import ClaimCard, FilterCard
from generator.pages.records import Page, Site
from generator.pages.views import LayerView
from generator.pages.words import NONE, amount, fixed, probability


class Renderer:
    """Turns the pages of one site into Markdown.

    Parameters
    ----------
    site:
        What there is to show.
    names:
        What hand-written pages may refer to.
    templates:
        The folder of ``*.md.j2``.
    draw:
        Draws a chart; the caller may keep what was drawn.
    """

    def __init__(
        self, site: Site, names: Names, *, templates: Path, draw: Callable[[Chart], Svg]
    ) -> None:
        self._site = site
        self._names = names
        self._numbers = json.loads(site.results)
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
        self._authored = SandboxedEnvironment(
            undefined=StrictUndefined, finalize=neutral, keep_trailing_newline=True
        )

    def generated(self, page: Page) -> str:
        """The Markdown of a page of the report's own, front matter first."""
        body = self._part(page.template, page.path, page=page, view=page.view)
        head = {"title": quoted(title(page.title)), "description": quoted(title(self._site.title))}
        lines = "".join(f"{key}: {value}\n" for key, value in head.items())
        hidden = f"hide: [{', '.join(page.hide)}]\n" if page.hide else ""
        return f"---\n{lines}{hidden}---\n\n{body}\n"

    def authored(self, source: Source) -> str:
        """The Markdown of a hand-written page, its references filled in."""

        def part(name: str, **values: object) -> Markup:
            return self._part(f"parts/{name}.md.j2", source.path, **values)

        functions: dict[str, Callable[..., Markup]] = {
            "figure": lambda layer, filter, caption="": part(  # noqa: A006 - the page's own word
                "figure", card=self._filter(layer, filter), caption=caption
            ),
            "gallery": lambda layer, caption="": part(
                "gallery", layer=self._layer(layer), caption=caption
            ),
            "claim": lambda id: part("claim", card=self._claim(id)),  # noqa: A006
            "verdict": lambda id: part("verdict", card=self._claim(id)),  # noqa: A006
            "number": lambda path, digits=None: neutral(self.number(path, digits)),
            "authors": lambda: part("authors", authors=self._site.home.authors),
        }
        return self._authored.from_string(source.text, globals=functions).render()

    def number(self, path: str, digits: int | None = None) -> str:
        """A number of results.json in the form that the whole site uses; a dash for none."""
        value = self._value(path)
        if not isinstance(value, int | float) or isinstance(value, bool):
            return NONE
        if digits is not None:
            return fixed(float(value), digits)
        if isinstance(value, int):
            return str(value)
        last = path.rsplit(".", 1)[-1]
        if last in ("p", "p_holm"):
            return probability(value)
        return amount(value) if last == "activation" else fixed(value)

    def _value(self, path: str) -> object:
        if found := CLAIM_PATH.fullmatch(path):
            listed = self._numbers["claims"]
            value = next(each for each in listed if each["id"] == found["id"])
        elif found := FILTER_PATH.fullmatch(path):
            place = (self._names.layers[found["layer"]], int(found["filter"]))
            listed = self._numbers["filters"]
            value = next(each for each in listed if (each["layer"], each["filter"]) == place)
        else:
            raise KeyError(path)
        for key in found["rest"].split("."):
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def _part(self, template: str, path: str, **values: object) -> Markup:
        folder = posixpath.dirname(path) or "."

        def url(target: str) -> Markup:
            return Markup(quote(posixpath.relpath(target, folder)))  # noqa: S704 - quoted

        text = self._templates.get_template(template).render(url=url, **values)
        return Markup(text.strip())  # noqa: S704 - every value in it went through neutral()

    def _layer(self, name: str) -> LayerView:
        layer = self._names.layers[name]
        return next(each for each in self._site.home.layers if each.module == layer)

    def _filter(self, layer: str, filter_index: int) -> FilterCard:
        cards = self._layer(layer).cards
        return next(card for card in cards if card.filter == filter_index)

    def _claim(self, claim: str) -> ClaimCard:
        return next(card for card in self._site.home.claims if card.id == claim)
