"""Base types of image sources: shards and their images."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from generator.errors import MachineError, ReportError

Kind = Literal["files", "tar", "parquet", "arrow"]


class Entry(NamedTuple):
    """An image of a folder or CSV; with a ``fault``, ``file`` is the place of a faulty row."""

    file: str
    subject: str = ""
    source: str = ""
    licence: str = ""
    fault: str = ""


SEVERAL = "`column: NAME` under `scan:` shows one of them alone"  # how such a remark ends


class SourceError(MachineError):
    """The disk, the network or a server failed: nothing is known of the images."""


class UnreadableImageError(ReportError):
    """An image that cannot be read; ``cause`` says why, in words that follow "it"."""


@dataclass(frozen=True, slots=True)
class Item:
    """An image of a shard; ``load`` gives its encoded bytes, or raises `UnreadableImageError`.

    ``rows`` is more than 1 for a stretch of so many rows that are unreadable together. ``remarks``
    are sentences on what was not done with the files beside it.
    """

    position: int
    name: str
    load: Callable[[], bytes]
    subject: str = ""
    source: str = ""
    licence: str = ""
    rows: int = 1
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shard:
    """A part of a source that is scanned as a whole.

    Attributes
    ----------
    name:
        What it is called in messages and in the summaries: relative to the source.
    path:
        Of the archive or table; of the folder that ``entries`` count from.
    fingerprint:
        A digest of all that tells whether its images are still the same.
    entries:
        The files of a folder or CSV, as JSON lines: a million paths as objects would fill memory.
    column:
        The column of a table, or the ending of a tar's files, that was chosen; empty if none was.
    first, last:
        The row groups of a Parquet file: from ``first`` up to, not including, ``last``.
    """

    kind: Kind
    name: str
    path: str
    fingerprint: str
    entries: bytes = field(default=b"", repr=False)
    first: int = 0
    last: int = 0
    column: str = ""

    def files(self) -> Iterator[Entry]:
        """The files that it lists."""
        for line in self.entries.splitlines():
            yield Entry(*json.loads(line))


def packed(entries: Iterable[Entry]) -> bytes:
    """Entries as ``Shard.entries``."""
    return "\n".join(json.dumps(each if each.fault else each[:4]) for each in entries).encode()


def digest_of(*parts: object) -> str:
    """A digest of values that JSON can hold."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def spoiled(reason: str) -> Callable[[], bytes]:
    """A ``load`` that says why there is nothing to load."""

    def load() -> bytes:
        raise UnreadableImageError(reason)

    return load
