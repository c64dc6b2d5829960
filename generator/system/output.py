"""Writes a command's result to a file or to stdout.

A file that is there already is replaced only if the program wrote it.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from generator.errors import MachineError, ReportError
from generator.system import files
from generator.system.locations import cache

IsOwn = Callable[[bytes], bool]
_LIMIT = 1 << 30


def write_text(text: str, to: Path | None, is_own: IsOwn) -> None:
    """Write a result to a file, or to stdout where none is named."""
    if to is None:
        sys.stdout.write(text)
    else:
        write_bytes(to, text.encode(errors="backslashreplace"), is_own)


def check_output(to: Path, is_own: IsOwn) -> None:
    """Refuse a file before time is spent on what it would hold.

    ``is_own`` says of the content of a file whether the program wrote it.

    Raises
    ------
    ReportError
        There is a file already that the program did not write.
    MachineError
        The file cannot be made.
    """
    if to.is_dir() or not to.resolve().parent.is_dir():
        raise MachineError(f"{to} cannot be written", "name a file in a folder that exists")
    if not to.is_file():
        return
    try:
        data = files.read_file(to, _LIMIT)
    except files.UnreadableError:
        data = b"?"
    if data and not is_own(data):
        raise ReportError(
            f"{to} is there already, and this program did not write it",
            "name another file, or delete that one yourself",
        )


def write_bytes(to: Path, data: bytes, is_own: IsOwn) -> None:
    """Write a result where the user wants it, at once or not at all.

    Raises
    ------
    ReportError
        There is a file already that the program did not write.
    MachineError
        If the disk refuses; what was there before stays.
    """
    check_output(to, is_own)
    try:
        if to.exists() and not to.is_file():
            to.write_bytes(data)  # a terminal, a pipe, /dev/null
        else:
            files.write_file(to.resolve(), data)
    except OSError as reason:
        raise MachineError(f"{to} cannot be written: {reason.strerror}") from None


def remember(data: bytes) -> None:
    """Note the digest of a result that does not show who wrote it, such as a picture."""
    with suppress(OSError):  # it only allows to replace the file later
        files.write_file(_note(data), b"")


def is_remembered(data: bytes) -> bool:
    """Whether `remember` noted these bytes."""
    return _note(data).is_file()


def _note(data: bytes) -> Path:
    return cache() / "written" / hashlib.sha256(data).hexdigest()
