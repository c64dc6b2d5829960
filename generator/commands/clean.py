"""`clean`: removes what a build wrote; files that the program did not make stay."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

import typer

from generator.commands.options import (
    DEFAULT_SPEC,
    OutOption,
    SpecOption,
    StoreOption,
    WorkOption,
)
from generator.errors import ExitCode
from generator.site import work_folder
from generator.site.atomic_replace import tidy
from generator.site.in_place import NOTE
from generator.store import layout
from generator.store.store import Store
from generator.system import folder_mark, own_folder
from generator.system.folder_mark import MARK
from generator.system.locations import Locations, locations_beside
from generator.system.lock import file_lock
from generator.system.own_folder import LOCK


def command(
    spec: SpecOption = DEFAULT_SPEC,
    out: OutOption = None,
    store: StoreOption = None,
    work: WorkOption = None,
    results: Annotated[
        bool, typer.Option("--results", help="Also the store: pictures and responses.")
    ] = False,
) -> int:
    """Remove the site and the work folder, and with --results the store; other files stay."""
    clean(locations_beside(spec, out=out, store=store, work=work), results=results, say=print)
    return ExitCode.DONE


def clean(folders: Locations, *, results: bool, say: Callable[[str], None]) -> None:
    """Remove the program's files from its folders, and the folders that this leaves empty.

    Raises
    ------
    ReportError
        A folder is somebody else's.
    OSError
        The disk refuses.
    """
    work, site, store = folders.work, folders.site, folders.store
    if _is_own(work, say):
        work_folder.refuse_others(work)
        with file_lock(work / LOCK, lambda: say(f"another build works in {work.name}/: waiting")):
            work_folder.tidy(work)
            _empty(work, work_folder.files_of(work), say)
    if _is_own(site, say):
        tidy(site)
        _empty(site, folder_mark.listed(site) or (), say)
    if results and store.is_dir():
        with Store(store, say).lock(say):
            _empty(store, layout.files_of(store), say)


def _is_own(folder: Path, say: Callable[[str], None]) -> bool:
    if folder_mark.listed(folder):
        return True
    if folder.is_dir():
        say(f"{folder} stays: no list of this program names its files; delete it yourself")
    return False


def _empty(folder: Path, names: Iterable[str], say: Callable[[str], None]) -> None:
    """Remove files by name, then the mark, and the folder if that leaves it empty."""
    own_folder.remove(folder, set(names) - {MARK, LOCK})
    own = [MARK, *([LOCK] if _is_lock(folder / LOCK) else [])]
    left = own_folder.foreign(folder, own)
    if left:
        folder_mark.write(folder, NOTE, [MARK])
        say(f"{folder} stays: {len(left)} files that this program did not make ({left[0]}…)")
    else:
        own_folder.remove(folder, own)
        own_folder.remove_if_empty(folder)


def _is_lock(path: Path) -> bool:
    return own_folder.is_regular(path) and path.stat().st_size == 0
