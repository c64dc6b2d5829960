"""A shard → its images, one after the other."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path

from generator.images.photographs import MAX_BYTES
from generator.images.sources.base import Item, Shard, UnreadableImageError, spoiled
from generator.images.sources.filesystems import Disk, refused
from generator.images.sources.parquet import read_arrow, read_parquet
from generator.images.sources.tar import read_tar
from generator.system.files import UnreadableError, read_file
from generator.system.missing_file import ABSENT, absence


def read(disk: Disk, shard: Shard, wanted: Collection[int] | None = None) -> Iterator[Item]:
    """The images of a shard in their order; with ``wanted``, only those positions.

    Raises
    ------
    SourceError
        If the disk, the network or a server fails: whoever reads must not take the shard for done.
    """
    if shard.kind == "files":
        items = _files(disk, shard)
        return (item for item in items if wanted is None or item.position in wanted)
    if fault := disk.fault(shard.path):
        return iter((Item(0, shard.name, spoiled(fault)),))
    if shard.kind == "tar":
        return read_tar(disk, shard, wanted)
    return (read_parquet if shard.kind == "parquet" else read_arrow)(disk, shard, wanted)


def _files(disk: Disk, shard: Shard) -> Iterator[Item]:
    for position, (file, subject, source, licence, fault) in enumerate(shard.files()):
        if fault:
            yield Item(position, file, spoiled(fault))
            continue
        below = posixpath.normpath(file)
        outside = not disk.local and below.startswith(("../", "/"))
        there = partial(_load, disk, shard.path, below)
        load = spoiled("it leads out of its folder") if outside else there
        yield Item(position, file, load, subject, source, licence)


def _load(disk: Disk, folder: str, file: str) -> bytes:
    if disk.local:
        return _load_local(disk, folder, file)
    path = posixpath.join(folder, file)
    try:
        data = bytes(disk.files.cat_file(path, start=0, end=MAX_BYTES + 1))
    except FileNotFoundError:
        raise UnreadableImageError("there is no such file") from None
    except Exception as reason:
        raise refused(path, reason) from None
    if len(data) > MAX_BYTES:
        raise UnreadableImageError(f"it is larger than {MAX_BYTES >> 20} MiB")
    return data


def _load_local(disk: Disk, folder: str, file: str) -> bytes:
    path = posixpath.join(folder, file)
    if not disk.admits(path):
        raise UnreadableImageError("it leads outside the project")
    try:
        return read_file(Path(path), MAX_BYTES)
    except UnreadableError as error:
        is_absent = error.cause == ABSENT
        raise UnreadableImageError(
            absence(Path(folder), file) if is_absent else error.cause
        ) from None
