"""Feature maps as one image strip per page."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from generator.artifacts.artifact import FeatureMap
from generator.findings.findings import ClaimFinding, Exhibit, FilterFinding
from generator.pages import paths
from generator.pages.page import MapsFile
from generator.pages.parts import MapView


class MapStrip:
    """The maps of one page side by side, each once; they share a scale and one file.

    A map of one position (a class token, a classifier's units) says nothing of where: none is laid
    over a photograph.
    """

    def __init__(self, path: str, exhibits: Iterable[Exhibit]) -> None:
        self._path = path
        self._maps: dict[str, FeatureMap] = {}
        for exhibit in exhibits:
            if exhibit.map is not None and exhibit.map.values.size > 1:
                self._maps.setdefault(exhibit.map.photograph, exhibit.map)
        self._places = {photograph: at for at, photograph in enumerate(self._maps)}

    def view(self, exhibit: Exhibit) -> MapView | None:
        """Where in the strip a photograph's map stands; None where it has none."""
        if exhibit.map is None or exhibit.map.photograph not in self._places:
            return None
        at, last = self._places[exhibit.map.photograph], max(1, len(self._maps) - 1)
        return MapView(self._path, f"{100 * at / last:.4g}")

    def file(self) -> MapsFile | None:
        """The strip as a file of the site; None for a page without maps."""
        maps = tuple(self._maps.values())
        return MapsFile(self._path, maps, scale(maps)) if maps else None


def scale(maps: Iterable[FeatureMap]) -> float:
    """The largest value in any of the maps: what they all divide by."""
    peaks = [float(np.nanmax(made.values)) for made in maps]
    return max([peak for peak in peaks if np.isfinite(peak)], default=0.0)


def of_filter(found: FilterFinding) -> MapStrip:
    """The maps of a filter's page."""
    shown = (*found.top, *(each.exhibit for each in found.range))
    return MapStrip(paths.maps(found.layer, found.filter, "page"), shown)


def of_claim(finding: ClaimFinding) -> MapStrip:
    """The maps of a claim's page."""
    claim = finding.claim
    shown = finding.best + finding.counterexamples + finding.worst
    return MapStrip(paths.maps(claim.layer, claim.filter, claim.id), shown)
