"""Reads the folder of hand-written pages."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from generator.errors import Problem, SpecError
from generator.pages.paths import RESERVED
from generator.spec.front_matter import FrontMatter, read_front_matter, split
from generator.spec.text import Text, read_text
from generator.system.files import UnreadableError, raise_if_machine, read_file
from generator.system.glob import below

MOST_TEXT = 1 << 20  # bytes of a page
MOST_BESIDE = 16 << 20  # bytes of a picture beside the pages
MOST_FILES = 2_000
BESIDE = frozenset({".png", ".jpg", ".jpeg", ".webp", ".avif", ".gif", ".svg", ".pdf", ".csv"})


LEFT_OUT = ("404.md", "templates/")  # by MkDocs, which has a use of its own for them
BIBLIOGRAPHY = ".bib"
_CLOSED = "this folder may not be read: give rights to it, or take it out"


@dataclass(frozen=True, slots=True)
class PageFile:
    """A hand-written page.

    Attributes
    ----------
    path:
        Counts from the folder of pages.
    text:
        The whole file, with the name that messages use.
    head:
        The front matter, which takes the first ``skip`` lines.
    """

    path: str
    text: Text = field(repr=False)
    head: FrontMatter = field(default_factory=FrontMatter)
    skip: int = 0

    @property
    def body(self) -> str:
        """Everything below the front matter, with line feeds for line breaks."""
        return "\n".join(self.text.lines[self.skip :])


@dataclass(frozen=True, slots=True)
class LinkedFile:
    """A file that hand-written pages may link to, copied as it is."""

    path: str
    data: bytes = field(repr=False)


Found = PageFile | LinkedFile | Text


@dataclass(frozen=True, slots=True)
class PageFolder:
    """Everything in the folder of pages, and what is wrong with it.

    ``bibliographies`` are the texts of its .bib files.
    """

    pages: tuple[PageFile, ...] = ()
    beside: tuple[LinkedFile, ...] = ()
    bibliographies: tuple[Text, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def has_home(self) -> bool:
        return any(page.path == "index.md" for page in self.pages)


def read_pages(folder: Path | None, root: Path) -> PageFolder:
    """Read the folder of hand-written pages; faults are collected, not raised.

    Parameters
    ----------
    folder:
        The folder, or None where a report has no hand-written pages.
    root:
        The spec's folder: names in messages count from it.
    """
    if folder is None:
        return PageFolder()
    if not folder.is_dir():
        return PageFolder(problems=(_problem(_shown(folder, root), "there is no such folder"),))
    problems: list[Problem] = []
    files = _files(folder, lambda place: problems.append(_problem(_shown(place, root), _CLOSED)))
    if len(files) > MOST_FILES:
        problems.append(_problem(_shown(folder, root), f"more than {MOST_FILES} files lie here"))
    found: list[Found] = []
    for path in files[:MOST_FILES]:
        one, faults = _read(path, folder, root)
        found.extend([one] if one else [])
        problems.extend(faults)
    problems.extend(_rivals(found))
    return PageFolder(
        pages=tuple(each for each in found if isinstance(each, PageFile)),
        beside=tuple(each for each in found if isinstance(each, LinkedFile)),
        bibliographies=tuple(each for each in found if isinstance(each, Text)),
        problems=tuple(problems),
    )


def _rivals(found: list[Found]) -> Iterator[Problem]:
    """README.md is a folder's first page where there is no index.md, and else has no place."""
    pages = {each.path: each for each in found if isinstance(each, PageFile)}
    for path, each in pages.items():
        folder, name = posixpath.split(path)
        rival = posixpath.join(folder, "index.md")
        if name == "README.md" and (rival in pages or not folder):
            why = "lies here" if rival in pages else "is made by the report"
            message = f"index.md {why} as well, and both would be index.html: give it another name"
            yield each.text.problem(0, 0, message)


def _files(folder: Path, closed: Callable[[Path], None]) -> list[Path]:
    """Files below the folder, without hidden ones; folders behind links are not entered."""

    def missed(reason: OSError) -> None:
        raise_if_machine(reason)
        closed(Path(reason.filename))

    found = sorted(p for p in below(folder, missed) if p.is_symlink() or not p.is_dir())
    return [path for path in found if not _is_hidden(path.relative_to(folder))]


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _read(path: Path, folder: Path, root: Path) -> tuple[Found | None, tuple[Problem, ...]]:
    name, shown = path.relative_to(folder).as_posix(), _shown(path, root)
    fault = _refusal(path, folder, name)
    if fault:
        return None, (_problem(shown, fault),)
    is_text = path.suffix in (".md", BIBLIOGRAPHY)
    try:
        data = read_file(path, MOST_TEXT if is_text else MOST_BESIDE)
        if not is_text:
            return LinkedFile(name, data), ()
        text = read_text(data, shown)
    except UnreadableError as error:
        return None, (_problem(shown, f"this file cannot be used: {error.cause}"),)
    except SpecError as refusal:
        return None, refusal.problems
    return (text, ()) if path.suffix == BIBLIOGRAPHY else page(name, text)


def page(name: str, text: Text) -> tuple[PageFile, tuple[Problem, ...]]:
    """A page from its text, and what is wrong with its front matter."""
    skip = split(text)
    head, problems = read_front_matter(text, skip)
    return PageFile(name, text, head, skip), problems


def _refusal(path: Path, folder: Path, name: str) -> str:
    if not path.resolve().is_relative_to(folder.resolve()):
        return "this link leads out of the folder of pages"
    if name.startswith(LEFT_OUT):
        return f"MkDocs leaves {name} out of the site: choose another name"
    if name.startswith(RESERVED):
        return f"a page of the report's own lies at {name}: choose another name"
    if path.suffix not in (".md", BIBLIOGRAPHY) and path.suffix.lower() not in BESIDE:
        return f"pages are .md; beside them lie .bib, {', '.join(sorted(BESIDE))}"
    return ""


def _shown(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def _problem(file: str, message: str) -> Problem:
    return Problem(file, 0, 0, "", message)
