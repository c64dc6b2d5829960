"""The folders of a build, checked before any work: owned, apart from one another, and writable."""

from __future__ import annotations

import os
from itertools import permutations
from pathlib import Path

from generator import site
from generator.errors import MachineError, ReportError
from generator.pipeline.request import Request
from generator.site import work_folder
from generator.site.atomic_replace import is_replaced_in_place, refuse_foreign
from generator.store.store import Store
from generator.system.locations import WORK, is_writable


def check(request: Request) -> None:
    """Refuse folders that a build could not use, or in which it would do harm.

    Raises
    ------
    ReportError
        A folder is somebody else's, or lies in another one of the build.
    MachineError
        A folder cannot be written.
    """
    folders = request.folders
    named = {"--out": folders.site, "--store": folders.store, "--work": folders.work}
    _refuse_overlaps(request.spec.parent, named)
    site.recover(folders.site)
    refuse_foreign(folders.site)
    Store(folders.store).check()
    work_folder.check(folders.work)
    stays = is_replaced_in_place(folders.site)
    for option, folder in named.items():
        is_renamed = folder == folders.site and not stays
        if not is_writable(folder) or (is_renamed and not is_writable(folder.parent)):
            raise MachineError(f"{folder} cannot be written", f"name another folder with {option}")


def _refuse_overlaps(report: Path, named: dict[str, Path]) -> None:
    for option, folder in named.items():
        if _is_within(report, folder):
            raise ReportError(
                f"the report itself lies in {folder}", f"choose another folder with {option}"
            )
    for (option, folder), (other, around) in permutations(named.items(), 2):
        is_default = (option, other) == ("--work", "--store") and folder == around / WORK
        if _is_within(folder, around) and not is_default:
            raise ReportError(
                f"the folder of {option} ({folder}) lies in that of {other} ({around})",
                "choose folders that lie apart",
            )


def _is_within(inner: Path, outer: Path) -> bool:
    """Whether a folder is another one or lies in it, should the file system ignore case or not."""
    place, around = _plain(inner), _plain(outer)
    if place.is_relative_to(around):
        return True
    parents = (each for each in (inner.absolute(), *inner.absolute().parents) if each.exists())
    return outer.exists() and any(each.samefile(outer) for each in parents)


def _plain(folder: Path) -> Path:
    return Path(os.fspath(folder.resolve()).casefold())
