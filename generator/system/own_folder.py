"""Folders that the program owns: a mark says so, and lists the files that the program made there.

Other files are neither removed nor overwritten, and no symbolic link below such a folder is
followed. A folder with files and without a mark belongs to somebody else and is refused.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import unicodedata
from collections.abc import Callable, Collection, Iterable
from pathlib import Path, PurePosixPath

from generator.errors import ReportError
from generator.system import folder_mark
from generator.system.files import PART
from generator.system.folder_mark import MARK, listed
from generator.system.glob import below

LOCK = "lock"  # an empty file
PART_NAME = re.compile(re.escape(PART) + r"[0-9a-f]{16}")
_OF_THE_SYSTEM = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", "lost+found"})


def is_blank(folder: Path) -> bool:
    """Whether a folder is empty, but for what the system or a killed build leaves."""
    with os.scandir(folder) as entries:
        return all(_counts_for_nothing(entry) for entry in entries)


def refuse_foreign(
    folder: Path, remedy: str, recognise: Callable[[Path], bool] = lambda _: False
) -> None:
    """Refuse a folder that is somebody else's; nothing is written.

    ``recognise`` says of a folder without a mark whether an earlier version of the program made it.

    Raises
    ------
    ReportError
        ``folder`` is a file, a link that leads nowhere, or has files and no mark.
    """
    if not folder.is_dir():
        if os.path.lexists(folder):
            raise ReportError(f"{folder} is not a folder", remedy)
        return
    if listed(folder) is not None:
        return
    has_other_mark = os.path.lexists(folder / MARK)
    if has_other_mark or not (is_blank(folder) or recognise(folder)):
        raise ReportError(f"{folder} holds files that this program did not make", remedy)


def claim(
    folder: Path, note: str, remedy: str, recognise: Callable[[Path], bool] = lambda _: False
) -> None:
    """Make a folder the program's own, as `refuse_foreign` allows it.

    Raises
    ------
    ReportError
        The folder is somebody else's.
    OSError
        The disk refuses.
    """
    refuse_foreign(folder, remedy, recognise)
    folder.mkdir(parents=True, exist_ok=True)
    if listed(folder) is None:
        folder_mark.write(folder, note)


def refuse_others(
    folder: Path, remedy: str, *, folders: Iterable[str] = (), files: Iterable[str] = ()
) -> None:
    """Refuse what lies at places of the program below its folder and is not what belongs there.

    Links above all: they lead out of the folder.

    Raises
    ------
    ReportError
        One of the places is a symbolic link, or is a folder instead of a file or the reverse.
    """
    wanted = {**dict.fromkeys(folders, "folder"), **dict.fromkeys(files, "file")}
    for name, kind in wanted.items():
        place = folder / name
        if place.is_symlink():
            raise ReportError(f"{place} is a symbolic link", remedy)
        if os.path.lexists(place) and not (place.is_dir() if kind == "folder" else place.is_file()):
            raise ReportError(f"{place} is not a {kind}", remedy)


def foreign(folder: Path, own: Collection[str]) -> list[str]:
    """Files below a folder that are not among the program's ``own``, and every link."""
    key = name_key(folder)
    known = {key(name) for name in (*own, MARK)}
    files = (path for path in below(folder) if path.is_symlink() or not path.is_dir())
    return [
        name
        for path in files
        if (key(name := path.relative_to(folder).as_posix()) not in known or path.is_symlink())
        and not _OF_THE_SYSTEM.intersection(PurePosixPath(name).parts)
    ]


def remove(folder: Path, names: Iterable[str]) -> None:
    """Remove files of the program below its folder, then the folders that this leaves empty.

    What lies behind a link stays, and so does a name that is no longer that of a file.

    Raises
    ------
    OSError
        The disk refuses.
    """
    parents: dict[Path, bool] = {folder: True}
    for name in names:
        path = folder / name
        if _is_within(path.parent, parents) and is_regular(path):
            path.unlink(missing_ok=True)
    for parent in sorted((path for path, real in parents.items() if real), reverse=True):
        if parent != folder:
            remove_if_empty(parent)


def remove_if_empty(folder: Path) -> None:
    """Remove a folder unless something is in it."""
    try:
        folder.rmdir()
    except OSError as reason:
        if reason.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT, errno.EBUSY):
            raise


def remove_parts(folders: Iterable[Path]) -> None:
    """Remove what killed builds were writing in some folders; folders behind links are left."""
    for folder in folders:
        if folder.is_symlink() or not folder.is_dir():
            continue
        with os.scandir(folder) as entries:
            parts = [each.name for each in entries if PART_NAME.fullmatch(each.name)]
        remove(folder, parts)


def is_regular(path: Path) -> bool:
    """Whether there is an ordinary file; a link to one is none."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def name_key(folder: Path) -> Callable[[str], str]:
    """What two names of the same file have in common, on the file system of a marked folder."""
    ignores_case = (folder / MARK.upper()).exists()

    def key(name: str) -> str:
        normal = unicodedata.normalize("NFC", name)
        return normal.casefold() if ignores_case else normal

    return key


def free_name(path: Path) -> Path:
    """The path itself, or the first one with a number after it where nothing lies."""
    names = (path, *(path.with_name(f"{path.name}-{number}") for number in range(2, 1000)))
    return next(name for name in names if not os.path.lexists(name))


def _is_within(folder: Path, known: dict[Path, bool]) -> bool:
    """Whether a folder is reached without a link, from one that is ``known`` to be."""
    if folder not in known:
        real = not folder.is_symlink() and folder.is_dir()
        known[folder] = _is_within(folder.parent, known) and real
    return known[folder]


def _counts_for_nothing(entry: os.DirEntry[str]) -> bool:
    if entry.name in _OF_THE_SYSTEM:
        return True
    if not entry.is_file(follow_symlinks=False):
        return False
    is_lock = entry.name == LOCK and entry.stat(follow_symlinks=False).st_size == 0
    return is_lock or bool(PART_NAME.fullmatch(entry.name))
