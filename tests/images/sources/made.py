"""Sources of every kind, made of small real images."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from generator.images.sources import Item, Source, UnreadableImageError, read


def jpeg(number: int, side: int = 24) -> bytes:
    """An image that no other number gives."""
    pixels = np.random.default_rng(number).integers(0, 255, (side, side + 8, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=80)
    return file.getvalue()


def tar(members: Mapping[str, bytes], mode: str = "w") -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in members.items():
            about = tarfile.TarInfo(name)
            about.size = len(data)
            archive.addfile(about, io.BytesIO(data))
    return file.getvalue()


def table(images: Sequence[bytes | None], **texts: Sequence[str]) -> pa.Table:
    """As the `datasets` library lays it out: a struct of bytes and path."""
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    rows = [{"bytes": each, "path": None} for each in images]
    columns = {name: list(values) for name, values in texts.items()}
    return pa.table({"image": pa.array(rows, kind), **columns})


def parquet(
    path: Path, images: Sequence[bytes | None], group: int = 1000, **texts: Sequence[str]
) -> None:
    pq.write_table(table(images, **texts), path, row_group_size=group)


def arrow(path: Path, images: Sequence[bytes | None], **texts: Sequence[str]) -> None:
    """A stream of record batches, as `save_to_disk` writes it."""
    made = table(images, **texts)
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, made.schema) as writer:
        for batch in made.to_batches(max_chunksize=3):
            writer.write_batch(batch)


def loaded(source: Source) -> tuple[list[tuple[str, bytes]], list[tuple[str, str]]]:
    """What was read and what was spoiled, each with its name."""
    read_, spoiled = [], []
    for shard in source.shards:
        for item in read(source.disk, shard):
            try:
                read_.append((item.name, item.load()))
            except UnreadableImageError as reason:
                spoiled.append((item.name, reason.cause))
    return read_, spoiled


def items(source: Source, wanted: set[int] | None = None) -> list[Item]:
    return [item for shard in source.shards for item in read(source.disk, shard, wanted)]
