"""`verify`: reads every byte of the store and of the cached weights and checks its digest.

What bounds the speed is SHA-256 (1.2 GB/s a core with the processor's own instructions) and, where
objects are small, the opening of files: 15 microseconds each.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from generator.commands.options import DEFAULT_SPEC, SpecOption, StoreOption
from generator.errors import ExitCode, MachineError, ReportError, StoreError
from generator.store.encoding import DamagedError, check, ledger_tasks
from generator.store.layout import LEDGER, OBJECT, OBJECTS
from generator.store.store import Store, put_aside
from generator.system import folder_mark
from generator.system.console import Console
from generator.system.files import raise_if_machine
from generator.system.locations import cache, locations_beside


def command(
    spec: SpecOption = DEFAULT_SPEC,
    store: StoreOption = None,
    weights: Annotated[Path | None, typer.Option(help="Kept weights [the user's cache].")] = None,
    repair: Annotated[bool, typer.Option("--repair", help="Put damaged files aside.")] = False,
) -> int:
    """Read the store and the kept weights to their last byte; 1 if anything is damaged."""
    folders = locations_beside(spec, store=store)
    if folders.shared:
        raise ReportError(
            "a store at an address is not read whole: each object is verified when it is used",
            "leave --store out to verify what is kept beside the report",
        )
    kept = weights or folders.weights
    return run(folders.store, kept, repair=repair, say=print, wait=Console().say)


_SUFFIX = ".safetensors"
_WEIGHTS = re.compile(r"[^.]+\.[0-9a-f]{64}\.safetensors")
_AT_ONCE = 64  # files that a thread takes: handing over one by one would cost more than hashing
_PIECE = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Damage:
    """A file that is not what its name says, and why not."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """What was read: files, bytes, seconds, the damaged ones, and those put aside before."""

    files: int
    size: int
    seconds: float
    damaged: tuple[Damage, ...]
    aside: int


def run(
    store: Path,
    weights: Path,
    *,
    repair: bool,
    say: Callable[[str], None],
    wait: Callable[[str], None],
) -> ExitCode:
    """Verify both, and tell what was found; with ``repair``, damaged files are put aside.

    Raises
    ------
    MachineError
        If a folder cannot be read, or a file not be put aside.
    """
    if not repair:
        found = verify(store, weights)
    else:
        with Store(store, say).lock(wait):
            found = verify(store, weights)
            _put_all_aside([each for each in found.damaged if _is_own(each.path, store, weights)])
    for damage in found.damaged:
        left = repair and not _is_own(damage.path, store, weights)
        rest = "; left alone, as this program did not name it" if left else ""
        say(f"{_shown(damage.path, store, weights)}: {damage.reason}{rest}")
    for line in told(found, repair=repair):
        say(line)
    return ExitCode.GATE_FAILED if found.damaged else ExitCode.DONE


def verify(store: Path, weights: Path) -> VerifyResult:
    """Read every object of a store, its ledger, and every file of kept weights."""
    begun = time.perf_counter()
    paths = [*_below(store / OBJECTS), *_below(weights)]
    ledger = store / LEDGER
    paths += [str(ledger)] if ledger.is_file() else []
    wanted = [path for path in paths if path.endswith((_SUFFIX, LEDGER))]
    parts = [wanted[start : start + _AT_ONCE] for start in range(0, len(wanted), _AT_ONCE)]
    with ThreadPoolExecutor(_cores()) as pool:
        looked = [each for part in pool.map(_look, parts) for each in part]
    damaged = tuple(Damage(Path(path), reason) for path, _, reason in looked if reason)
    aside = sum(path.endswith(".damaged") for path in paths)
    size = sum(size for _, size, _ in looked)
    return VerifyResult(len(wanted), size, time.perf_counter() - begun, damaged, aside)


def told(found: VerifyResult, *, repair: bool) -> Iterator[str]:
    """What was found, in a line or two."""
    rate = found.size / 1e6 / max(found.seconds, 1e-9)
    sizes = f"{found.files} files, {found.size / 1e6:.1f} MB in {found.seconds:.2f} s"
    yield f"{sizes} ({rate:.0f} MB/s): {len(found.damaged) or 'none'} damaged"
    if found.damaged and repair:
        yield "they were put aside as .damaged; the next build makes them again"
    elif found.damaged:
        yield "a build puts them aside and makes them again; so does --repair, without building"
    if found.aside:
        yield f"{found.aside} were put aside before (.damaged): nothing reads them, delete them"


def _look(paths: Iterable[str]) -> list[tuple[str, int, str]]:
    """Each path with its size and what is wrong with it."""
    return [(path, *_size_and_fault(path)) for path in paths]


def _size_and_fault(path: str) -> tuple[int, str]:
    try:
        size = os.stat(path).st_size  # noqa: PTH116 - pathlib costs as much as the hash
        return size, _fault(path, size)
    except FileNotFoundError:
        return 0, ""  # a build put it aside, or somebody deleted it: nothing is damaged
    except OSError as reason:
        if isinstance(reason, PermissionError) or reason.errno == errno.EIO:  # the disk lost it
            return 0, f"it cannot be read ({reason.strerror})"
        raise_if_machine(reason)
        raise


def _fault(path: str, size: int) -> str:
    """Why a file is not what its name says; '' if it is."""
    folder, name = os.path.split(path)
    stem, _, digest = name.removesuffix(_SUFFIX).rpartition(".")
    try:
        if name == LEDGER:
            ledger_tasks(_content(path, size))
        elif len(digest) != 64 or not stem:
            raise DamagedError("its name is not one that this program gives")
        elif folder.endswith(f"{os.sep}{stem[:2]}"):
            check(_content(path, size), stem, digest=digest)
        elif _digest(path) != digest:
            raise DamagedError("its content does not fit its name")
    except DamagedError as damage:
        return str(damage)
    return ""


def _content(path: str, size: int) -> bytes:
    handle = os.open(path, os.O_RDONLY)
    try:
        return os.read(handle, size + 1)
    finally:
        os.close(handle)


def _digest(path: str) -> str:
    total = hashlib.sha256()
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123
        while piece := file.read(_PIECE):
            total.update(piece)
    return total.hexdigest()


def _below(folder: Path) -> list[str]:
    """Files in a folder and in those within it, one level deep, as strings: there may be many."""
    try:
        with os.scandir(folder) as entries:
            here = sorted(entries, key=lambda entry: entry.name)
        found = [entry.path for entry in here if entry.is_file(follow_symlinks=False)]
        for entry in here:
            if entry.is_dir(follow_symlinks=False):
                with os.scandir(entry.path) as inner:
                    found += sorted(e.path for e in inner if e.is_file(follow_symlinks=False))
    except FileNotFoundError:
        return []
    except OSError as reason:
        raise StoreError(f"{folder.name}/ cannot be read: {reason.strerror}") from None
    return found


def _is_own(path: Path, store: Path, weights: Path) -> bool:
    """Whether this program named the file and owns its folder; other files are only reported."""
    if path.is_relative_to(store / OBJECTS):
        return bool(OBJECT.fullmatch(path.name))
    is_cache = weights == cache() / "weights" or folder_mark.listed(weights) is not None
    return path == store / LEDGER or (is_cache and bool(_WEIGHTS.fullmatch(path.name)))


def _put_all_aside(damaged: Iterable[Damage]) -> None:
    for damage in damaged:
        try:
            put_aside(damage.path)
        except OSError as reason:
            cause = f"{damage.path.name[:16]}… cannot be put aside: {reason.strerror}"
            raise MachineError(cause, "give rights to its folder") from None


def _shown(path: Path, *folders: Path) -> str:
    """The path from the folder that it lies in: no absolute ones in what may be pasted."""
    inside = (path.relative_to(f.parent) for f in folders if path.is_relative_to(f))
    return str(next(inside, path.name))


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else (os.cpu_count() or 1)
