"""The summary of a layer's responses to any number of images."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from generator.summaries.exact_sums import Digits
from generator.summaries.image_id import ImageId

SAMPLE = 256  # images whose responses are kept whole
FAULTS = 20  # of spoiled images: how many are named

Floats = npt.NDArray[np.float32]
Ids = npt.NDArray[np.uint64]
Counts = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True, eq=False)
class Summary:
    """How the units of one layer responded to the images of a shard, or of several.

    Attributes
    ----------
    count, unsound, spoiled:
        Images that are in it; images left out because a response was no finite number below 2³¹;
        images that could not be read or decoded.
    faults:
        The first twenty that were left out, each with its reason, and remarks on texts that credit
        no image; in the order of the text.
    sums, squares:
        Of responses and their squares, as digits (4, units).
    low, high, peak:
        Smallest and largest response; largest value anywhere on a map: (units,).
    active:
        On how many images the map rises above 0 anywhere, (units,).
    cells, counts:
        The histograms of all units: ``bin · units + unit`` ascending, and how many images.
    top_values, top_ids:
        The strongest distinct images, (top, units), the strongest first: response and identity.
        Unfilled: −∞ and 0.
    sample_ids, sample_values:
        The images with the smallest digests, ascending, (n,), and the responses to them,
        (n, units).
    image_ids:
        Of the images that the top or the sample names, ascending, (m,). The other ``image_*`` say
        what they are, in the same order.
    """

    layer: str
    count: int
    unsound: int
    spoiled: int
    faults: tuple[str, ...]
    sums: Digits
    squares: Digits
    low: Floats
    high: Floats
    peak: Floats
    active: npt.NDArray[np.int64]
    cells: Counts
    counts: Counts
    top_values: Floats
    top_ids: Ids
    sample_ids: Ids
    sample_values: Floats
    image_ids: Ids
    image_digests: tuple[str, ...] = ()
    image_names: tuple[str, ...] = ()
    image_shards: tuple[str, ...] = ()
    image_positions: tuple[int, ...] = ()
    image_subjects: tuple[str, ...] = ()
    image_sources: tuple[str, ...] = ()
    image_licences: tuple[str, ...] = ()

    @property
    def units(self) -> int:
        """How many channels the layer has."""
        return int(self.low.shape[0])

    @property
    def top(self) -> int:
        """How many of the strongest images are kept."""
        return int(self.top_values.shape[0])

    def images(self) -> dict[int, ImageId]:
        """The images that it names, by identity."""
        rows = zip(
            self.image_names,
            self.image_shards,
            self.image_positions,
            self.image_digests,
            self.image_subjects,
            self.image_sources,
            self.image_licences,
            strict=True,
        )
        return {id_: ImageId(*row) for id_, row in zip(self.image_ids.tolist(), rows, strict=True)}


def empty(layer: str, units: int, top: int) -> Summary:
    """The summary of no image: merging it changes nothing."""
    return Summary(
        layer=layer,
        count=0,
        unsound=0,
        spoiled=0,
        faults=(),
        sums=np.zeros((4, units), np.int64),
        squares=np.zeros((4, units), np.int64),
        low=np.full(units, np.inf, np.float32),
        high=np.full(units, -np.inf, np.float32),
        peak=np.full(units, -np.inf, np.float32),
        active=np.zeros(units, np.int64),
        cells=np.zeros(0, np.uint32),
        counts=np.zeros(0, np.uint32),
        top_values=np.full((top, units), -np.inf, np.float32),
        top_ids=np.zeros((top, units), np.uint64),
        sample_ids=np.zeros(0, np.uint64),
        sample_values=np.zeros((0, units), np.float32),
        image_ids=np.zeros(0, np.uint64),
    )


def named(summary: Summary) -> Ids:
    """The identities of the images that its top and sample name, ascending."""
    filled = summary.top_values > -np.inf
    return np.union1d(summary.top_ids[filled], summary.sample_ids)


def naming(summary: Summary, images: dict[int, ImageId]) -> Summary:
    """The same summary with the images that its top and sample name, taken from ``images``."""
    ids = named(summary)
    kept = [images[id_] for id_ in ids.tolist()]
    return replace(
        summary,
        image_ids=ids,
        image_digests=tuple(each.sha256 for each in kept),
        image_names=tuple(each.name for each in kept),
        image_shards=tuple(each.shard for each in kept),
        image_positions=tuple(each.position for each in kept),
        image_subjects=tuple(each.subject for each in kept),
        image_sources=tuple(each.source for each in kept),
        image_licences=tuple(each.licence for each in kept),
    )
