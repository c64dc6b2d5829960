"""Replaces the old site by the new one in one step."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import shutil
import sys
from pathlib import Path

from generator.errors import MachineError, ReportError
from generator.site.docs import MARKER
from generator.system.files import refused_by_machine

_HERE = {"linux": -100}.get(sys.platform, -2)  # AT_FDCWD
_EXCHANGE = 2  # RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS
_CANNOT = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP)


def refuse_foreign(out: Path) -> None:
    """Refuse to replace anything that is not a site of this program's making.

    Raises
    ------
    ReportError
        ``out`` is a file, a link, or a folder with something else in it.
    """
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise ReportError(f"{out} is not a folder", "choose another folder with --out")
    if out.is_dir() and any(out.iterdir()) and not (out / MARKER).is_file():
        raise ReportError(
            f"{out} holds files that this program did not make",
            "empty it yourself, or choose another folder with --out",
        )


def swap(new: Path, out: Path) -> None:
    """Put ``new`` where ``out`` is; the old site is removed only when the new one stands.

    Where the kernel can exchange two folders, there is no moment without a whole site. Elsewhere
    it takes two renames: a process killed between them leaves the old site beside, and the next
    build puts it back.

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
        shutil.rmtree(_beside(out, "old"), ignore_errors=True)
        arrived = _arrive(new, out)
        if not out.exists():
            arrived.rename(out)
        elif not exchange(arrived, out):
            _replace(arrived, out)
    except OSError as error:
        cause = refused_by_machine(error).cause
        raise MachineError(f"{out}: {cause}", "the old site was kept") from error
    for old in (arrived, _beside(out, "old")):
        shutil.rmtree(old, ignore_errors=True)


def recover(out: Path) -> None:
    """Put back the old site if an earlier build was killed between its two renames."""
    old = _beside(out, "old")
    if old.is_dir() and not out.exists():
        with contextlib.suppress(OSError):
            old.rename(out)


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


def _replace(arrived: Path, out: Path) -> None:
    """The same in two renames; the first is taken back if the second fails."""
    out.rename(_beside(out, "old"))
    try:
        arrived.rename(out)
    except BaseException:
        recover(out)
        raise


def _arrive(new: Path, out: Path) -> Path:
    """The new site on the disk of ``out``, so that renaming it is one step."""
    if os.stat(new).st_dev == os.stat(out.parent).st_dev:  # noqa: PTH116
        return new
    arrived = _beside(out, "new")
    shutil.rmtree(arrived, ignore_errors=True)
    try:
        shutil.copytree(new, arrived)
    except BaseException:
        shutil.rmtree(arrived, ignore_errors=True)
        raise
    return arrived


def _beside(out: Path, what: str) -> Path:
    return out.with_name(f".{out.name}.{what}")
