"""Findings of a streamed scan: each filter's strongest images and its range.

Images of a scan illustrate; claims are tested on the photographs that the spec names for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from generator.artifacts.artifact import ScanResult
from generator.findings.findings import Exhibit, Histogram, LayerFinding, RangePhotograph
from generator.findings.index import MapsByPlace
from generator.findings.library_responses import BINS, THROUGH
from generator.findings.photographs import exhibit, score
from generator.findings.response_table import Table, table_of, tabulate
from generator.findings.standardize import Scale
from generator.images.photographs import Photograph
from generator.plan import MapTask, ResponseTask
from generator.spec.report import EvidenceSpec
from generator.spec.study import Study
from generator.summaries import ImageId, Summary, SummaryQuery, identity


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """A layer's summary, and the images that its filters show."""

    reading: SummaryQuery
    table: Table | None
    photographs: Mapping[int, Photograph]

    @property
    def count(self) -> int:
        """How many images were summed up."""
        return self.reading.summary.count

    def top(self, index: int, maps: MapsByPlace) -> tuple[Exhibit, ...]:
        """The images that excite a filter most, each with where on it."""
        found = self.reading.strongest(index)
        return tuple(self._exhibit(each.image, index, maps) for each in found)

    def range(self, index: int, maps: MapsByPlace) -> tuple[RangePhotograph, ...]:
        """Images down the rest of its range."""
        found = self.reading.through(index, THROUGH)
        ordered = sorted(found, key=lambda each: (-each.share, each.image))
        return tuple(
            RangePhotograph(each.share, self._exhibit(each.image, index, maps)) for each in ordered
        )

    def histogram(self, index: int) -> Histogram | None:
        """How a filter's responses are spread; None without images.

        Counts are those of finer bins, taken as spread evenly within each.
        """
        made, reading = self.reading.summary, self.reading
        if not made.count:
            return None
        low, high = float(made.low[index]), float(made.high[index])
        ends = np.linspace(low, high, BINS + 1) if high > low else np.array([low, high])
        below = np.rint(reading.shares_below(index, ends) * made.count).astype(int)
        below[0], below[-1] = 0, made.count
        middle = reading.quantile(index, 0.5)
        threshold = middle + (high - middle) / 2
        above = 1 - float(reading.shares_below(index, [threshold])[0])
        return Histogram(
            low,
            high,
            tuple(int(count) for count in np.diff(below)),
            threshold,
            share=above if threshold < high else 0.0,
            active=float(made.active[index]) / made.count,
        )

    def _exhibit(self, image: ImageId, index: int, maps: MapsByPlace) -> Exhibit:
        assert self.table is not None  # noqa: S101 - every image that is shown was measured again
        photograph = self.photographs[identity(image.sha256)]
        scale = Scale(self.reading.mean(index), self.reading.deviation(index))
        found = score(self.table, photograph, index, role=None, scale=scale)
        return exhibit(self.table, found, index, maps)


def galleries(evidence: EvidenceSpec, made: ScanResult | None) -> dict[str, Gallery]:
    """A gallery for each layer that was scanned."""
    if made is None:
        return {}
    tables = tabulate(evidence, made.responses)
    return {
        each.layer: Gallery(SummaryQuery.of(each), table_of(tables, each.layer), made.photographs)
        for each in made.summaries
    }


def illustrated(
    layer: LayerFinding, shown: Mapping[str, Gallery], maps: MapsByPlace
) -> LayerFinding:
    """A layer whose filters show the images of a scan, where there was one."""
    gallery = shown.get(layer.layer)
    if gallery is None:
        return layer
    filters = (
        replace(
            found,
            top=gallery.top(found.filter, maps),
            range=gallery.range(found.filter, maps),
            histogram=gallery.histogram(found.filter),
            scanned=gallery.count,
        )
        for found in layer.filters
    )
    return replace(layer, filters=tuple(filters))


def wanted_images(study: Study, summaries: Mapping[str, Summary]) -> tuple[ImageId, ...]:
    """Every image that the pages will show of a scan, each once."""
    return tuple(dict.fromkeys(image for _, _, image in _shown(study, summaries)))


def wanted_of_scan(
    study: Study, summaries: Mapping[str, Summary], photographs: Mapping[int, Photograph]
) -> tuple[tuple[ResponseTask, ...], tuple[MapTask, ...]]:
    """What has to be measured of the images that are shown: responses, and maps."""
    filters: dict[tuple[str, int], set[int]] = {}
    for layer, index, image in _shown(study, summaries):
        filters.setdefault((layer, identity(image.sha256)), set()).add(index)
    scans = (ResponseTask(layer, photographs[image]) for layer, image in filters)
    maps = (
        MapTask(layer, photographs[image], tuple(sorted(indices)))
        for (layer, image), indices in filters.items()
    )
    return tuple(scans), tuple(maps)


def _shown(study: Study, summaries: Mapping[str, Summary]) -> Iterator[tuple[str, int, ImageId]]:
    """Layer, filter and image for everything that is shown."""
    for entry in study.spec.reported_layers:
        if entry.layer not in summaries:
            continue
        reading = SummaryQuery.of(summaries[entry.layer])
        for index in entry.filters:
            for strong in reading.strongest(index):
                yield entry.layer, index, strong.image
            for passed in reading.through(index, THROUGH):
                yield entry.layer, index, passed.image
