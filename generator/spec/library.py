"""The photograph library: an index, or folders as tags."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from generator.errors import Problem, SpecError
from generator.images.photographs import Photograph
from generator.spec.bounding_boxes import BoxError, in_shares
from generator.spec.csv_index import Index, IndexRow, read_index
from generator.spec.locations import OutsideError
from generator.spec.partial import PartialSpec
from generator.spec.photograph_cache import PhotographCache, photographs_below
from generator.spec.report import Query
from generator.system.files import UnreadableError, kind_of
from generator.system.missing_file import ABSENT, absence

_KEYS = ("images",)


@dataclass(frozen=True, slots=True)
class LibraryEntry:
    """An entry of the library, with its photograph unless that had to be left out."""

    entry: IndexRow
    photograph: Photograph | None


@dataclass(frozen=True, slots=True)
class Library:
    """What queries select from.

    ``state`` is `absent` where the spec names none, and `broken` where it cannot be read, so that
    queries cannot be checked.
    """

    state: str
    members: tuple[LibraryEntry, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def tags(self) -> frozenset[str]:
        """Every tag that any entry carries."""
        return frozenset(tag for member in self.members for tag in member.entry.tags)

    def ask(self, query: Query) -> tuple[LibraryEntry, ...]:
        """Members with every tag of ``query.tags`` and none of ``query.without``."""
        wanted, unwanted = frozenset(query.tags), frozenset(query.without)
        return tuple(
            member
            for member in self.members
            if wanted <= member.entry.tags and not unwanted & member.entry.tags
        )


def load_library(draft: PartialSpec, shelf: PhotographCache) -> Library:
    """Open every photograph of the library that ``images:`` names."""
    written = draft.text(*_KEYS)
    if not written:
        return Library("absent" if draft.sound(*_KEYS) == draft.source.get(_KEYS) else "broken")
    try:
        place = shelf.project.locate(written)
        if kind_of(place) == "folder":
            return _from_folder(draft, shelf, place)
        file = os.path.normpath(Path(draft.source.text.file).parent / written)
        index = read_index(place, file)
    except UnreadableError as error:
        reason = absence(shelf.project.folder, written) if error.cause == ABSENT else error.cause
        return Library("broken", problems=(draft.source.problem(_KEYS, f"{written}: {reason}"),))
    except OutsideError as error:
        return Library("broken", problems=(draft.source.problem(_KEYS, f"{written}: {error}"),))
    except SpecError as error:
        return Library("broken", problems=error.problems)
    members = tuple(_members(index, place.parent, shelf))
    if not index.problems and not any(member.photograph for member in members):
        index.refuse(1, _nothing_left("the index names no photograph", len(members), shelf))
    return Library("broken" if index.problems else "loaded", members, tuple(index.problems))


def _nothing_left(none: str, count: int, shelf: PhotographCache) -> str:
    """Why a library has no photograph that can be used; ``none`` says that it lists none."""
    if not count:
        return f"{none}: {shelf.warnings[-1]}" if shelf.warnings else none
    reasons = " ".join(shelf.warnings[:3]) + (" …" if len(shelf.warnings) > 3 else "")
    return f"none of its {count} photographs can be used: {reasons}"


def _members(index: Index, folder: Path, shelf: PhotographCache) -> Iterator[LibraryEntry]:
    lines: dict[Path, int] = {}
    for entry in index.entries:
        path = folder / entry.file
        try:
            resolved = shelf.project.admit(path)
            first = lines.setdefault(resolved, entry.line)
            if first != entry.line:
                index.refuse(entry.line, f"{entry.file} is already listed on line {first}")
            else:
                yield LibraryEntry(entry, _described(entry, shelf, shelf.take(path, folder)))
        except OutsideError as error:
            index.refuse(entry.line, f"{entry.file} {error}")
        except BoxError as error:
            index.refuse(entry.line, f"{entry.file}: the box {error}")


def _described(
    entry: IndexRow, shelf: PhotographCache, photograph: Photograph | None
) -> Photograph | None:
    """Give the photograph with what its entry says of it; none if the file is another one."""
    if photograph is None:
        return None
    described: Photograph | None = replace(
        photograph,
        subject=entry.subject,
        tags=entry.tags,
        source=entry.source,
        licence=entry.licence,
        boxes=in_shares(entry.boxes, *photograph.size),
        group=entry.group,
    )
    if entry.sha256 and entry.sha256 != photograph.sha256:
        described = None
        shelf.warn(f"{photograph.name} was left out: its SHA-256 is not the one in the index.")
    shelf.describe(photograph, described)
    return described


def _from_folder(draft: PartialSpec, shelf: PhotographCache, folder: Path) -> Library:
    members: list[LibraryEntry] = []
    problems: list[Problem] = []
    for path in photographs_below(folder, shelf):
        relative = path.relative_to(folder)
        entry = IndexRow(relative.as_posix(), tags=frozenset(relative.parts[:-1]))
        try:
            if not shelf.holds(path):  # a link to a photograph that is there already
                members.append(LibraryEntry(entry, _described(entry, shelf, shelf.take(path))))
        except OutsideError as error:
            problems.append(draft.source.problem(_KEYS, f"{entry.file} {error}"))
    if not problems and not any(member.photograph for member in members):
        message = _nothing_left("there is no photograph in this folder", len(members), shelf)
        problems.append(draft.source.problem(_KEYS, message))
    return Library("broken" if problems else "loaded", tuple(members), tuple(problems))
