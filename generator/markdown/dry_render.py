"""A hand-written page rendered before anything else is: its places, links and images.

Calls give the elements that others may refer to, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from markdown.treeprocessors import Treeprocessor
from markupsafe import Markup
from selectolax.lexbor import LexborHTMLParser, LexborNode

from generator.markdown import elements
from generator.markdown.extensions import parser
from generator.markdown.fill import fill
from generator.markdown.footnotes import NOTES, has_notes
from generator.markdown.html_tags import KNOWN
from generator.markdown.page_files import PageFile
from generator.markdown.references import outline
from generator.markdown.signatures import FUNCTIONS

MARK = "data-from-markdown"  # on links and images that Markdown made of its own signs
BLOCKS = ("authors", "citation", "claim")


@dataclass(frozen=True, slots=True)
class Target:
    """An address on a page; MkDocs translates those that ``is_markdown`` tells from raw HTML.

    ``is_resource`` where the page loads what is there.
    """

    address: str
    is_resource: bool
    is_markdown: bool


@dataclass(frozen=True, slots=True)
class ImageTag:
    """An image on a page; ``alt`` is None where it has no alternative text."""

    source: str
    alt: str | None
    width: str | None
    height: str | None


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What of a rendered page can be referred to, and what it refers to.

    ``duplicate_ids`` occur more than once; ``faults`` say what no element may be or have, each with
    the text by which it is found in the source.
    """

    ids: frozenset[str] = frozenset()
    duplicate_ids: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()
    images: tuple[ImageTag, ...] = ()
    faults: tuple[tuple[str, str], ...] = ()


def render(page: PageFile) -> PageFacts:
    """Render a page that has passed the check of its calls."""
    text = fill(page, _stand_ins()) + _appendix(page)
    markdown = parser()
    markdown.treeprocessors.register(_Mark(markdown), "mark", 0)
    nodes = LexborHTMLParser(markdown.convert(text)).css("body *")
    ids = [name for node in nodes for name in _names(node)]
    return PageFacts(
        ids=frozenset(ids),
        duplicate_ids=tuple(dict.fromkeys(_duplicates(nodes))),
        targets=tuple(_target(node, *each) for node in nodes for each in elements.targets(node)),
        images=tuple(_image(node) for node in nodes if node.tag == "img"),
        faults=tuple(fault for node in nodes for fault in _faults(node)),
    )


class _Mark(Treeprocessor):  # type: ignore[misc] # it has no types
    """Marks links and images that Markdown made, as MkDocs sees only those."""

    def run(self, root: Any) -> None:
        for element in root.iter():
            if element.tag in ("a", "img"):
                element.set(MARK, "")


def _stand_ins() -> dict[str, Callable[..., Markup]]:
    """Functions of pages that give as much as links need."""
    return {
        name: _figure if function.numbered else _block if name in BLOCKS else _words
        for name, function in FUNCTIONS.items()
    }


def _figure(*_: object, id: str = "", **__: object) -> Markup:  # noqa: A002 - its word
    return Markup(f'<figure id="{id}"></figure>' if id else "<figure></figure>")  # noqa: S704


def _block(*_: object, **__: object) -> Markup:
    return Markup("<div></div>")


def _words(*_: object, **__: object) -> Markup:
    return Markup("0")


def _appendix(page: PageFile) -> str:
    """The headings at the end of the page, as it gets them when it is written."""
    notes = "\n\n## Notes { #notes }\n\n" + NOTES
    listed = "\n\n## References { #references }\n\n"
    return (notes if has_notes(page) and NOTES not in page.body else "") + (
        listed if outline(page).cited else ""
    )


def _names(node: LexborNode) -> list[str]:
    names = (node.attributes.get("id"), node.attributes.get("name") if node.tag == "a" else None)
    return [name for name in names if name]


def _duplicates(nodes: list[LexborNode]) -> list[str]:
    seen: set[str] = set()
    duplicates = []
    for name in (node.attributes.get("id") for node in nodes):
        if name is not None and name in seen:
            duplicates.append(name)
        seen.add(name or "")
    return duplicates


def _target(node: LexborNode, address: str, is_resource: bool) -> Target:
    return Target(address, is_resource, MARK in node.attributes)


def _image(node: LexborNode) -> ImageTag:
    given = node.attributes
    return ImageTag(
        given.get("src") or "", given.get("alt"), given.get("width"), given.get("height")
    )


def _faults(node: LexborNode) -> list[tuple[str, str]]:
    found = [(fault, fault.rpartition(" ")[2]) for fault in elements.handlers(node)]
    tag = node.tag or ""
    if tag and tag not in KNOWN and "-" not in tag and not _is_within(node, ("svg", "math")):
        message = (
            f"<{tag}> is no element of HTML, so that it would not be seen: write it as `code`, or "
            "&lt; for <"
        )
        found.append((message, f"<{tag}"))
    return found


def _is_within(node: LexborNode, tags: tuple[str, ...]) -> bool:
    above = node
    while above is not None:
        if above.tag in tags:
            return True
        above = above.parent  # type: ignore[assignment]
    return False
