"""Accumulates batches of responses into a summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from generator.summaries.bins import BINS, bin_of
from generator.summaries.exact_sums import LIMIT, digits
from generator.summaries.image_id import ImageId, identity
from generator.summaries.merge import ranking, sampled
from generator.summaries.summary import FAULTS, Floats, Summary, empty, named, naming
from generator.summaries.top_k import top_order

Marks = npt.NDArray[np.bool_]

_CHUNK = 128  # images that are folded together: sorting a few at a time would cost more


@dataclass(frozen=True, slots=True, eq=False)
class BatchResponses:
    """How a layer responded to a batch of images, each array (images, units).

    ``values`` is the response by the pooling that decides, ``peaks`` the largest value on the map.
    """

    values: Floats
    peaks: Floats

    def rows(self, wanted: Marks) -> BatchResponses:
        """Some images of it."""
        return BatchResponses(self.values[wanted], self.peaks[wanted])


@dataclass(slots=True, eq=False)
class Accumulator:
    """A summary in the making; ``summary`` may be asked for at any time."""

    made: Summary
    histogram: npt.NDArray[np.uint32]  # (bins, units): rows that nothing falls into cost nothing
    images: dict[int, ImageId] = field(default_factory=dict)
    waiting: list[tuple[Sequence[ImageId], BatchResponses]] = field(default_factory=list)

    @classmethod
    def of(cls, layer: str, units: int, top: int) -> Accumulator:
        """Nothing yet."""
        return cls(empty(layer, units, top), np.zeros((BINS, units), np.uint32))

    def add(self, images: Sequence[ImageId], responded: BatchResponses) -> None:
        """Take in a batch; images with a response that is no usable number are left out, named."""
        usable = np.abs(responded.values) < LIMIT  # NaN is not below it either
        sound: Marks = np.asarray((usable & np.isfinite(responded.peaks)).all(axis=1))
        for image, whole in zip(images, sound, strict=True):
            if not whole:
                self._left_out(f"{image.name}: a response is not a finite number", unsound=1)
        kept = [image for image, whole in zip(images, sound, strict=True) if whole]
        self.waiting.append((kept, responded if sound.all() else responded.rows(sound)))
        if sum(len(each) for each, _ in self.waiting) >= _CHUNK:
            self._settle()

    def spoil(self, name: str, reason: str, count: int = 1) -> None:
        """Count an image, or ``count`` of them, that could not be read or decoded."""
        self._left_out(f"{name}: {reason}", spoiled=count)

    def remark(self, text: str) -> None:
        """Keep a sentence on what was not done, which leaves no image out."""
        self._left_out(text)

    def summary(self) -> Summary:
        """What there is so far."""
        self._settle()
        flat = self.histogram.ravel()
        cells = np.flatnonzero(flat)
        whole = replace(self.made, cells=cells.astype(np.uint32), counts=flat[cells])
        return naming(whole, self.images)

    def _left_out(self, text: str, *, unsound: int = 0, spoiled: int = 0) -> None:
        self.made = replace(
            self.made,
            unsound=self.made.unsound + unsound,
            spoiled=self.made.spoiled + spoiled,
            faults=tuple(sorted({*self.made.faults, text})[:FAULTS]),
        )

    def _settle(self) -> None:
        """Fold in what is waiting."""
        images = [image for each, _ in self.waiting for image in each]
        parts = [responded for _, responded in self.waiting]
        self.waiting = []
        if not images:
            return
        values = np.concatenate([part.values for part in parts]).astype(np.float32)
        values += np.float32(0)  # −0 becomes 0
        peaks = np.concatenate([part.peaks for part in parts])
        ids = np.array([identity(image.sha256) for image in images], np.uint64)
        self._count(values)
        self._extend(values, peaks)
        self._rank(ids, values)
        self._remember(ids, images)

    def _count(self, values: Floats) -> None:
        units = np.broadcast_to(np.arange(values.shape[1]), values.shape)
        np.add.at(self.histogram, (bin_of(values), units), np.uint32(1))

    def _extend(self, values: Floats, peaks: Floats) -> None:
        made, exact = self.made, values.astype(np.float64)
        self.made = replace(
            made,
            count=made.count + len(values),
            sums=made.sums + digits(exact),
            squares=made.squares + digits(exact * exact),
            low=np.minimum(made.low, values.min(axis=0)),
            high=np.maximum(made.high, values.max(axis=0)),
            peak=np.maximum(made.peak, peaks.max(axis=0)),
            active=made.active + (peaks > 0).sum(axis=0),
        )

    def _rank(self, ids: npt.NDArray[np.uint64], values: Floats) -> None:
        """Take in what is among a unit's strongest; most units of a late chunk have nothing."""
        before = ranking(self.made)
        units: Marks = (values >= before.values[-1]).any(axis=0)
        found = before.of(units).joined(top_order(values[:, units], ids, self.made.top))
        best = before.replaced(units, found.strongest(self.made.top))
        sample = sampled(
            np.concatenate((self.made.sample_ids, ids)),
            np.concatenate((self.made.sample_values, values)),
        )
        self.made = replace(
            self.made,
            top_values=best.values,
            top_ids=best.ids,
            sample_ids=sample[0],
            sample_values=sample[1],
        )

    def _remember(self, ids: npt.NDArray[np.uint64], images: Sequence[ImageId]) -> None:
        """Know the images that are named, and forget those that no longer are."""
        kept = {int(each) for each in named(self.made)}
        for id_, image in zip(ids.tolist(), images, strict=True):
            self.images[id_] = min(image, self.images.get(id_, image))
        self.images = {id_: image for id_, image in self.images.items() if id_ in kept}
