"""Where images come from by the million: folders, CSVs, tars, Parquet and Arrow files.

On the disk or wherever fsspec reaches. A `Source` is cut into shards, each read on its own, in an
order that never changes; what cannot be read is handed on with its reason, never dropped.
"""

from generator.sources.listing import Source, open_source
from generator.sources.reading import read
from generator.sources.records import Item, Shard, SourceError, SpoiledError

__all__ = [
    "Item",
    "Shard",
    "Source",
    "SourceError",
    "SpoiledError",
    "open_source",
    "read",
]
