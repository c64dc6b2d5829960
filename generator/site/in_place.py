"""A site whose folder stays where it is: its files are replaced, one by one.

So it is with a mount point, with a folder in one that may not be written, and with a site in which
somebody else's files lie. Every file is written whole beside the site first. What fails on the way
is taken back; a process killed between two files leaves some of the old site and some of the new
one, and the next build replaces the rest.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from generator.errors import ReportError
from generator.site.manifest import MANIFEST
from generator.system import folder_mark, own_folder
from generator.system.files import write_file
from generator.system.folder_mark import MARK
from generator.system.glob import below
from generator.system.scratch import remove_leftovers, scratch

NOTE = "The files listed here are replaced at every build; others are left alone."
_STAGE = ".filterbook-"


def files_of(folder: Path) -> frozenset[str]:
    """Every file below a folder, as a path from there."""
    return frozenset(p.relative_to(folder).as_posix() for p in below(folder) if not p.is_dir())


def refuse_conflicts(out: Path, new: frozenset[str], old: frozenset[str]) -> None:
    """Refuse to replace files that the program did not make by pages of the same name.

    Raises
    ------
    ReportError
        With the first of them.
    """
    for name in sorted(new - {MARK}):
        place = out / name
        above = next((p for p in _parents(out, place) if p.is_symlink() or not p.is_dir()), None)
        is_taken = os.path.lexists(place) and not (name in old and own_folder.is_regular(place))
        if above is not None or is_taken:
            raise ReportError(
                f"{above or place} is in the way of the site, and this program did not make it",
                "move it elsewhere, or choose another folder with --out",
            )


def replace_files(new: Path, out: Path) -> None:
    """Replace the files of the old site by those of the new one; other files stay.

    Raises
    ------
    ReportError
        A file that the program did not make has the name of a new one.
    OSError
        The disk refuses; the old site stands again.
    """
    names, before = files_of(new), folder_mark.listed(out) or frozenset()
    remove_leftovers(out, _STAGE)
    refuse_conflicts(out, names, before)
    with scratch(out, _STAGE) as stage:
        arrived, kept = stage / "new", stage / "old"
        shutil.copytree(new, arrived)
        old_mark = (out / MARK).read_bytes() if own_folder.is_regular(out / MARK) else None
        folder_mark.write(out, NOTE, before | names)
        moved: list[str] = []
        try:
            for name in _in_order(names):
                _keep(out / name, kept / name)
                moved.append(name)
                _move(arrived / name, out / name)
        except BaseException:
            _take_back(moved, kept, out)
            _restore_mark(out, old_mark)
            raise
        own_folder.remove(out, before - names)


def _in_order(names: frozenset[str]) -> list[str]:
    """Pages after what they show, the front page after the others, lists of files at last."""
    ends = ("index.html", MANIFEST, MARK)
    rank = {name: place for place, name in enumerate(ends, 2)}
    return sorted(names, key=lambda name: (rank.get(name, int(name.endswith(".html"))), name))


def _keep(path: Path, to: Path) -> None:
    """A second name for a file, or a copy where the file system has no hard links."""
    if not path.exists():
        return
    to.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, to)
    except OSError:
        shutil.copyfile(path, to)


def _move(path: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    path.replace(to)


def _take_back(moved: list[str], kept: Path, out: Path) -> None:
    """Put the old files back; those that had no predecessor are removed."""
    replaced = [name for name in moved if (kept / name).exists()]
    for name in reversed(replaced):
        (kept / name).replace(out / name)
    own_folder.remove(out, set(moved).difference(replaced))


def _restore_mark(out: Path, data: bytes | None) -> None:
    if data is None:
        own_folder.remove(out, [MARK])
    else:
        write_file(out / MARK, data)


def _parents(out: Path, place: Path) -> Iterator[Path]:
    """The folders between the site's and a file, as far as something lies there."""
    between = (each for each in place.parents if each.is_relative_to(out) and each != out)
    return (each for each in between if os.path.lexists(each))
