"""Paths and URLs → fsspec filesystems."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, BinaryIO, cast

import fsspec
from fsspec.implementations.local import LocalFileSystem

from generator.errors import ReportError
from generator.images.sources.base import SourceError

_BRACES = re.compile(r"\{([^{}]*)\}")
_RANGE = re.compile(r"(\d+)\.\.(\d+)")
_MOST = 100_000  # addresses that braces may stand for
_CHANGING = (
    "fault",
    "ETag",
    "etag",
    "mtime",
    "LastModified",
    "last_modified",
    "updated",
    "created",
)


@dataclass(frozen=True, slots=True)
class Disk:
    """A filesystem of fsspec, and the border that local files must not lead out of."""

    files: Any  # fsspec's AbstractFileSystem, which ships no types
    border: Path | None = None

    @property
    def local(self) -> bool:
        """Whether it is this machine's own."""
        return isinstance(self.files, LocalFileSystem)

    def open(self, path: str) -> BinaryIO:
        """Open a file for reading.

        Raises
        ------
        SourceError
            If it cannot be had.
        """
        try:
            return cast(BinaryIO, self.files.open(path, "rb"))
        except Exception as reason:  # each filesystem raises errors of its own
            raise refused(path, reason) from None

    def fault(self, path: str) -> str:
        """Why a local file cannot be read, in words that follow "it"; '' if nothing shows.

        What is not there is not its own fault: `open` says so.
        """
        if not self.local:
            return ""
        try:
            mode = Path(path).stat().st_mode
        except OSError:
            return "its symbolic link leads nowhere" if Path(path).is_symlink() else ""
        if stat.S_ISDIR(mode):
            return "it is a folder, not a file"
        if not stat.S_ISREG(mode):
            return "it is no ordinary file (a pipe or a device)"
        return "" if os.access(path, os.R_OK) else "it may not be read (permission denied)"

    def admits(self, path: str) -> bool:
        """Whether a file may be read: on the disk only what ends within the border."""
        if self.border is None or not self.local:
            return True
        return Path(path).resolve().is_relative_to(self.border)


def open_disk(address: str, border: Path | None) -> tuple[Disk, str]:
    """The filesystem of an address or path, and the path on it.

    Raises
    ------
    ReportError
        If no installed package knows such addresses.
    SourceError
        If the filesystem refuses.
    """
    if "::" in address:
        raise ReportError(
            f"{address}: chained addresses (::) are not read", "name the place itself"
        )
    try:
        # Listings are not kept: those of a million files would fill the memory.
        files, path = fsspec.core.url_to_fs(address, use_listings_cache=False)
    except ImportError as reason:
        raise ReportError(
            f"{address} needs a package: {reason}", "install it beside fsspec"
        ) from None
    except ValueError as reason:  # a protocol that nobody knows
        raise ReportError(f"{address} cannot be read: {reason}", "see fsspec's protocols") from None
    except Exception as reason:
        raise refused(address, reason) from None
    return Disk(files, border), path


def expanded(written: str) -> tuple[str, ...]:
    """What braces stand for: ``{0000..0146}`` counts, ``{train,val}`` lists.

    Raises
    ------
    ReportError
        If they stand for too many addresses.
    """
    parts = _BRACES.split(written)
    choices = [_choices(part) if at % 2 else (part,) for at, part in enumerate(parts)]
    size = 1
    for each in choices:
        size *= len(each)
        if size > _MOST:
            raise ReportError(f"{written} stands for more than {_MOST} addresses", "use fewer")
    return tuple("".join(each) for each in product(*choices))


def version(info: dict[str, Any]) -> tuple[str, ...]:
    """What of a file's description changes with its content: its size, its date or ETag.

    Of a file that cannot be read, why not: rights may change, and nothing else.
    """
    found = (f"{key}={info[key]}" for key in _CHANGING if info.get(key) is not None)
    return (f"size={info.get('size')}", *list(found)[:1])


def refused(path: str, reason: BaseException) -> SourceError:
    """What could not be read, and that nothing is lost."""
    words = str(reason).splitlines()[0] if str(reason) else type(reason).__name__
    return SourceError(
        f"{path.rsplit('/', 1)[-1]} could not be read: {type(reason).__name__}: {words}"[:500],
        "put it right and run again: shards that are done are kept",
    )


def _choices(inside: str) -> tuple[str, ...]:
    counted = _RANGE.fullmatch(inside)
    if not counted:
        return tuple(inside.split(",")) if "," in inside else ("{" + inside + "}",)
    first, last = counted.groups()
    if abs(int(last) - int(first)) >= _MOST:
        raise ReportError(f"{{{inside}}} stands for more than {_MOST} addresses", "use fewer")
    return tuple(_counted(first, last))


def _counted(first: str, last: str) -> Iterator[str]:
    step = 1 if int(last) >= int(first) else -1
    width = len(first) if first.startswith("0") else 0
    for number in range(int(first), int(last) + step, step):
        yield str(number).zfill(width)
