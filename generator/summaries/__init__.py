"""Mergeable summaries of streamed images.

numpy only: no torch, no disk. An `Accumulator` takes the responses of one shard's images and gives
a `Summary`; `merge` joins summaries in any order; a `SummaryQuery` answers questions about a unit.
"""

from generator.summaries.accumulator import Accumulator, BatchResponses
from generator.summaries.image_id import ImageId, identity
from generator.summaries.merge import merge
from generator.summaries.query import SummaryQuery
from generator.summaries.summary import SAMPLE, Summary, empty

__all__ = [
    "SAMPLE",
    "Accumulator",
    "BatchResponses",
    "ImageId",
    "Summary",
    "SummaryQuery",
    "empty",
    "identity",
    "merge",
]
