"""Replaces the old site by the new one in one step."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from generator.errors import MachineError, ReportError
from generator.site import in_place
from generator.system import folder_mark, own_folder
from generator.system.files import refused_by_machine
from generator.system.folder_mark import MARK
from generator.system.locations import is_writable
from generator.system.mounts import is_mount
from generator.system.scratch import leftovers, scratch

REMEDY = "choose another folder with --out"
_HERE = {"linux": -100}.get(sys.platform, -2)  # AT_FDCWD
_EXCHANGE = 2  # RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS
_CANNOT = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP)
# What a mount point answers that `is_mount` did not see, and a folder whose owner is another user.
_IMMOVABLE = (errno.EBUSY, errno.EXDEV, errno.EACCES, errno.EPERM)
_OLD, _NEW = "old", "new"  # in a temporary folder beside the site


def refuse_foreign(out: Path) -> None:
    """Refuse to replace anything that is not a site of this program's making.

    Raises
    ------
    ReportError
        ``out`` is a file, a link, or a folder with something else in it.
    """
    if out.is_symlink():
        raise ReportError(f"{out} is not a folder", REMEDY)
    own_folder.refuse_foreign(out, f"empty it yourself, or {REMEDY}")


def is_replaced_in_place(out: Path) -> bool:
    """Whether files are replaced one by one, as the folder itself must stay where it is.

    It is a mount point, lies where nothing may be renamed, or holds files of somebody else.
    """
    if not out.is_dir():
        return False
    if is_mount(out) or not is_writable(out.parent):
        return True
    listed = folder_mark.listed(out)
    return bool(listed) and bool(own_folder.foreign(out, listed or ()))


def swap(new: Path, out: Path) -> Path | None:
    """Put ``new`` where ``out`` is; the old site is removed only when the new one stands.

    Where the kernel can exchange two folders, there is no moment without a whole site. Elsewhere
    it takes two renames: a process killed between them leaves the old site beside, and the next
    build puts it back. A folder that must stay is filled anew, see `in_place`.

    Files of the old site that the program did not list are kept beside; gives their folder.

    Raises
    ------
    ReportError
        ``out`` is not a site of this program's making.
    MachineError
        The disk refused; the old site stays.
    """
    refuse_foreign(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        if is_replaced_in_place(out):
            in_place.replace_files(new, out)
            return None
        with _near(new, out) as arrived:
            return _put(arrived, out)
    except OSError as error:
        cause = refused_by_machine(error).cause
        raise MachineError(f"{out}: {cause}", "the old site was kept") from error


def recover(out: Path) -> None:
    """Put back the old site if an earlier build was killed between its two renames."""
    for folder in leftovers(out.parent, _prefix(out)):
        if (folder / _OLD).is_dir() and not os.path.lexists(out):
            with contextlib.suppress(OSError):
                (folder / _OLD).rename(out)


def tidy(out: Path) -> None:
    """Remove what killed builds left beside a site; no other build of it may run."""
    recover(out)
    for folder in leftovers(out.parent, _prefix(out)):
        if (folder / _OLD).is_dir():
            _dispose(folder / _OLD, out)
        _rescue(folder, out)
        shutil.rmtree(folder, ignore_errors=True)


def exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; False where the kernel or the disk cannot.

    renameat2(2) of Linux 3.15, renamex_np(2) of macOS.
    """
    system = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(one), os.fsencode(other)
    if (at := getattr(system, "renameat2", None)) is not None:
        failed = at(_HERE, names[0], _HERE, names[1], _EXCHANGE)
    elif (plain := getattr(system, "renamex_np", None)) is not None:
        failed = plain(*names, _EXCHANGE)
    else:
        return False
    if failed and (code := ctypes.get_errno()) not in _CANNOT:
        raise OSError(code, os.strerror(code), str(other))
    return not failed


def _put(arrived: Path, out: Path) -> Path | None:
    """Put a folder on the same disk in the place of the site."""
    if not out.exists():
        arrived.rename(out)
        return None
    with scratch(out.parent, _prefix(out)) as beside:
        try:
            old = arrived if exchange(arrived, out) else _replace(arrived, out, beside / _OLD)
        except OSError as error:
            if error.errno not in _IMMOVABLE:
                raise
            in_place.replace_files(arrived, out)
            return None
        return _dispose(old, out)


def _replace(arrived: Path, out: Path, old: Path) -> Path:
    """The same in two renames; the first is taken back if the second fails."""
    out.rename(old)
    try:
        arrived.rename(out)
    except BaseException:
        old.rename(out)
        raise
    return old


def _dispose(old: Path, out: Path) -> Path | None:
    """Remove the files that the old site's mark lists; what else is there gets a place beside.

    The new site stands: a file that cannot be removed is no error, and `tidy` tries again.
    """
    own = (folder_mark.listed(old) or frozenset()) - {MARK}
    with contextlib.suppress(OSError):
        own_folder.remove(old, own)
    try:
        if not own_folder.foreign(old, own):
            return None
    except OSError:
        pass  # what lies there is unknown: it may be somebody else's
    kept = own_folder.free_name(out.with_name(f"{out.name}.earlier"))
    old.rename(kept)
    return kept


def _rescue(folder: Path, out: Path) -> None:
    """Keep the site of an earlier version, if it is the one that was exchanged into a folder."""
    if folder_mark.listed(folder / _NEW) == frozenset():
        _dispose(folder / _NEW, out)


@contextlib.contextmanager
def _near(new: Path, out: Path) -> Iterator[Path]:
    """The new site beside ``out``, on the same disk, so that renaming it is one step."""
    with scratch(out.parent, _prefix(out), lambda folder: _rescue(folder, out)) as beside:
        try:
            new.rename(beside / _NEW)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            shutil.copytree(new, beside / _NEW)
        yield beside / _NEW


def _prefix(out: Path) -> str:
    """How the temporary folders beside a site are called."""
    return f".{out.name}."
