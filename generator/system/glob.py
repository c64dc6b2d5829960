"""Glob patterns and folder walks that report what they cannot read.

pathlib's `glob` and `rglob` leave out folders that may not be read, without a word: photographs
would be missing from the evidence, stale pages would stay in a site. What they make of some
patterns differs between versions of Python, too.
"""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from generator.system.files import ABSENT

MAGIC = re.compile(r"[*?\[]")

Missed = Callable[[OSError], None]


def _raised(reason: OSError) -> None:
    raise reason


def below(folder: Path, missed: Missed = _raised) -> Iterator[Path]:
    """Everything below a folder, in the order of names; folders behind links are not entered.

    ``missed`` is told of a folder that cannot be read; without it, that is raised.
    """
    for place, folders, files in os.walk(folder, onerror=missed):
        folders.sort()
        yield from (Path(place, name) for name in sorted([*folders, *files]))


def matches(head: Path, parts: Sequence[str], missed: Missed) -> set[Path]:
    """What a pattern leads to from ``head``, each path once.

    ``*``, ``?`` and ``[…]`` stand for parts of names, ``**`` for folders and none, links not
    followed. ``missed`` is told of folders that cannot be read.

    Raises
    ------
    OSError
        Of a name that no file can have.
    """
    return set(_matches(head, tuple(parts), missed))


def _matches(head: Path, parts: tuple[str, ...], missed: Missed) -> Iterator[Path]:
    if not parts:
        yield head
        return
    part, rest = parts[0], parts[1:]
    if part == "**":
        for place, folders, _ in os.walk(head, onerror=_unless_absent(missed)):
            folders.sort()
            yield from _matches(Path(place), rest, missed)
    elif MAGIC.search(part):
        for name in fnmatch.filter(_names(head, missed), part):
            yield from _matches(head / name, rest, missed)
    elif _is_there(head / part, missed):
        yield from _matches(head / part, rest, missed)


def _names(folder: Path, missed: Missed) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries)
    except OSError as reason:
        _unless_absent(missed)(reason)
        return []


def _is_there(path: Path, missed: Missed) -> bool:
    try:
        path.lstat()
    except PermissionError as reason:
        missed(reason)
        return False
    except OSError as reason:
        if reason.errno in ABSENT:
            return False
        raise
    return True


def _unless_absent(missed: Missed) -> Missed:
    """Told of what cannot be read, not of what is no folder."""

    def told(reason: OSError) -> None:
        if reason.errno not in ABSENT:
            missed(reason)

    return told
