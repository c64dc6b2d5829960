"""Bytes that are read from disk only when they are needed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Blob:
    """A file's bytes. Thousands of pictures would fill the memory; each is wanted once or twice.

    Attributes
    ----------
    sha256, size:
        Of the bytes; equal blobs have equal digests, wherever they lie.
    read:
        Gives the bytes. Those of a store are verified again, and raise `StoreError` if they are
        no longer there.
    """

    sha256: str
    size: int
    read: Callable[[], bytes] = field(repr=False, compare=False)

    @classmethod
    def of(cls, data: bytes) -> Blob:
        """Bytes that are held in memory."""
        return cls(hashlib.sha256(data).hexdigest(), len(data), lambda: data)

    def __bool__(self) -> bool:
        """Whether there are any bytes."""
        return self.size > 0

    def __reduce__(self) -> tuple[Any, ...]:
        """Take the bytes along: another process, or another machine, may have no such file."""
        return Blob.of, (self.read(),)


NOTHING = Blob.of(b"")
