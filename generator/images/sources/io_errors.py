"""A file wrapper that remembers the error of its filesystem."""

from __future__ import annotations

import io
from types import TracebackType
from typing import BinaryIO


class FailureRecorder(io.RawIOBase):
    """Hands on to a file; ``failure`` is what its filesystem raised, if it did.

    The libraries that parse a file raise the same errors for bytes that make no sense as for
    bytes that never came. The first is a fault of the file and counted; the second is not.
    """

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file
        self.failure: Exception | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._file.seekable()

    def read(self, size: int = -1) -> bytes:
        try:
            return self._file.read(size)
        except Exception as reason:
            self.failure = reason
            raise

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def close(self) -> None:
        self._file.close()
        super().close()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
