"""Temporary folders beside finished ones, marked: those of killed builds can be removed."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from generator.system import folder_mark, own_folder

NOTE = "A temporary folder: it is removed by the next build."


@contextmanager
def scratch(
    parent: Path, prefix: str, rescue: Callable[[Path], None] = lambda _: None
) -> Iterator[Path]:
    """A new folder of this process alone, removed afterwards; it holds a mark.

    ``rescue`` takes out of it, before it is removed, what must stay.

    Raises
    ------
    OSError
        The disk refuses.
    """
    folder = parent / f"{prefix}{secrets.token_hex(8)}"
    try:
        folder.mkdir()
        folder_mark.write(folder, NOTE)
        yield folder
    finally:
        rescue(folder)
        shutil.rmtree(folder, ignore_errors=True)


def leftovers(parent: Path, prefix: str) -> list[Path]:
    """Temporary folders of builds that were killed: those with a name and a mark of `scratch`."""
    name = re.compile(re.escape(prefix) + r"[0-9a-f]{16}")
    if not parent.is_dir():
        return []
    return sorted(
        path
        for path in parent.iterdir()
        if name.fullmatch(path.name) and not path.is_symlink() and path.is_dir() and _is_ours(path)
    )


def remove_leftovers(parent: Path, prefix: str) -> None:
    """Remove the temporary folders of builds that were killed."""
    for folder in leftovers(parent, prefix):
        shutil.rmtree(folder, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    return folder_mark.listed(folder) is not None or own_folder.is_blank(folder)
