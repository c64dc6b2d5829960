"""Where the files of a store lie and what they are called; files of other names are left alone."""

from __future__ import annotations

import re
from pathlib import Path

from generator.store.encoding import DamagedError, ledger_tasks
from generator.system import own_folder
from generator.system.files import UnreadableError, read_file

NOTE = "Store of results: pictures and responses. Files of other names are left alone."
REMEDY = "choose another folder with --store"
OBJECTS, COPIES, LEDGER = "objects", "images", "ledger.json"  # COPIES: images that pages show
OBJECT = re.compile(r"[0-9a-f]{64}\.[0-9a-f]{64}\.(safetensors|damaged)")
_COPY = re.compile(r"[0-9a-f]{64}")
_GROUP = re.compile(r"[0-9a-f]{2}")
_MOST = 1 << 30  # bytes of a ledger
_PLACE = "remove it, or name another folder (such as the one that a link leads to) with --store"


def is_store(folder: Path) -> bool:
    """Whether an earlier version wrote the store in a folder without a mark."""
    try:
        ledger_tasks(read_file(folder / LEDGER, _MOST))
    except (UnreadableError, DamagedError):
        return any(OBJECT.fullmatch(path.name) for path in (folder / OBJECTS).glob("??/*"))
    return True


def files_of(folder: Path) -> list[str]:
    """The files of the program in a store, as paths from its folder."""
    found = [LEDGER, own_folder.LOCK]
    for place in places(folder):
        if not place.is_symlink() and place.is_dir():
            names = [each.name for each in place.iterdir() if _is_ours(each, folder)]
            found += [(place / name).relative_to(folder).as_posix() for name in names]
    return found


def _is_ours(path: Path, folder: Path) -> bool:
    name = _COPY if path.parent == folder / COPIES else OBJECT
    is_result = path.parent != folder and bool(name.fullmatch(path.name))
    return is_result or bool(own_folder.PART_NAME.fullmatch(path.name))


def refuse_others(folder: Path) -> None:
    """Refuse links, and what else does not belong at the places of a store.

    Raises
    ------
    ReportError
        With the first of them: files would be written and removed behind a link.
    """
    files = (LEDGER, own_folder.LOCK)
    own_folder.refuse_others(folder, _PLACE, folders=(OBJECTS, COPIES), files=files)
    own_folder.refuse_others(folder / OBJECTS, _PLACE, folders=_groups(folder))


def places(folder: Path) -> list[Path]:
    """The folders in which a store has files."""
    groups = [folder / OBJECTS / name for name in _groups(folder)]
    return [folder, folder / COPIES, folder / OBJECTS, *groups]


def _groups(folder: Path) -> list[str]:
    """The folders of objects, and links that are called like them."""
    objects = folder / OBJECTS
    if objects.is_symlink() or not objects.is_dir():
        return []
    return sorted(path.name for path in objects.iterdir() if _GROUP.fullmatch(path.name))
