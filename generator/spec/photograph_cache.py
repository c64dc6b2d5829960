"""Opens each photograph once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from generator.errors import visible
from generator.images.formats import (
    has_sure_start,
    is_readable,
    unread_sentence,
    unread_title,
)
from generator.images.metadata_cache import MetadataCache
from generator.images.near_duplicates import NearDuplicates
from generator.images.photographs import Photograph, PhotographError, open_photograph
from generator.spec.locations import OutsideError, Project
from generator.system.files import raise_if_machine
from generator.system.missing_file import ABSENT, absence


class PhotographCache:
    """Grows while a spec is checked; what could not be opened is one warning each."""

    def __init__(self, project: Project, cache: MetadataCache | None = None) -> None:
        self.project, self._cache = project, cache
        self.warnings: list[str] = []
        self.twins = NearDuplicates(cache)
        self._held: dict[Path, Photograph | None] = {}
        self._names: set[str] = set()

    @property
    def photographs(self) -> tuple[Photograph, ...]:
        """Every photograph once, in the order of their names."""
        held = (photograph for photograph in self._held.values() if photograph)
        return tuple(sorted(held, key=lambda photograph: photograph.name))

    def take(self, path: Path, base: Path | None = None) -> Photograph | None:
        """Give the photograph in that file, or None (with a warning, once) if there is none.

        ``base`` is the folder that the path was written relative to, if not the spec's.

        Raises
        ------
        OutsideError
            The file lies outside the project, and that was not allowed.
        """
        resolved = self.project.admit(path)
        if resolved not in self._held:
            photograph = self._open(resolved, self._new_name(path, resolved), path, base)
            self._held[resolved] = photograph
        return self._held[resolved]

    def holds(self, path: Path) -> bool:
        """Whether that file was asked for before."""
        return self.project.admit(path) in self._held

    def describe(self, photograph: Photograph, described: Photograph | None) -> None:
        """Put a photograph with more known of it in place of the bare one; None takes it off."""
        self._held[Path(photograph.path)] = described

    def warn(self, sentence: str) -> None:
        """Note what was left out and why."""
        self.warnings.append(visible(sentence))

    def _open(self, resolved: Path, name: str, path: Path, base: Path | None) -> Photograph | None:
        try:
            name.encode()
            return open_photograph(resolved, name, self._cache)
        except UnicodeEncodeError:
            self.warn(f"{name} was left out: its name is not UTF-8.")
        except PhotographError as error:
            reason = error.reason
            if reason == ABSENT:
                folder = base or self.project.folder
                reason = absence(folder, os.path.relpath(path, folder))
            self.warn(f"{name} was left out: {reason}.")
        return None

    def _new_name(self, path: Path, resolved: Path) -> str:
        name = plain = self.project.name(path, resolved)
        count = 1
        while name in self._names:  # two folders outside may share their last two parts
            count += 1
            stem = PurePosixPath(plain)
            name = str(stem.with_name(f"{stem.stem} ({count}){stem.suffix}"))
        self._names.add(name)
        return name


def photographs_below(folder: Path, shelf: PhotographCache) -> Iterator[Path]:
    """Walk a folder and the folders that links in it lead to; hidden files are passed over.

    Real folders come first, then links, each in the order of names. A link that leads out of the
    project is handed on like a photograph, so that `take` refuses it. Folders that may not be read,
    links to what was read already and images of formats that are not read are warnings.
    """
    titles: list[str] = []
    done: dict[Path, Path] = {}
    due = [folder]
    while due:
        top = due.pop(0)
        try:
            goal = shelf.project.admit(top)
        except OutsideError:
            yield top
            continue
        if top != folder and (first := _done_before(goal, folder, done)):
            shelf.warn(f"the folder {_name(top, folder)} was passed over: it is a link to {first}.")
            continue
        for path in _files_below(top, goal, due, done, telling(shelf.warn, folder)):
            titles.append(unread_title(path.name))
            if path.is_symlink() and not (path.suffix or path.exists()):
                shelf.warn(f"the link {_name(path, folder)} was passed over: it leads nowhere.")
            if is_candidate(path):
                yield path
    if sentence := unread_sentence(titles, f"the folder {folder.name}"):
        shelf.warn(sentence)


def _files_below(
    top: Path,
    goal: Path,
    links: list[Path],
    done: dict[Path, Path],
    missed: Callable[[OSError], None],
) -> Iterator[Path]:
    """The files of a folder's real folders; links to folders are put aside, folders noted."""
    for place, folders, files in os.walk(top, onerror=missed):
        done[goal / os.path.relpath(place, top)] = Path(place)
        names = sorted(name for name in folders if not name.startswith("."))
        links += [path for name in names if (path := Path(place, name)).is_symlink()]
        folders[:] = [name for name in names if not Path(place, name).is_symlink()]
        yield from (Path(place, name) for name in sorted(files) if not name.startswith("."))


def _done_before(goal: Path, folder: Path, done: dict[Path, Path]) -> str:
    """What a link's folder was read as, or leads back to; empty if it is new."""
    if first := done.get(goal):
        return f"{_name(first, folder)}, which is read already"
    if any(goal in each.parents for each in done):
        return "a folder above it"
    return ""


def _name(path: Path, folder: Path) -> str:
    return os.path.relpath(path, folder.parent)


def telling(warn: Callable[[str], None], folder: Path) -> Callable[[OSError], None]:
    """What is told of a place below ``folder`` that cannot be read: that it was left out."""

    def missed(reason: OSError) -> None:
        raise_if_machine(reason)
        name = os.path.relpath(reason.filename, folder.parent)
        warn(f"the folder {name} was left out: it may not be read ({reason.strerror}).")

    return missed


def is_candidate(path: Path) -> bool:
    """Whether a file that nobody named one by one was meant as a photograph.

    Its extension says so, or its first bytes do; the first alone may still be a broken file,
    which is worth a warning.
    """
    if path.name.startswith("."):
        return False
    if is_readable(path.name):
        return not path.is_dir()
    if unread_title(path.name):
        return False
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            start = file.read(18)
    except OSError as reason:
        raise_if_machine(reason)
        return False
    return has_sure_start(start)
