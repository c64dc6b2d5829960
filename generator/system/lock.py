"""File lock; says why it waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout


@contextmanager
def file_lock(file: Path, wait: Callable[[], None]) -> Iterator[None]:
    """Hold a lock file, made with its folder as needed; ``wait`` is called where another has it.

    Several are taken in one order only, the store's before the work folder's: so nobody waits in
    a circle. An OSError of the lock file itself is the caller's to explain.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(file)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        wait()
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
