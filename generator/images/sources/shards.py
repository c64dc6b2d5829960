"""The source that a spec names → a list of shards."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from generator.errors import ReportError
from generator.images.formats import is_readable, unread_title
from generator.images.sources import csv_list
from generator.images.sources.base import Entry, Kind, Shard, digest_of, packed
from generator.images.sources.csv_list import NoListError
from generator.images.sources.filesystems import Disk, expanded, open_disk, refused, version
from generator.images.sources.folder_listing import FolderListing
from generator.images.sources.parquet import row_groups
from generator.system.urls import is_address, local_path

PER_SHARD = 1_000  # images of a folder or CSV: what a killed scan may lose
MAX_INDEX = 1 << 30  # bytes of a CSV
TAR_VERSION = 2  # raised by hand when tars are credited otherwise: their shards are scanned again
_KINDS: dict[str, Kind] = {
    ".tar": "tar",
    ".tar.gz": "tar",
    ".tgz": "tar",
    ".parquet": "parquet",
    ".arrow": "arrow",
}


@dataclass(frozen=True, slots=True)
class Source:
    """Shards in the order in which they are listed, each name once, and the disk they lie on.

    ``passed_over`` is a sentence about what lies there and is not read; empty if nothing.
    """

    disk: Disk
    shards: tuple[Shard, ...]
    passed_over: str = ""


def open_source(
    written: str, folder: Path, *, border: Path | None = None, column: str = ""
) -> Source:
    """Find the shards of a folder, a file, a glob or an address.

    Parameters
    ----------
    folder:
        Relative paths count from it.
    border:
        Local files must lie within this folder; None allows any.
    column:
        The column of tables, or the ending of a tar's files, that holds the images.

    Raises
    ------
    ReportError
        If there is nothing of the kind, or several kinds in one folder.
    SourceError
        If the disk or the network refuses.
    """
    found: list[Shard] = []
    disk: Disk | None = None
    sentences: list[str] = []
    addresses = expanded(written)
    for each in addresses:
        address = each if is_address(each) else str(folder / local_path(each))
        disk, path = open_disk(address, border)
        listing = FolderListing(disk)
        found += _shards(listing, path, alone=len(addresses) == 1)
        sentences += listing.sentences
    passed_over = " ".join(sentences)
    if disk is None or not found:
        remedy = passed_over or "see docs/scan.md"
        raise ReportError(f"{written}: there are no images, tars or tables", remedy)
    shards = tuple(_with_column(each, column) for each in _named(found))
    return Source(disk, shards, passed_over)


def _with_column(shard: Shard, column: str) -> Shard:
    if not column:
        return shard
    if shard.kind == "files":
        raise ReportError(
            f"{shard.name}: a folder or list of images has no columns", "leave scan.column out"
        )
    return replace(shard, column=column, fingerprint=digest_of(shard.fingerprint, column))


def _shards(listing: FolderListing, path: str, *, alone: bool) -> Iterator[Shard]:
    try:
        if any(char in path for char in "*?["):
            for each in sorted(listing.disk.files.glob(path)):
                yield from _of_path(listing, each, alone=False)
        else:
            yield from _of_path(listing, path, alone=alone)
    except FileNotFoundError:
        raise ReportError(f"{posixpath.basename(path)}: there is no such file or folder") from None
    except ReportError:
        raise
    except Exception as reason:
        raise refused(path, reason) from None


def _of_path(listing: FolderListing, path: str, *, alone: bool) -> Iterator[Shard]:
    """The shards of a folder or file; far from here only what has no known ending is a folder."""
    disk = listing.disk
    if (disk.local or not _kind(path)) and disk.files.isdir(path):
        yield from _of_folder(listing, path)
    else:
        yield from _of_file(disk, path, posixpath.basename(path), alone=alone)


def _of_folder(listing: FolderListing, folder: str) -> Iterator[Shard]:
    kinds: dict[str, list[str]] = {}
    images: list[tuple[str, tuple[str, ...]]] = []
    for name, info in listing.files(folder):
        kind = _kind(name)
        if kind:
            kinds.setdefault(kind, []).append(name)
        elif is_readable(name):
            images.append((name, version(info)))
    found = [*kinds, *(["images"] if images else [])]
    if len(found) > 1:
        raise ReportError(
            f"{posixpath.basename(folder)}/ holds several kinds of source: {', '.join(found)}",
            "name one of them, as in folder/*.tar",
        )
    for names in kinds.values():
        for name in names:
            yield from _of_file(listing.disk, posixpath.join(folder, name), name, alone=False)
    yield from _of_files(folder, ((Entry(name), known) for name, known in images))


def _of_file(disk: Disk, path: str, name: str, *, alone: bool) -> Iterator[Shard]:
    """The shards of a file; one of several that is no source is a shard of one fault."""
    if not disk.admits(path):
        raise ReportError(f"{name} leads outside the project", "allow it with --allow-outside")
    fault = disk.fault(path)
    info = {"fault": fault} if fault else disk.files.info(path)  # a link may lead nowhere
    try:
        yield from _of_known(disk, path, name, info)
    except NoListError as reason:
        if alone:
            raise ReportError(f"{name}: {reason}", "see docs/scan.md") from None
        entries = packed((Entry(name, fault=str(reason)),))
        yield Shard("files", name, path, digest_of("fault", name, version(info)), entries)


def _of_known(disk: Disk, path: str, name: str, info: dict[str, Any]) -> Iterator[Shard]:
    """By the ending of its name.

    Raises
    ------
    NoListError
        If it lists no images.
    """
    kind, known, fault = _kind(path), version(info), info.get("fault", "")
    if fault and not kind:
        raise NoListError(fault)
    if kind == "parquet" and not fault:
        stretches = tuple(row_groups(disk, path, PER_SHARD))
        for first, last in stretches:
            label = name if len(stretches) == 1 else f"{name} from group {first}"
            mark = digest_of(kind, name, known, first, last)
            yield Shard(kind, label, path, mark, first=first, last=last)
    elif kind:
        read_as = (kind, TAR_VERSION) if kind == "tar" else (kind,)
        yield Shard(kind, name, path, digest_of(*read_as, name, known))
    elif path.casefold().endswith(".csv"):
        yield from _of_csv(disk, path, name, info)
    elif is_readable(path):
        yield from _of_files(posixpath.dirname(path), [(Entry(posixpath.basename(path)), known)])
    elif title := unread_title(path):
        raise NoListError(f"images of {title} are not read")
    else:
        raise NoListError("it is no folder, image, CSV, tar, Parquet or Arrow file")


def _of_csv(disk: Disk, path: str, name: str, info: dict[str, Any]) -> Iterator[Shard]:
    """Paths are relative to the CSV."""
    if (info.get("size") or 0) > MAX_INDEX:
        raise NoListError("it is larger than 1 GiB")
    with disk.open(path) as file:
        listed = ((entry, version(info)) for entry in csv_list.entries(file, name))
        yield from _of_files(posixpath.dirname(path), listed)


def _of_files(folder: str, listed: Iterable[tuple[Entry, tuple[str, ...]]]) -> Iterator[Shard]:
    """Shards of so many files each, in the order in which they are listed."""
    rest, start = iter(listed), 1
    while part := list(islice(rest, PER_SHARD)):
        entries = packed(entry for entry, _ in part)
        name = f"files {start} to {start + len(part) - 1}"
        mark = digest_of("files", entries.decode(), [known for _, known in part])
        yield Shard("files", name, folder, mark, entries)
        start += len(part)


def _kind(path: str) -> Kind | None:
    name = path.casefold()
    return next((kind for end, kind in _KINDS.items() if name.endswith(end)), None)


def _named(shards: list[Shard]) -> tuple[Shard, ...]:
    """Each name once: what two folders call alike is told apart by its folder."""
    seen: dict[str, Shard] = {}
    for shard in shards:
        name, count = shard.name, 1
        while name in seen:
            count += 1
            name = f"{shard.name} [{count}]"
        seen[name] = Shard(
            shard.kind, name, shard.path, shard.fingerprint, shard.entries, shard.first, shard.last
        )
    return tuple(seen.values())
