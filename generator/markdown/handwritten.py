"""Hand-written pages → Markdown: numbers figures, lists references, fills in values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from markupsafe import Markup

from generator.errors import Problem
from generator.markdown.bibliography import Bibliography, Reference
from generator.markdown.call_parser import Call, read_calls
from generator.markdown.citation import bibtex, cited_as
from generator.markdown.escaping import neutral, quoted, title
from generator.markdown.fill import fill
from generator.markdown.footnotes import NOTES, has_notes
from generator.markdown.lookup import Lookup
from generator.markdown.page_files import PageFile
from generator.markdown.references import Outline, outline
from generator.pages.escaping import clean

APPENDIX = "\n\n## {title} {{ #{anchor} }}\n\n"
Drift = Problem


class Part(Protocol):
    """Fills in a template for a page; addresses count from the page's path."""

    def __call__(self, template: str, path: str, /, **values: object) -> Markup: ...


@dataclass(frozen=True, slots=True)
class Cited:
    """A reference with its number, and the places where a page cites it, for links back."""

    number: int
    reference: Reference
    places: tuple[str, ...] = ()


class Author:
    """Writes the hand-written pages of one site."""

    def __init__(self, lookup: Lookup, library: Bibliography, part: Part) -> None:
        self._lookup = lookup
        self._library = library
        self._part = part

    def write(self, page: PageFile) -> tuple[str, tuple[Drift, ...]]:
        """A page's Markdown, front matter first, and where the data has left its text behind."""
        functions = _Functions(self._lookup, self._library, self._part, page)
        body = fill(page, functions.table())
        return f"{self._head(page)}{body}{functions.appendix()}", _drift(page, self._lookup)

    def _head(self, page: PageFile) -> str:
        """The front matter anew: only what was checked, each text made harmless for the theme."""
        head, description = page.head, page.head.description or self._lookup.home.title
        lines = [f"description: {quoted(title(description))}"]
        if head.title:
            lines.insert(0, f"title: {quoted(title(head.title))}")
        if head.hide:
            lines.append(f"hide: [{', '.join(head.hide)}]")
        search = head.search
        if search.exclude or search.boost != 1:
            exclude = str(search.exclude).lower()
            lines.append(f"search: {{exclude: {exclude}, boost: {search.boost}}}")
        return "\n".join(("---", *lines, "---", ""))


class _Functions:
    """The functions of one page, which count its figures and citations as they are met."""

    def __init__(self, lookup: Lookup, library: Bibliography, part: Part, page: PageFile) -> None:
        self._lookup = lookup
        self._template = part
        self._page = page
        self._outline: Outline = outline(page)
        self._figures = 0
        self._cited = {
            key: Cited(number, library.entries[key])
            for number, key in enumerate(self._outline.cited, 1)
        }

    def table(self) -> dict[str, Callable[..., Markup]]:
        """The functions by the names that pages call them by."""
        return {
            "figure": self.figure,
            "growth": self.growth,
            "gallery": self.gallery,
            "photographs": self.photographs,
            "chart": self.chart,
            "claim": self.claim,
            "verdict": lambda claim: self._part("verdict", card=self._lookup.claim(claim)),
            "expect": lambda _claim, *_codes: Markup(),
            "number": lambda path, digits=None, format="plain": neutral(  # noqa: A006 - its word
                self._lookup.number(path, digits, format)
            ),
            "ref": self.ref,
            "cite": self.cite,
            "authors": lambda: self._part("authors", home=self._lookup.home),
            "citation": self.citation,
        }

    def figure(
        self,
        layer: str,
        filter: object,
        recipe: object = None,
        variant: object = None,
        size: str = "medium",
        caption: object = "",
        id: str = "",
    ) -> Markup:
        pictures = self._lookup.pictures(layer, filter, recipe, variant)
        first = self._lookup.filters(layer, filter)[0]
        return self._figure("figure", caption, id, pictures=pictures, size=size, first=first)

    def growth(self, layer: str, filter: int, caption: object = "", id: str = "") -> Markup:
        view = self._lookup.filter_view(layer, filter)
        return self._figure("growth", caption, id, view=view)

    def gallery(
        self, layer: str, filters: object = None, caption: object = "", id: str = ""
    ) -> Markup:
        view = self._lookup.layer(layer)
        cards = view.cards if filters is None else self._lookup.filters(layer, filters)
        return self._figure("gallery", caption, id, layer=view, cards=cards)

    def photographs(
        self, claim: str, which: str = "best", count: int = 4, caption: object = "", id: str = ""
    ) -> Markup:
        shown = self._lookup.photographs(claim, which, count)
        card = self._lookup.claim(claim)
        return self._figure("photographs", caption, id, shown=shown, card=card)

    def chart(self, claim: str, caption: object = "", id: str = "") -> Markup:
        return self._figure("chart", caption, id, view=self._lookup.claim_view(claim))

    def claim(self, claim: str, style: str = "full") -> Markup:
        return self._part("claim", card=self._lookup.claim(claim), compact=style == "compact")

    def ref(self, target: str) -> Markup:
        number = self._outline.figures[target]
        return Markup(f'<a class="fb-ref" href="#{target}">Figure\u00a0{number}</a>')  # noqa: S704 - checked

    def cite(self, *keys: str) -> Markup:
        """Numbers of references in brackets, each with a place to come back to."""
        several = []
        for key in keys:
            cited = self._cited[key]
            place = f"cited-{cited.number}-{len(cited.places) + 1}"
            self._cited[key] = cited = replace(cited, places=(*cited.places, place))
            several.append(cited)
        return self._part("cite", several=tuple(several))

    def citation(self) -> Markup:
        home = self._lookup.home
        return self._part("citation", words=cited_as(home), lines=bibtex(home).splitlines())

    def appendix(self) -> str:
        """Notes and references at the end of the page, where it has any."""
        text = ""
        if has_notes(self._page) and NOTES not in self._page.body:
            text += APPENDIX.format(title="Notes", anchor="notes") + NOTES
        if self._cited:
            listed = self._part("references", cited=tuple(self._cited.values()))
            text += APPENDIX.format(title="References", anchor="references") + listed
        return text + "\n" if text else ""

    def _figure(self, name: str, caption: object, anchor: str, **values: object) -> Markup:
        self._figures += 1
        if isinstance(caption, Markup):  # put together by the page from texts and calls
            caption = Markup(clean(caption))  # noqa: S704 - Jinja escaped its texts
        own = {"number": self._figures, "anchor": anchor, "caption": caption}
        return self._part(name, **own, **values)

    def _part(self, name: str, **values: object) -> Markup:
        return self._template(f"parts/{name}.md.j2", self._page.path, **values)


def _drift(page: PageFile, lookup: Lookup) -> tuple[Drift, ...]:
    """Where a page was written for another verdict than the one that came out."""
    calls = (call for call in read_calls(page)[0] if call.name == "expect")
    return tuple(filter(None, (_departure(page, call, lookup) for call in calls)))


def _departure(page: PageFile, call: Call, lookup: Lookup) -> Drift | None:
    claim, *codes = map(str, call.positional)
    found = lookup.claim(claim).verdict.code
    if found in codes:
        return None
    message = (
        f"this was written for {' or '.join(codes)}, but the claim {claim!r} is {found} now: "
        "read what is said of it again, then change the expectation"
    )
    return page.text.problem(*call.place, message)
