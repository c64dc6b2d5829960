"""Checks every link, anchor, image and script of the site."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from generator.markdown import elements
from generator.site.page_weight import Scale
from generator.system.glob import below

CSS_URL = re.compile(r"""url\(\s*['"]?([^'")]+)['"]?\s*\)|@import\s+['"]([^'"]+)['"]""")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong on a built page; ``element`` is its opening tag."""

    page: str
    element: str
    message: str

    def __str__(self) -> str:
        return f"{self.page}: {self.message}: {self.element}"


@dataclass(frozen=True, slots=True)
class _PageFacts:
    ids: frozenset[str]
    loaded: tuple[str, ...]  # addresses of what is loaded before anything is scrolled
    targets: tuple[tuple[str, str, bool], ...]  # element, address, is it a resource
    faults: tuple[Fault, ...] = field(default=())


def check_site(root: Path) -> tuple[Fault, ...]:
    """Everything that is wrong in a folder of HTML, in the order of its pages.

    Links, anchors, images, ``srcset``, scripts and style sheets have to lead to files of the
    folder, spelled exactly so; resources of other hosts, absolute paths, missing alternative texts
    or sizes, ids that occur twice, handlers of events inside the page and pages that are too heavy
    are faults. Ordinary links to other sites are not.
    """
    files = {p.relative_to(root).as_posix() for p in below(root) if p.is_file()}
    pages = {name: _read(root / name, name) for name in sorted(files) if name.endswith(".html")}
    faults: list[Fault] = []
    scale = Scale(root)
    for name, facts in pages.items():
        faults.extend(facts.faults)
        first = {_resolve(name, unquote(urlsplit(each).path)) for each in facts.loaded}
        if heavy := scale.fault(name, first):
            faults.append(Fault(name, "the page", heavy))
        for element, address, is_resource in facts.targets:
            message = _address_fault(name, address, is_resource, files, pages)
            if message:
                faults.append(Fault(name, element, message))
    faults.extend(_style_faults(root, files))
    return tuple(faults)


def _read(path: Path, name: str) -> _PageFacts:
    tree = LexborHTMLParser(path.read_text(encoding="utf-8"))
    ids: set[str] = set()
    targets: list[tuple[str, str, bool]] = []
    faults: list[Fault] = []
    for node in tree.css("*"):
        attributes = node.attributes
        identity = attributes.get("id")
        if identity is not None:
            if identity in ids:
                faults.append(Fault(name, _tag(node), f"the id {identity!r} occurs twice"))
            ids.add(identity)
        if node.tag == "a" and (old := attributes.get("name")):
            ids.add(old)
        faults.extend(Fault(name, _tag(node), message) for message in _node_faults(node))
        targets.extend((_tag(node), *target) for target in elements.targets(node))
    return _PageFacts(frozenset(ids), _loaded(tree), tuple(targets), tuple(faults))


def _node_faults(node: LexborNode) -> list[str]:
    attributes, faults = node.attributes, elements.handlers(node)
    if node.tag != "img":
        return faults
    if attributes.get("alt") is None:
        faults.append(elements.NO_ALT)
    if not (attributes.get("width") and attributes.get("height")):
        faults.append("an image without width and height, so that the page would jump")
    return faults


def _loaded(tree: LexborHTMLParser) -> tuple[str, ...]:
    """Styles, scripts and the pictures that do not wait until they are scrolled to."""
    nodes = tree.css('link[rel="stylesheet"], script[src], img:not([loading="lazy"])')
    addresses = (node.attributes.get("href") or node.attributes.get("src") for node in nodes)
    return tuple(each for each in addresses if each and not each.startswith("data:"))


def _tag(node: LexborNode) -> str:
    written = node.html or ""
    head = written[: written.find(">") + 1]
    return head if len(head) <= 200 else head[:199] + "…"


def _address_fault(
    page: str, address: str, is_resource: bool, files: set[str], pages: dict[str, _PageFacts]
) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return f"{address!r} is not an address"
    if parts.scheme or parts.netloc:
        return elements.outside_fault(address, parts.scheme, is_resource)
    if parts.path.startswith("/"):
        return f"{address!r} is an absolute path"
    if not address and is_resource:
        return "an empty address"
    return _inside_fault(page, parts, files, pages)


def _inside_fault(
    page: str, parts: SplitResult, files: set[str], pages: dict[str, _PageFacts]
) -> str:
    address = parts.geturl()
    target = _resolve(page, unquote(parts.path)) if parts.path else page
    if target not in files:
        return f"{address!r} leads to no file"
    anchor = unquote(parts.fragment)
    if anchor and target in pages and anchor not in pages[target].ids | {"top"}:
        return f"{address!r} leads to no such place on its page"
    return ""


def _resolve(page: str, path: str) -> str:
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(page), path))
    return posixpath.join(joined, "index.html") if path.endswith("/") else joined


def _style_faults(root: Path, files: set[str]) -> list[Fault]:
    faults = []
    for name in sorted(each for each in files if each.endswith(".css")):
        text = (root / name).read_text(encoding="utf-8")
        for match in CSS_URL.finditer(text):
            address = match[1] or match[2]
            if address.startswith(("data:", "#")):
                continue
            message = _address_fault(name, address, True, files, {})
            if message:
                faults.append(Fault(name, match[0], message))
    return faults
