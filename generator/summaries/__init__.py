"""What remains of images that were streamed through a network: summaries that merge exactly.

numpy only: no torch, no disk. A `Fold` takes the responses of one shard's images, `summary` freezes
them, `merge` puts summaries together in any order, `Reading` says what a unit's numbers mean.
"""

from generator.summaries.accumulator import Fold, Responded
from generator.summaries.image_id import Image, identity
from generator.summaries.merge import merge
from generator.summaries.query import Reading
from generator.summaries.summary import SAMPLE, Summary, empty

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
