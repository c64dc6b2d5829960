"""Hand-written pages, read within bounds: only from their own folder, only what a page may be."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from generator.errors import Problem
from generator.files import UnreadableError, read_file
from generator.pages.paths import RESERVED

MOST_TEXT = 1 << 20  # bytes of a page
MOST_BESIDE = 16 << 20  # bytes of a picture beside the pages
MOST_FILES = 2_000
BESIDE = frozenset({".png", ".jpg", ".jpeg", ".webp", ".avif", ".gif", ".svg", ".pdf", ".csv"})


@dataclass(frozen=True, slots=True)
class Source:
    """A hand-written page; ``path`` counts from the folder of pages, ``file`` is what is shown."""

    path: str
    file: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Beside:
    """A file that hand-written pages may link to, copied as it is."""

    path: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Everything in the folder of pages, and what is wrong with it."""

    pages: tuple[Source, ...] = ()
    beside: tuple[Beside, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def has_home(self) -> bool:
        return any(page.path == "index.md" for page in self.pages)


def read_pages(folder: Path | None, root: Path) -> Shelf:
    """Read the folder of hand-written pages; faults are collected, not raised.

    Parameters
    ----------
    folder:
        The folder, or None where a report has no hand-written pages.
    root:
        The spec's folder: names in messages count from it.
    """
    if folder is None:
        return Shelf()
    if not folder.is_dir():
        return Shelf(problems=(_problem(_shown(folder, root), "there is no such folder"),))
    pages: list[Source] = []
    beside: list[Beside] = []
    problems: list[Problem] = []
    files = _files(folder)
    if len(files) > MOST_FILES:
        problems.append(_problem(_shown(folder, root), f"more than {MOST_FILES} files lie here"))
    for path in files[:MOST_FILES]:
        found = _read(path, folder, root)
        if isinstance(found, Source):
            pages.append(found)
        elif isinstance(found, Beside):
            beside.append(found)
        else:
            problems.append(found)
    return Shelf(tuple(pages), tuple(beside), tuple(problems))


def _files(folder: Path) -> list[Path]:
    """Files below the folder, without hidden ones; folders behind links are not entered."""
    found = sorted(path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return [path for path in found if not _is_hidden(path.relative_to(folder))]


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _read(path: Path, folder: Path, root: Path) -> Source | Beside | Problem:
    name, shown = path.relative_to(folder).as_posix(), _shown(path, root)
    fault = _refusal(path, folder, name)
    if fault:
        return _problem(shown, fault)
    is_page = path.suffix == ".md"
    try:
        data = read_file(path, MOST_TEXT if is_page else MOST_BESIDE)
        return Source(name, shown, data.decode("utf-8-sig")) if is_page else Beside(name, data)
    except UnreadableError as error:
        return _problem(shown, f"this page cannot be used: {error.cause}")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return Problem(shown, line, 1, "", "this page is not written in UTF-8")


def _refusal(path: Path, folder: Path, name: str) -> str:
    if not path.resolve().is_relative_to(folder.resolve()):
        return "this link leads out of the folder of pages"
    if name.startswith(RESERVED):
        return f"a page of the report's own lies at {name}: choose another name"
    if path.suffix != ".md" and path.suffix.lower() not in BESIDE:
        return f"pages are .md; beside them lie {', '.join(sorted(BESIDE))}"
    return ""


def _shown(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def _problem(file: str, message: str) -> Problem:
    return Problem(file, 0, 0, "", message)
