"""The manifest of a finished site: size and SHA-256 of every file in it but its own.

It is written last, and what lies in the site is compared with it before anything is published.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from generator.errors import ReportError
from generator.system.files import UnreadableError, read_file

MANIFEST = "filterbook.manifest.json"
LIMIT = 64 * 2**20
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """A file's size in bytes and the SHA-256 of its content."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A file that is not what the manifest says; ``path`` counts from the site."""

    path: str
    reason: str


Files = Mapping[str, Entry]


class ManifestError(ReportError):
    """A site's manifest is missing or damaged."""


def write_manifest(root: Path) -> None:
    """Write the manifest of a site; the same files give the same bytes."""
    paths = sorted(name for name, kind in _walk(root) if kind == "file" and name != MANIFEST)
    with ThreadPoolExecutor(2) as pool:  # hashing leaves the interpreter free
        files = dict(zip(paths, pool.map(lambda path: _entry(root / path), paths), strict=True))
    (root / MANIFEST).write_bytes(encode(files))


def read_manifest(root: Path) -> tuple[Files, bytes]:
    """What a site's manifest lists, and the manifest's own bytes.

    Raises
    ------
    ManifestError
        There is none, or it is damaged.
    """
    try:
        data = read_file(root / MANIFEST, LIMIT)
        listed: dict[str, Any] = json.loads(data)["files"]
        files = {path: Entry(**entry) for path, entry in listed.items()}
    except UnreadableError as error:
        raise _refused(root, error.cause) from None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise _refused(root, "it is damaged") from None
    if encode(files) != data:
        raise _refused(root, "it is damaged")
    return files, data


def encode(files: Files) -> bytes:
    """A manifest as JSON that carries its own digest."""
    listed = {path: asdict(files[path]) for path in sorted(files)}
    text = json.dumps(listed, indent=0, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f'{{"format": {_FORMAT},\n"sha256": "{digest}",\n"files": {text}}}\n'.encode()


def differences(root: Path, files: Files) -> tuple[Difference, ...]:
    """Everything in a site that is not what its manifest says, in the order of paths."""
    there = {name: kind for name, kind in _walk(root) if name != MANIFEST}
    found = [Difference(name, kind) for name, kind in there.items() if kind != "file"]
    found += [Difference(name, "it is missing") for name in files if name not in there]
    plain = [name for name, kind in there.items() if kind == "file"]
    found += [
        Difference(name, "it was added after the build") for name in plain if name not in files
    ]
    known = [name for name in plain if name in files]
    with ThreadPoolExecutor(2) as pool:
        reasons = pool.map(lambda name: _reason(root / name, files[name]), known)
        found += [Difference(name, reason) for name, reason in zip(known, reasons, strict=True)]
    found = [each for each in found if each.reason]
    return tuple(sorted(found, key=lambda each: each.path))


def _walk(root: Path, folder: str = "") -> Iterator[tuple[str, str]]:
    """Every file below a site with ``file``, or with why it can be none of a site's."""
    with os.scandir(root / folder) as entries:
        listed = sorted(entries, key=lambda entry: entry.name)
    for entry in listed:
        name = f"{folder}/{entry.name}" if folder else entry.name
        mode = entry.stat(follow_symlinks=False).st_mode
        if entry.name.casefold() == ".git":
            yield name, "it belongs to a git repository in the site"
        elif stat.S_ISLNK(mode):
            yield name, "it is a link"
        elif stat.S_ISDIR(mode):
            yield from _walk(root, name)
        else:
            yield name, "file" if stat.S_ISREG(mode) else "it is no ordinary file"


def _reason(path: Path, listed: Entry) -> str:
    try:
        return "" if _entry(path) == listed else "it was changed after the build"
    except OSError as reason:
        if isinstance(reason, PermissionError) or reason.errno == errno.EIO:  # the disk lost it
            return f"it cannot be read ({reason.strerror})"
        raise


def _entry(path: Path) -> Entry:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Entry(file.tell(), digest)


def _refused(root: Path, reason: str) -> ManifestError:
    return ManifestError(f"{root.name}/{MANIFEST}: {reason}", "build the site again: make site")
