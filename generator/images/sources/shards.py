"""The source that a spec names → a list of shards."""

from __future__ import annotations

import csv
import io
import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from generator.errors import ReportError
from generator.images.formats import is_readable, unread_title
from generator.images.sources.base import Entry, Kind, Shard, digest_of, packed
from generator.images.sources.filesystems import Disk, expanded, open_disk, refused, version
from generator.images.sources.folder_listing import FolderListing
from generator.images.sources.parquet import row_groups
from generator.system.urls import is_address, local_path

PER_SHARD = 1_000  # images of a folder or CSV: what a killed scan may lose
MAX_INDEX = 1 << 30  # bytes of a CSV
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


def open_source(written: str, folder: Path, *, border: Path | None = None) -> Source:
    """Find the shards of a folder, a file, a glob or an address.

    Parameters
    ----------
    folder:
        Relative paths count from it.
    border:
        Local files must lie within this folder; None allows any.

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
    for each in expanded(written):
        address = each if is_address(each) else str(folder / local_path(each))
        disk, path = open_disk(address, border)
        listing = FolderListing(disk)
        found += _shards(listing, path)
        sentences += listing.sentences
    passed_over = " ".join(sentences)
    if disk is None or not found:
        remedy = passed_over or "see docs/scan.md"
        raise ReportError(f"{written}: there are no images, tars or tables", remedy)
    return Source(disk, _named(found), passed_over)


def _shards(listing: FolderListing, path: str) -> Iterator[Shard]:
    is_glob = any(char in path for char in "*?[")
    try:
        for each in sorted(listing.disk.files.glob(path)) if is_glob else [path]:
            if listing.disk.files.isdir(each) and not _kind(each):
                yield from _of_folder(listing, each)
            else:
                yield from _of_file(listing.disk, each, posixpath.basename(each))
    except FileNotFoundError:
        raise ReportError(f"{posixpath.basename(path)}: there is no such file or folder") from None
    except ReportError:
        raise
    except Exception as reason:
        raise refused(path, reason) from None


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
            yield from _of_file(listing.disk, posixpath.join(folder, name), name)
    yield from _of_files(folder, (((name, "", "", ""), known) for name, known in images))


def _of_file(disk: Disk, path: str, name: str) -> Iterator[Shard]:
    kind = _kind(path)
    info = disk.files.info(path)
    known = version(info)
    if not disk.admits(path):
        raise ReportError(f"{name} leads outside the project", "allow it with --allow-outside")
    if path.casefold().endswith(".csv"):
        yield from _of_csv(disk, path, info)
    elif kind == "parquet":
        stretches = tuple(row_groups(disk, path, PER_SHARD))
        for first, last in stretches:
            label = name if len(stretches) == 1 else f"{name} from group {first}"
            mark = digest_of(kind, name, known, first, last)
            yield Shard(kind, label, path, mark, first=first, last=last)
    elif kind:
        yield Shard(kind, name, path, digest_of(kind, name, known))
    elif is_readable(path):
        folder = posixpath.dirname(path)
        yield from _of_files(folder, [((posixpath.basename(path), "", "", ""), known)])
    elif title := unread_title(path):
        raise ReportError(f"{name}: images of {title} are not read", "save it as JPEG or PNG")
    else:
        raise ReportError(
            f"{name} is no folder, image, CSV, tar, Parquet or Arrow file", "see docs/scan.md"
        )


def _of_csv(disk: Disk, path: str, info: dict[str, Any]) -> Iterator[Shard]:
    """Columns file (needed), subject, source, licence; paths relative to the CSV."""
    if (info.get("size") or 0) > MAX_INDEX:
        raise ReportError(f"{posixpath.basename(path)} is larger than 1 GiB", "cut it in pieces")
    with disk.open(path) as file:
        rows = csv.DictReader(io.TextIOWrapper(file, encoding="utf-8-sig", newline=""))
        try:
            if "file" not in (rows.fieldnames or ()):
                raise ReportError(
                    f"{posixpath.basename(path)} has no column `file`",
                    "its first line names the columns: file, subject, source, licence",
                )
            entries = ((_entry(row), version(info)) for row in rows)
            yield from _of_files(posixpath.dirname(path), entries)
        except (csv.Error, UnicodeDecodeError) as reason:
            cause = f"{posixpath.basename(path)}:{rows.line_num}: it is no CSV in UTF-8: {reason}"
            raise ReportError(cause, "mend that line") from None


def _entry(row: dict[str, str]) -> Entry:
    texts = (row.get(key) or "" for key in ("file", "subject", "source", "licence"))
    file, subject, source, licence = texts
    return file, subject, source, licence


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
