"""The mark of a folder that the program owns: a text file that lists the program's files in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from generator.system.files import UnreadableError, read_file, write_file

MARK = "filterbook.txt"
TITLE = "Made by Filterbook."
_LIMIT = 256 << 20  # bytes of a mark
_ESCAPES = {"\\\\": "\\", "\\n": "\n"}


def write(folder: Path, note: str, names: Iterable[str] = ()) -> None:
    """Write the mark of a folder: what it is for, and which files in it are the program's.

    Raises
    ------
    OSError
        If the disk refuses; the mark that was there before stays.
    """
    write_file(folder / MARK, encode(note, names))


def encode(note: str, names: Iterable[str] = ()) -> bytes:
    """The content of a mark; ``names`` are paths from the folder."""
    lines = (name.replace("\\", "\\\\").replace("\n", "\\n") for name in sorted(names))
    return "\n".join((f"{TITLE} {note}", "", *lines, "")).encode(errors="surrogateescape")


def listed(folder: Path) -> frozenset[str] | None:
    """The files that a folder's mark lists; None where the folder has no mark.

    A path that leads out of the folder is left out, whoever wrote it.
    """
    path = folder / MARK
    try:
        data = read_file(path, _LIMIT) if not path.is_symlink() else b""
    except UnreadableError:
        return None
    title, *lines = data.decode(errors="surrogateescape").split("\n")
    if not title.startswith(TITLE):
        return None
    unescaped = (re.sub(r"\\[\\n]", lambda found: _ESCAPES[found[0]], line) for line in lines)
    return frozenset(name for name in unescaped if name and _leads_inside(name))


def _leads_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\0" not in name
