"""What remains of images that were streamed through a network: summaries that merge exactly.

numpy only: no torch, no disk. A `Fold` takes the responses of one shard's images, `summary` freezes
them, `merge` puts summaries together in any order, `Reading` says what a unit's numbers mean.
"""

from generator.scanning.fold import Fold, Responded
from generator.scanning.image import Image, identity
from generator.scanning.merging import merge
from generator.scanning.reading import Reading
from generator.scanning.summary import SAMPLE, Summary, empty

__all__ = [
    "SAMPLE",
    "Fold",
    "Image",
    "Reading",
    "Responded",
    "Summary",
    "empty",
    "identity",
    "merge",
]
