"""Opens each photograph once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from generator.errors import visible
from generator.images.metadata_cache import MetadataCache
from generator.images.near_duplicates import NearDuplicates
from generator.images.photographs import Photograph, PhotographError, open_photograph
from generator.spec.locations import Project
from generator.system.files import raise_if_machine

_EXTENSIONS = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".avif", ".gif"})
_SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF")


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

    def take(self, path: Path) -> Photograph | None:
        """Give the photograph in that file, or None (with a warning, once) if there is none.

        Raises
        ------
        OutsideError
            The file lies outside the project, and that was not allowed.
        """
        resolved = self.project.admit(path)
        if resolved not in self._held:
            self._held[resolved] = self._open(resolved, self._new_name(path, resolved))
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

    def _open(self, resolved: Path, name: str) -> Photograph | None:
        try:
            name.encode()
            return open_photograph(resolved, name, self._cache)
        except UnicodeEncodeError:
            self.warn(f"{name} was left out: its name is not UTF-8.")
        except PhotographError as error:
            self.warn(f"{name} was left out: {error.reason}.")
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


def photographs_below(folder: Path, warn: Callable[[str], None]) -> Iterator[Path]:
    """Walk a folder in the order of names; hidden files and other kinds of file are passed over.

    ``warn`` is told of a folder that may not be read.
    """
    for place, folders, files in os.walk(folder, onerror=telling(warn, folder)):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths = (Path(place, name) for name in sorted(files))
        yield from (path for path in paths if is_candidate(path))


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
    if path.suffix.casefold() in _EXTENSIONS:
        return not path.is_dir()
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            start = file.read(12)
    except OSError as reason:
        raise_if_machine(reason)
        return False
    return start.startswith(_SIGNATURES) or start[4:12] in (b"ftypavif", b"ftypavis")
