"""Writes a command's result to a file or to stdout."""

from __future__ import annotations

import sys
from pathlib import Path

from generator.errors import MachineError
from generator.system import files


def write_text(text: str, to: Path | None) -> None:
    """Write a result to a file, or to stdout where none is named."""
    if to is None:
        sys.stdout.write(text)
    else:
        check_output(to)
        write_bytes(to, text.encode(errors="backslashreplace"))


def check_output(to: Path) -> None:
    """Refuse a file that cannot be made, before time is spent on what it would hold."""
    if to.is_dir() or not to.resolve().parent.is_dir():
        raise MachineError(f"{to} cannot be written", "name a file in a folder that exists")


def write_bytes(to: Path, data: bytes) -> None:
    """Write a result where the user wants it, at once or not at all.

    Raises
    ------
    MachineError
        If the disk refuses; what was there before stays.
    """
    try:
        if to.exists() and not to.is_file():
            to.write_bytes(data)  # a terminal, a pipe, /dev/null
        else:
            files.write_file(to.resolve(), data)
    except OSError as reason:
        raise MachineError(f"{to} cannot be written: {reason.strerror}") from None
