"""Selects a claim's photographs: tags, paths, folders, globs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from generator.errors import Problem
from generator.images.photographs import Photograph
from generator.spec.library import Library
from generator.spec.locations import OutsideError
from generator.spec.messages import listed, meant, quoted
from generator.spec.partial import ROLES, PartialSpec
from generator.spec.photograph_cache import (
    PhotographCache,
    is_candidate,
    photographs_below,
    telling,
)
from generator.spec.positions import Keys
from generator.spec.report import Query
from generator.system.files import kind_of, raise_if_machine
from generator.system.glob import MAGIC, matches

_MOST_STARS = 2  # each ** walks all folders below those that the one before it found


@dataclass(slots=True)
class SelectedPhotographs:
    """The photographs of one role before roles are compared.

    Attributes
    ----------
    photographs:
        By path, so that each file counts once.
    lost:
        What was meant too but could not be found or opened.
    problems:
        Why the selection cannot be trusted to be what its writer meant.
    """

    photographs: dict[str, Photograph] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, photograph: Photograph | None, name: str) -> None:
        """Count a photograph in, or note that it is missing."""
        if photograph is None:
            self.lost.append(name)
        else:
            self.photographs[photograph.path] = photograph


@dataclass(frozen=True, slots=True)
class Selector:
    """Resolves the selections of a spec's claims."""

    draft: PartialSpec
    shelf: PhotographCache
    library: Library

    def choose(self, keys: Keys) -> SelectedPhotographs | None:
        """Resolve the selection at that place; None if there is none, or it cannot be known."""
        selection = self.draft.selection(*keys)
        if selection is None:
            return None
        chosen = SelectedPhotographs()
        if isinstance(selection, Query):
            if self.library.state != "loaded":
                return None
            chosen.problems += self._faults_of_query(selection, keys)
            if not chosen.problems:
                self._ask(selection, chosen)
        elif not selection:
            chosen.problems.append(self._problem(keys, "an empty list names no photographs"))
        else:
            for index, pattern in enumerate(selection):
                self._find(pattern, (*keys, index), chosen)
        return chosen

    def without_library(self) -> Iterator[Problem]:
        """Complain, once, if there are queries and nothing that they could select from."""
        claims = self.draft.entries("claims")
        places = ((*claim, role) for claim in claims for role in ROLES)
        queries = (keys for keys in places if isinstance(self.draft.selection(*keys), Query))
        first = next(queries, None)
        if first and self.library.state == "absent":
            yield self._problem(first, "a query needs a library: name it with `images:`")

    def _problem(self, keys: Keys, message: str) -> Problem:
        return self.draft.source.problem(keys, message)

    def _faults_of_query(self, query: Query, keys: Keys) -> Iterator[Problem]:
        if not query.tags and not query.without:
            yield self._problem(keys, "an empty query: write `tags`, `without`, or both")
        else:
            known = self.library.tags
            for part in ("tags", "without"):
                for index, tag in enumerate(getattr(query, part)):
                    if tag not in known:
                        near = meant(tag, known) or f": it has {listed(sorted(known), 12)}"
                        message = f"no photograph of the library has the tag {quoted(tag)}{near}"
                        yield self._problem((*keys, part, index), message)

    def _ask(self, query: Query, chosen: SelectedPhotographs) -> None:
        for member in self.library.ask(query):
            chosen.add(member.photograph, member.entry.file)

    def _find(self, pattern: str, keys: Keys, chosen: SelectedPhotographs) -> None:
        """Add what a path, a folder or a glob leads to."""
        count = 0
        written = self.shelf.project.folder / pattern
        try:
            self.shelf.project.admit(_fixed_part(written))
            kind = kind_of(written)
            if kind == "folder":
                paths = photographs_below(written, self.shelf.warn)
            elif kind or not MAGIC.search(pattern):
                paths = iter((written,))
            else:
                paths = self._matches(written)
            for count, path in enumerate(paths, 1):  # noqa: B007 - read after the loop
                self._take(path, keys, chosen)
        except (OutsideError, ValueError, NotImplementedError) as error:
            chosen.problems.append(self._problem(keys, f"{quoted(pattern)} {error}"))
            return
        if not count:
            self.shelf.warn(f"{quoted(pattern)} finds no photograph.")
            chosen.lost.append(pattern)

    def _take(self, path: Path, keys: Keys, chosen: SelectedPhotographs) -> None:
        try:
            chosen.add(self.shelf.take(path), path.name)
        except OutsideError as error:
            chosen.problems.append(self._problem(keys, f"{quoted(path.name)} {error}"))

    def _matches(self, written: Path) -> Iterator[Path]:
        head = _fixed_part(written)
        tail = written.relative_to(head)
        if ".." in tail.parts:
            raise ValueError("cannot be followed: .. may not come after * or ?")
        if tail.parts.count("**") > _MOST_STARS:
            raise ValueError(f"has more than {_MOST_STARS} times **")
        if any("**" in part and part != "**" for part in tail.parts):
            raise ValueError("cannot be followed: ** stands for folders, between slashes")
        if tail.name == "**":  # what pathlib makes of this differs between versions of Python
            tail = tail / "*"
        named = tail.name.strip("*")  # `arch*` may mean folders, `*` means the files of one
        for path in self._followed(head, tail):
            inside = PurePosixPath(path.relative_to(head)).parts
            if any(part.startswith(".") for part in inside):
                continue
            if path.is_dir() and named:
                yield from photographs_below(path, self.shelf.warn)
            elif is_candidate(path):
                yield path

    def _followed(self, head: Path, tail: Path) -> list[Path]:
        try:
            return sorted(matches(head, tail.parts, telling(self.shelf.warn, head)))
        except OSError as reason:  # of a name that no file can have
            raise_if_machine(reason)
            raise ValueError(f"cannot be followed: {reason.strerror}") from None


def _fixed_part(path: Path) -> Path:
    """Everything of a pattern before its first wildcard."""
    parts = path.parts
    count = next((n for n, part in enumerate(parts) if MAGIC.search(part)), len(parts))
    return Path(*parts[:count])
