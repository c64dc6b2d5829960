"""Reads images from Parquet and Arrow files.

pyarrow is an extra (`filterbook[scan]`); it is imported where a table is read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

from generator.errors import MachineError, ReportError
from generator.images.photographs import MAX_BYTES
from generator.images.sources.base import SEVERAL, Item, Shard, spoiled
from generator.images.sources.credits import credits_in
from generator.images.sources.filesystems import Disk, refused
from generator.images.sources.io_errors import FailureRecorder

_NAMES = ("image", "img", "jpg", "jpeg", "png", "webp", "picture", "photo", "bytes", "content")
_SAID = ("subject", "caption", "text", "title", "source", "credit", "author", "url")
_SAID_OF_LICENCE = ("licence", "license")
_AT_ONCE = 16  # rows that are read together
MAX_GROUP = 4 << 30  # bytes that a row group's images may unpack to


class _NoImagesError(Exception):
    """A table without a column of images; the text says so, in words that follow "it"."""


def row_groups(disk: Disk, path: str, at_least: int) -> Iterator[tuple[int, int]]:
    """Stretches of row groups with so many rows each; (0, 0) for a file that is no Parquet."""
    arrow = _pyarrow()
    with FailureRecorder(disk.open(path)) as file:
        try:
            about = arrow.parquet.ParquetFile(file, pre_buffer=False).metadata
        except Exception as reason:  # whatever the bytes led pyarrow to
            _raise_if_unread(file, path, reason)
            yield 0, 0
            return
        first = rows = 0
        for group in range(about.num_row_groups):
            rows += about.row_group(group).num_rows
            if rows >= at_least or group == about.num_row_groups - 1:
                yield first, group + 1
                first, rows = group + 1, 0


def read_parquet(disk: Disk, shard: Shard, wanted: Collection[int] | None) -> Iterator[Item]:
    """The rows of a file's row groups; a group that cannot be read is one item of so many rows."""
    arrow = _pyarrow()
    with FailureRecorder(disk.open(shard.path)) as file:
        try:
            table = arrow.parquet.ParquetFile(file, pre_buffer=False)
            columns, remarks = _columns(arrow, table.schema_arrow, shard.column)
        except Exception as reason:  # whatever the bytes led pyarrow to
            _raise_if_unread(file, shard.path, reason)
            other = isinstance(reason, _NoImagesError)
            words = str(reason) if other else "it is no Parquet file, or is cut short"
            yield Item(0, shard.name, spoiled(words))
            return
        position = 0
        for group in range(shard.first, shard.last):
            about = table.metadata.row_group(group)
            mine = range(position, position + about.num_rows)
            position = mine.stop
            if wanted is not None and not any(each in mine for each in wanted):
                continue
            done = mine.start
            try:
                if about.total_byte_size > MAX_GROUP:
                    raise arrow.ArrowInvalid("a row group of more than 4 GiB")
                batches = table.iter_batches(
                    _AT_ONCE, row_groups=[group], columns=columns, use_threads=False
                )
                for batch in batches:
                    for item in _rows(batch, columns[0], shard, done):
                        done += 1
                        if wanted is None or item.position in wanted:
                            yield replace(item, remarks=remarks)
                            remarks = ()
            except Exception as reason:  # whatever the bytes led pyarrow to
                _raise_if_unread(file, shard.path, reason)
                yield _lost(shard, done, mine.stop - done, reason)


def read_arrow(disk: Disk, shard: Shard, wanted: Collection[int] | None) -> Iterator[Item]:
    """The rows of an Arrow file or stream; where it breaks off, one more item says so."""
    arrow = _pyarrow()
    position = 0
    with FailureRecorder(disk.open(shard.path)) as file:
        try:
            batches, schema = _batches(arrow, file)
            columns, remarks = _columns(arrow, schema, shard.column)
            for batch in batches:
                for item in _rows(batch.select(columns), columns[0], shard, position):
                    position += 1
                    if wanted is None or item.position in wanted:
                        yield replace(item, remarks=remarks)
                        remarks = ()
        except _NoImagesError as reason:
            yield Item(0, shard.name, spoiled(str(reason)))
        except Exception as reason:  # whatever the bytes led pyarrow to
            _raise_if_unread(file, shard.path, reason)
            words = f"the table breaks off after {position} rows ({type(reason).__name__})"
            yield Item(position, shard.name, spoiled(words))


def _batches(arrow: ModuleType, file: FailureRecorder) -> tuple[Iterator[Any], Any]:
    """Record batches of either of Arrow's two layouts; the `datasets` library writes streams."""
    magic = file.read(6)
    file.seek(0)
    if magic == b"ARROW1":
        table = arrow.ipc.open_file(file)
        return (table.get_batch(at) for at in range(table.num_record_batches)), table.schema
    stream = arrow.ipc.open_stream(file)
    return iter(stream), stream.schema


def _columns(arrow: ModuleType, schema: Any, wanted: str) -> tuple[list[str], tuple[str, ...]]:
    """The column of images, then the texts about them; what to say where several hold images.

    Raises
    ------
    _NoImagesError
        If there are no images, or none in the column that is wanted.
    """
    images = [field.name for field in schema if _holds_images(arrow, field.type)]
    if not images:
        raise _NoImagesError(
            "it has no column of encoded images: bytes, or {bytes, path} as the `datasets` library"
            " writes it"
        )
    if wanted and wanted not in images:
        raise _NoImagesError(f"it has no column of images {wanted!r}: it has {', '.join(images)}")
    images.sort(key=lambda each: _NAMES.index(each) if each in _NAMES else len(_NAMES))
    texts = [
        field.name
        for field in schema
        if field.name in (*_SAID, *_SAID_OF_LICENCE)
        and (arrow.types.is_string(field.type) or arrow.types.is_large_string(field.type))
    ]
    chosen = wanted or images[0]
    if wanted or len(images) == 1:
        return [chosen, *texts], ()
    held = f"the tables have {len(images)} columns of images ({', '.join(images)})"
    return [chosen, *texts], (f"{held}, of which {chosen} is shown: {SEVERAL}",)


def _holds_images(arrow: ModuleType, kind: Any) -> bool:
    if arrow.types.is_struct(kind):
        at = kind.get_field_index("bytes")
        return at >= 0 and _holds_images(arrow, kind.field(at).type)
    return bool(arrow.types.is_binary(kind) or arrow.types.is_large_binary(kind))


def _rows(batch: Any, column: str, shard: Shard, start: int) -> Iterator[Item]:
    at = batch.schema.get_field_index(column)
    for row in range(batch.num_rows):
        value = batch.column(at)[row].as_py()
        told = {
            field.name: batch.column(index)[row].as_py()
            for index, field in enumerate(batch.schema)
            if index != at
        }
        path = value.get("path") if isinstance(value, dict) else None
        data = value.get("bytes") if isinstance(value, dict) else value
        name = f"{shard.name}/{path or f'row {start + row}'}"
        yield _item(start + row, name, data, told)


def _item(position: int, name: str, data: bytes | None, told: dict[str, object]) -> Item:
    if not data:
        return Item(position, name, spoiled("the row holds no image"))
    if len(data) > MAX_BYTES:
        return Item(position, name, spoiled(f"it is larger than {MAX_BYTES >> 20} MiB"))
    return Item(position, name, lambda: data, *credits_in(told))


def _lost(shard: Shard, start: int, rows: int, reason: Exception) -> Item:
    words = f"{rows} rows from row {start} cannot be read ({type(reason).__name__})"
    return Item(start, shard.name, spoiled(words), rows=rows)


def _raise_if_unread(file: FailureRecorder, path: str, reason: Exception) -> None:
    """Raise what is no fault of the file's content."""
    if isinstance(reason, ReportError | MemoryError):
        raise reason
    if file.failure is not None:
        raise refused(path, file.failure) from None


def _pyarrow() -> ModuleType:
    """Import pyarrow, kept to one thread: the decoding of images has the cores."""
    try:
        import pyarrow  # noqa: PLC0415 - an extra
        import pyarrow.ipc  # noqa: PLC0415
        import pyarrow.parquet  # noqa: PLC0415
    except ImportError:
        raise MachineError(
            "Parquet and Arrow files need pyarrow", "pip install 'filterbook[scan]'"
        ) from None
    pyarrow.set_cpu_count(1)
    pyarrow.set_io_thread_count(1)
    module: ModuleType = pyarrow
    return module
