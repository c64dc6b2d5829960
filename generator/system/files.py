"""Reads files within bounds and writes them atomically."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
from pathlib import Path

from generator.errors import MachineError, ReportError

PART = ".part-"  # how the names of files begin that are not whole yet

_REASONS = {
    errno.ENOENT: "there is no such file",
    errno.ENOTDIR: "there is no such file",
    errno.EACCES: "it may not be read (permission denied)",
    errno.EPERM: "it may not be read (permission denied)",
    errno.ELOOP: "its symbolic links lead in a circle",
    errno.ENAMETOOLONG: "its name is too long to be a file's",
    errno.EISDIR: "it is a folder, not a file",
}


ABSENT = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})  # there is nothing, or no folder
_REMEDIES = {
    errno.ENOSPC: "make room on the disk, then run the same command again",
    errno.EDQUOT: "make room in your quota, then run the same command again",
    errno.EMFILE: "allow more open files (`ulimit -n`), then run the same command again",
    errno.ENFILE: "too many files are open on this machine: run the same command again later",
    errno.EACCES: "give rights to it, then run the same command again",
    errno.EPERM: "give rights to it, then run the same command again",
    errno.ENOMEM: "free memory, then run the same command again",
}
# What a disk or a system runs out of, or breaks of: never the fault of the file that was asked for.
_MACHINE = frozenset(
    {
        errno.EIO,
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EROFS,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.ENODEV,
        errno.ENXIO,
        errno.ESTALE,
        errno.ETIMEDOUT,
        errno.EFBIG,
        errno.EBUSY,
        errno.ETXTBSY,
    }
)


class UnreadableError(ReportError):
    """A file that cannot be read; ``cause`` says why in words that follow "it"."""


def read_file(path: Path, limit: int) -> bytes:
    """All bytes of a regular file.

    Raises
    ------
    UnreadableError
        The file is missing, is a folder, pipe, socket or device, may not be read, or is larger
        than ``limit`` bytes.
    MachineError
        The disk or the system failed: nothing is known of the file.
    """
    try:
        _refuse_irregular(path.stat(), limit)
        # Between the look and the opening the file may have become a pipe: do not wait for it.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with open(handle, "rb") as file:  # noqa: PTH123 - a descriptor, not a path
            _refuse_irregular(os.fstat(handle), limit)
            data = file.read(limit + 1)
    except OSError as error:
        raise_if_machine(error)
        raise UnreadableError(_reason(error)) from error
    except ValueError as error:  # a NUL byte in the name
        raise UnreadableError("there is no such file") from error
    _refuse_large(len(data), limit)
    return data


def kind_of(path: Path) -> str:
    """What lies there, links followed: ``folder``, ``file`` (of any other kind), or '' for nothing.

    A link that leads nowhere is a file. An impossible name is nothing.

    Raises
    ------
    MachineError
        The disk or the system failed: nothing is known.
    """
    try:
        return "folder" if stat.S_ISDIR(path.stat().st_mode) else "file"
    except OSError as error:
        raise_if_machine(error)
        return "file" if os.path.lexists(path) else ""
    except ValueError:
        return ""


def write_file(target: Path, data: bytes) -> None:
    """Write a file at once or not at all: under another name, to the disk, then renamed.

    Folders are made as needed. An OSError leaves what was there before, and no half-written file.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    # Its name is known before it is there: a signal may come between any two instructions.
    part = target.parent / f"{PART}{secrets.token_hex(8)}"
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), 0o644)  # whatever the umask: what is kept here is shared
            os.fsync(file.fileno())
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def raise_if_machine(reason: OSError) -> None:
    """Raise `MachineError` where the disk or the system failed, instead of passing a file over.

    A photograph that cannot be read for want of descriptors is no bad photograph: leaving it out
    would change the evidence.
    """
    if reason.errno in _MACHINE:
        raise refused_by_machine(reason) from reason


def refused_by_machine(reason: OSError) -> MachineError:
    """What the system refused, of which file, and what to do about it."""
    if isinstance(reason, shutil.Error):  # a list of what could not be copied, in words
        return MachineError(str(reason.args[0][0][2])[:200], "put the disk right, then run again")
    name = Path(os.fsdecode(reason.filename)).name if reason.filename is not None else ""
    words = reason.strerror or type(reason).__name__
    remedy = _REMEDIES.get(reason.errno or 0, "put the disk right, then run the same command again")
    return MachineError(f"{words}: {name}" if name else words, remedy)


def is_machine(reason: OSError) -> bool:
    """Whether the disk or the rights on it are to blame, and not this program."""
    return isinstance(reason, shutil.Error) or reason.errno in _MACHINE | {
        errno.EACCES,
        errno.EPERM,
    }


def _refuse_irregular(status: os.stat_result, limit: int) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise UnreadableError("it is a folder, not a file")
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableError("it is no ordinary file (a pipe, a socket or a device)")
    _refuse_large(status.st_size, limit)


def _refuse_large(size: int, limit: int) -> None:
    if size > limit:
        raise UnreadableError(f"it is {_mebibytes(size)} large, more than {_mebibytes(limit)}")


def _mebibytes(size: int) -> str:
    return f"{size / 2**20:.3g} MiB"


def _reason(error: OSError) -> str:
    known = _REASONS.get(error.errno or 0)
    return known or f"it cannot be read ({error.strerror or type(error).__name__})"
