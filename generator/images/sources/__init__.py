"""Where images come from by the million: folders, CSVs, tars, Parquet and Arrow files.

On the disk or wherever fsspec reaches. A `Source` is cut into shards, each read on its own, in an
order that never changes; what cannot be read is handed on with its reason, never dropped.
"""

from generator.images.sources.base import Item, Shard, SourceError, UnreadableImageError
from generator.images.sources.read import read
from generator.images.sources.shards import Source, open_source

__all__ = [
    "Item",
    "Shard",
    "Source",
    "SourceError",
    "UnreadableImageError",
    "open_source",
    "read",
]
