"""Files that can be made again: each is verified when it is read, and a damaged one is put aside.

A file is called ``<key>.<digest><suffix>``. The key says what the content depends on; the digest is
the SHA-256 of key and content, so that flipped bits, lost tails, and files that changed names or
places are all found.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from generator.system.files import UnreadableError, read_file, write_file

ASIDE = ".damaged"
LIMIT = 256 * 2**20
DIGITS = 64  # of a SHA-256


class FileCache:
    """The files of one folder; ``warn`` is told of every file that is put aside."""

    def __init__(self, folder: Path, warn: Callable[[str], None]) -> None:
        self.folder, self._warn = folder, warn
        self._names: dict[str, list[str]] | None = None  # by key and suffix; listed once

    def get(self, key: str, suffix: str) -> tuple[Path, bytes] | None:
        """The file of that key with its content, verified; None where there is none.

        Raises
        ------
        MachineError
            The disk or the system failed.
        OSError
            The folder cannot be read, or a damaged file not be put aside.
        """
        names = self._listed().get(key + suffix, [])
        while names:
            path = self.folder / names[-1]
            try:
                data = read_file(path, LIMIT)
                reason = fault(path.name, data)
            except UnreadableError as error:
                data, reason = b"", error.cause
            if not reason:
                return path, data
            names.pop()
            if os.path.lexists(path):
                self._warn(f"{path.name[:16]}… in {self.folder.name}/ is damaged: made again")
                path.replace(path.with_name(path.name + ASIDE))
        return None

    def put(self, key: str, suffix: str, data: bytes) -> Path:
        """Write a file at once or not at all; other files of the key are removed.

        Raises
        ------
        OSError
            The disk refuses; what was there before stays.
        """
        path = self.folder / name_of(key, data, suffix)
        write_file(path, data)
        names = self._listed()
        for name in names.get(key + suffix, []):
            if name != path.name:
                (self.folder / name).unlink(missing_ok=True)
        names[key + suffix] = [path.name]
        return path

    def _listed(self) -> dict[str, list[str]]:
        if self._names is None:
            listed: dict[str, list[str]] = {}
            for name in self._entries():
                key, _, rest = name.partition(".")
                listed.setdefault(key + rest[DIGITS:], []).append(name)
            self._names = listed
        return self._names

    def _entries(self) -> list[str]:
        try:
            return sorted(os.listdir(self.folder))  # noqa: PTH208 - names alone
        except (FileNotFoundError, NotADirectoryError):
            return []


def name_of(key: str, data: bytes, suffix: str) -> str:
    """What the file of a key is called."""
    digest = hashlib.sha256(key.encode() + b"\0" + data).hexdigest()
    return f"{key}.{digest}{suffix}"


def is_name(name: str) -> bool:
    """Whether a file of such a folder is one of its own, sound or not."""
    key, _, rest = name.partition(".")
    digest, suffix = rest[:DIGITS], rest[DIGITS:]
    return bool(key) and len(digest) == DIGITS and "." not in digest and suffix.startswith(".")


def fault(name: str, data: bytes) -> str:
    """Why a file of such a folder is not what its name says; '' if it is."""
    key, _, rest = name.partition(".")
    if not is_name(name):
        return "its name is not one that this program gives"
    return "" if name == name_of(key, data, rest[DIGITS:]) else "its content does not fit its name"
