"""Why a file is not what its name says; each check takes a path and its size.

They raise `DamagedError`.
"""

from __future__ import annotations

import hashlib
import os
import re

from generator.store.encoding import DamagedError, check, ledger_tasks
from generator.system import file_cache
from generator.system.file_cache import DIGITS

SUFFIX = ".safetensors"
_PIECE = 4 * 2**20
# resnet18-f37072fd.pth in torch's cache; a SHA-256 alone in the Hugging Face Hub's.
_PUBLISHED = re.compile(r"(?:.*-)?([0-9a-f]{8}|[0-9a-f]{10}|[0-9a-f]{64})(?:\.pth|\.pt)?")


def stored(path: str, size: int) -> None:
    """An object of the store: its name holds its key and its digest."""
    folder, name = os.path.split(path)
    stem, _, digest = name.removesuffix(SUFFIX).rpartition(".")
    if len(digest) != DIGITS or not folder.endswith(f"{os.sep}{stem[:2]}"):
        raise DamagedError("its name is not one that this program gives")
    check(_content(path, size), stem, digest=digest)


def weights(path: str, _size: int) -> None:
    """Kept weights: their name holds their digest."""
    stem, _, digest = os.path.basename(path).removesuffix(SUFFIX).rpartition(".")  # noqa: PTH119
    if len(digest) != DIGITS or not stem:
        raise DamagedError("its name is not one that this program gives")
    _compare(path, digest)


def ledger(path: str, size: int) -> None:
    """The ledger of a store, which holds its own digest."""
    ledger_tasks(_content(path, size))


def copy(path: str, _: int) -> None:
    """A copy of a scanned image, whose name is its digest."""
    _compare(path, os.path.basename(path))  # noqa: PTH119


def cached(path: str, size: int) -> None:
    """A file that can be made again; its name holds its key and a digest."""
    reason = file_cache.fault(os.path.basename(path), _content(path, size))  # noqa: PTH119
    if reason:
        raise DamagedError(reason)


def published(path: str, _: int) -> None:
    """A file of another program, which put its digest into the name."""
    _compare(path, promised(path))


def promised(path: str) -> str:
    """The SHA-256, or its beginning, that another program wrote into a file's name; '' if none."""
    return found[1] if (found := _PUBLISHED.fullmatch(os.path.basename(path))) else ""  # noqa: PTH119


def _compare(path: str, digest: str) -> None:
    total = hashlib.sha256()
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123
        while piece := file.read(_PIECE):
            total.update(piece)
    if not total.hexdigest().startswith(digest):
        raise DamagedError("its content does not fit its name")


def _content(path: str, size: int) -> bytes:
    handle = os.open(path, os.O_RDONLY)
    try:
        return os.read(handle, size + 1)
    finally:
        os.close(handle)
