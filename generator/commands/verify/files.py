"""Every file that the program reads again, and why it is not what its name or its list says.

What bounds the speed is SHA-256 (1.2 GB/s a core with the processor's own instructions) and, where
objects are small, the opening of files: 15 microseconds each.
"""

from __future__ import annotations

import errno
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from generator.commands.verify import checks
from generator.commands.verify.checks import SUFFIX
from generator.errors import ReportError, StoreError
from generator.images.metadata_cache import PHOTOGRAPHS
from generator.pipeline.layer_lookup import TABLES
from generator.site.docs import MARKER
from generator.site.manifest import MANIFEST, differences, read_manifest
from generator.site.work_folder import ASSETS
from generator.store.encoding import DamagedError
from generator.store.layout import COPIES, LEDGER, OBJECT, OBJECTS
from generator.system import file_cache, folder_mark
from generator.system.file_cache import ASIDE, DIGITS
from generator.system.files import raise_if_machine
from generator.system.locations import WEIGHTS

_WEIGHTS = re.compile(r"[^.]+\.[0-9a-f]{64}\.(safetensors|damaged)")
_AT_ONCE = 64  # files that a thread takes: handing over one by one would cost more than hashing


@dataclass(frozen=True, slots=True)
class Places:
    """The folders that are read; ``cache`` is the user's, ``hubs`` those of other programs."""

    store: Path
    weights: Path
    cache: Path
    work: Path
    site: Path
    hubs: tuple[Path, ...] = ()


Owner = Literal["cache", "site", "hub", "foreign"]


@dataclass(frozen=True, slots=True)
class Damage:
    """A file that is not what its name says, and why not.

    Those of a cache or store can be put aside; a site is written as a whole; files in a hub are
    another program's, and ``foreign`` ones somebody's.
    """

    path: Path
    reason: str
    owner: Owner = "cache"


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """What was read: files, bytes, seconds, the damaged ones, and those put aside before."""

    files: int
    size: int
    seconds: float
    damaged: tuple[Damage, ...]
    aside: int


Check = Callable[[str, int], None]  # raises DamagedError; of a path and its size
_Due = tuple[str, Check, Owner]


def verify(places: Places) -> VerifyResult:
    """Read every file of every place to its last byte."""
    begun = time.perf_counter()
    listed = list(_listed(places))
    found = [each for each in listed if not each[0].endswith(ASIDE)]
    parts = [found[start : start + _AT_ONCE] for start in range(0, len(found), _AT_ONCE)]
    with ThreadPoolExecutor(_cores()) as pool:
        looked = [each for part in pool.map(_look, parts) for each in part]
    files, size, damaged = _site(places.site)
    damaged = (*(damage for _, damage in looked if damage), *damaged)
    total = size + sum(each for each, _ in looked)
    aside = len(listed) - len(found)
    return VerifyResult(files + len(found), total, time.perf_counter() - begun, damaged, aside)


def _listed(places: Places) -> Iterator[_Due]:
    """Every file that is read by its name, with what it is checked by, and whose it is."""
    for path in _ending(_below(places.store / OBJECTS, deep=True)):
        yield path, checks.stored, "cache" if OBJECT.fullmatch(_name(path)) else "foreign"
    is_own = places.weights == places.cache / WEIGHTS
    is_own = is_own or folder_mark.listed(places.weights) is not None
    for path in _ending(_below(places.weights)):
        owned = is_own and _WEIGHTS.fullmatch(_name(path))
        yield path, checks.weights, "cache" if owned else "foreign"
    ledger = places.store / LEDGER
    if ledger.is_file():
        yield str(ledger), checks.ledger, "cache"
    for path in _below(places.store / COPIES):
        if len(_name(path).removesuffix(ASIDE)) == DIGITS:
            yield path, checks.copy, "cache"
    for path in (path for folder in _caches(places) for path in _below(folder)):
        if file_cache.is_name(_name(path)):
            yield path, checks.cached, "cache"
    for path in (path for folder in places.hubs for path in _below(folder)):
        if checks.promised(path):
            yield path, checks.published, "hub"


def _caches(places: Places) -> tuple[Path, ...]:
    """Folders of files that can be made again."""
    return places.cache / TABLES, places.cache / PHOTOGRAPHS, places.work / ASSETS


def _ending(paths: list[str]) -> list[str]:
    return [path for path in paths if path.endswith((SUFFIX, ASIDE))]


def _name(path: str) -> str:
    return path.rpartition(os.sep)[2]  # pathlib costs as much as the hash


def _site(root: Path) -> tuple[int, int, tuple[Damage, ...]]:
    """Files and bytes of a finished site, and what in it is not as it was built."""
    if not (root / MARKER).is_file():
        return 0, 0, ()
    try:
        files, _ = read_manifest(root)
    except ReportError as refusal:
        return 1, 0, (Damage(root / MANIFEST, refusal.cause.partition(": ")[2], "site"),)
    wrong = (Damage(root / each.path, each.reason, "site") for each in differences(root, files))
    return len(files) + 1, sum(each.size for each in files.values()), tuple(wrong)


def _look(due: Iterable[_Due]) -> list[tuple[int, Damage | None]]:
    """The size of each file, and what is wrong with it."""
    return [_size_and_damage(*each) for each in due]


def _size_and_damage(path: str, checked: Check, owner: Owner) -> tuple[int, Damage | None]:
    size = 0
    try:
        size = os.stat(path).st_size  # noqa: PTH116 - pathlib costs as much as the hash
        checked(path, size)
    except DamagedError as damage:
        return size, Damage(Path(path), str(damage), owner)
    except FileNotFoundError:
        return 0, None  # a build put it aside, or somebody deleted it: nothing is damaged
    except OSError as reason:
        if isinstance(reason, PermissionError) or reason.errno == errno.EIO:  # the disk lost it
            return 0, Damage(Path(path), f"it cannot be read ({reason.strerror})", owner)
        raise_if_machine(reason)
        raise
    return size, None


def _below(folder: Path, *, deep: bool = False) -> list[str]:
    """Files in a folder, and one level deeper, as strings: there may be many."""
    try:
        with os.scandir(folder) as entries:
            here = sorted(entries, key=lambda entry: entry.name)
        found = [entry.path for entry in here if entry.is_file(follow_symlinks=False)]
        for entry in here if deep else ():
            if entry.is_dir(follow_symlinks=False):
                with os.scandir(entry.path) as inner:
                    found += sorted(e.path for e in inner if e.is_file(follow_symlinks=False))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as reason:
        raise StoreError(f"{folder.name}/ cannot be read: {reason.strerror}") from None
    return found


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else (os.cpu_count() or 1)
