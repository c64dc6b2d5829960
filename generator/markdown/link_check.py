"""Links and images of hand-written pages, checked against the site that they will be part of."""

from __future__ import annotations

import difflib
import posixpath
import re
from collections.abc import Iterator, Mapping
from html import escape
from urllib.parse import SplitResult, quote, unquote, urlsplit

from generator.errors import Problem
from generator.images.sizes import SizeError, UnsizedError, data_of, fit, measure
from generator.markdown import elements
from generator.markdown.call_parser import Places, without_calls
from generator.markdown.dry_render import ImageTag, PageFacts, Target
from generator.markdown.page_files import LinkedFile, PageFile, PageFolder
from generator.markdown.prose import without_code
from generator.markdown.site_files import SiteFiles


class Site:
    """Every page and file that there will be: the user's own, and the report's."""

    def __init__(self, shelf: PageFolder, files: SiteFiles, facts: Mapping[str, PageFacts]) -> None:
        self._files = files
        self._facts = facts
        self.pages = {page.path for page in shelf.pages}
        self.beside = {each.path: each for each in shelf.beside}

    def holds(self, path: str) -> bool:
        """Whether there will be a Markdown page or a file at that path."""
        return path in self.pages or path in self.beside or self._files.holds(path)

    def source_of(self, path: str) -> str:
        """The page behind a path of the finished site, or the path itself."""
        stem, ending = posixpath.splitext(path)
        if ending != ".html":
            return "" if ending == ".md" else path
        folder, name = posixpath.split(stem)
        readme = posixpath.join(folder, "README.md")
        return readme if name == "index" and readme in self.pages else f"{stem}.md"

    def near(self, path: str) -> str:
        """A path that may have been meant; empty if none comes near."""
        known = [*self.pages, *self.beside, *self._files.templates, *self._files.files]
        guesses = (
            posixpath.join(path, "index.md"),
            f"{path}.md",
            f"{path.removesuffix('.html')}.md",
        )
        if meant := next((each for each in guesses if self.holds(each)), ""):
            return meant
        folded = {each.casefold(): each for each in known}
        close = difflib.get_close_matches(path.casefold(), folded, n=1, cutoff=0.75)
        return folded[close[0]] if close else ""

    def has_place(self, page: str, anchor: str) -> bool:
        """Whether a page has a place of that name, as far as it is known."""
        if page in self.pages:
            return page not in self._facts or anchor in self._facts[page].ids
        return self._files.has_place(page, anchor)

    def places(self, page: str) -> frozenset[str]:
        """The ids of a hand-written page."""
        return self._facts[page].ids if page in self._facts else frozenset()


class Finder:
    """Finds where an address is written on a page: each time the next place of it."""

    def __init__(self, page: PageFile) -> None:
        self._text = without_code(without_calls(page))
        self._places = Places(page)
        self._next: dict[str, int] = {}

    def place(self, written: str) -> tuple[int, int]:
        """Line and column of the next place of a text; 0, 0 if it is not to be found."""
        for form in dict.fromkeys((written, escape(written), unquote(written), quote(written))):
            pattern = re.compile(rf"(?<![\w./#-]){re.escape(form)}(?![\w/-])")
            start = self._next.get(form, 0)
            if form and (match := pattern.search(self._text, start) or pattern.search(self._text)):
                self._next[form] = match.end()
                return self._places(match.start())
        return 0, 0


def link_problems(page: PageFile, facts: PageFacts, site: Site) -> Iterator[Problem]:
    """Everything that is wrong with a page's links, images and ids."""
    finder = Finder(page)
    images = Finder(page)

    def problem(message: str, place: tuple[int, int]) -> Problem:
        return page.text.problem(*place, message)

    for target in facts.targets:
        place = finder.place(target.address)
        if message := _target_fault(page.path, target, site):
            yield problem(message, place)
    for image in facts.images:
        place = images.place(image.source)
        yield from (problem(message, place) for message in _image_faults(page.path, image, site))
    for name in facts.duplicate_ids:
        message = f"the id {name!r} occurs twice on this page: links to it are ambiguous"
        yield problem(message, _second(page, name))
    for message, written in facts.faults:
        yield problem(message, _first(page, written))


def _first(page: PageFile, written: str) -> tuple[int, int]:
    match = re.search(re.escape(written), without_calls(page), re.IGNORECASE)
    return Places(page)(match.start()) if match else (0, 0)


def _second(page: PageFile, name: str) -> tuple[int, int]:
    """Where an id is written for the second time."""
    pattern = re.compile(rf"""(?:#|\bid\s*=\s*["']?){re.escape(name)}(?![\w-])""")
    found = [match.start() for match in pattern.finditer(without_code(without_calls(page)))]
    return Places(page)(found[min(1, len(found) - 1)]) if found else (0, 0)


def _target_fault(page: str, target: Target, site: Site) -> str:
    address = target.address
    try:
        parts = urlsplit(address)
    except ValueError:
        return f"{address!r} is not an address"
    if parts.scheme or parts.netloc:
        return elements.outside_fault(address, parts.scheme, target.is_resource)
    if address.startswith(("/", "\\")):
        return f"{address!r} is an absolute path: count from the folder of this page"
    if not address:
        return "an empty address" if target.is_resource else "this link has no address"
    return _inside_fault(page, target, parts, site)


def _inside_fault(page: str, target: Target, parts: SplitResult, site: Site) -> str:
    """What is wrong with an address within the site."""
    anchor = unquote(parts.fragment)
    if anchor == "top" and not target.is_markdown:
        anchor = ""  # browsers know it; MkDocs does not
    if not parts.path:
        return _anchor_fault(page, page, anchor, target.address, site)
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path)))
    source = path
    if not target.is_markdown:  # raw HTML names files of the site that is built
        folder = parts.path.endswith("/")
        source = site.source_of(posixpath.join(path, "index.html") if folder else path)
    if not source or not site.holds(source):
        return _missing(page, path, target, site)
    return _anchor_fault(page, source, anchor, target.address, site)


def _missing(page: str, path: str, target: Target, site: Site) -> str:
    near = site.near(path)
    if near and not target.is_markdown:
        near = near.removesuffix(".md") + ".html" if near.endswith(".md") else near
    hint = f": write {posixpath.relpath(near, posixpath.dirname(page) or '.')}" if near else ""
    if not near and "@" in target.address and "/" not in target.address:
        hint = f": write mailto:{target.address}"
    return f"{target.address!r} leads to no page and no file{hint}"


def _anchor_fault(page: str, target: str, anchor: str, address: str, site: Site) -> str:
    if not anchor or not target.endswith(".md") or site.has_place(target, anchor):
        return ""
    near = difflib.get_close_matches(anchor, site.places(target), n=1, cutoff=0.6)
    hint = f" (did you mean #{near[0]}?)" if near else ""
    where = "this page" if page == target else target
    return f"{address!r} leads to no such place on {where}{hint}"


def _image_faults(page: str, image: ImageTag, site: Site) -> Iterator[str]:
    if image.alt is None:
        yield f'{elements.NO_ALT}: say in alt="…" what it shows'
    if message := _size_fault(page, image, site):
        yield message


def _size_fault(page: str, image: ImageTag, site: Site) -> str:
    """Why the size of an image is not known; empty if it is, or if there is no such image."""
    natural: tuple[float, float] | None = (1, 1)
    reason = ""
    try:
        if (data := _data(page, image.source, site)) is not None:
            natural = measure(data)
    except UnsizedError as error:
        natural, reason = None, str(error)
    except SizeError as error:
        return f"the image {image.source[:60]!r} {error}"
    try:
        fit(image.width, image.height, natural)
    except UnsizedError:
        return f"the image {image.source[:60]!r} {reason}"
    except SizeError as error:
        return f"the image {image.source[:60]!r} {error}"
    return ""


def _data(page: str, source: str, site: Site) -> bytes | None:
    """The bytes of an image that lies beside the pages, or in its own address."""
    if source.startswith("data:"):
        return data_of(source)
    try:
        path = unquote(urlsplit(source).path)
    except ValueError:
        return None
    found = site.beside.get(posixpath.normpath(posixpath.join(posixpath.dirname(page), path)))
    return found.data if isinstance(found, LinkedFile) and path else None
