"""How VGG-16 responds to the library's photographs: real numbers for tests that need no network.

``python -m tests.findings.real`` makes ``responses.npz`` anew, from the store of the example report
where that was built.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from generator.commands.layer_responses import respond
from generator.pipeline.build import Request, read_study
from generator.system.console import Console
from generator.system.locations import locations_beside

ROOT = Path(__file__).parents[2]
FILE = Path(__file__).with_name("responses.npz")
LAYER = "features.28"
# The filters that fit a tag of the library best, and the first ones of the layer.
FITS = {
    "building": 360, "mammals": 274, "bird": 501, "fish": 329, "plants": 277, "arch": 359,
    "flowers": 60, "windmill": 424, "wheel": 450, "fowl": 303, "rodents": 490, "cat": 286,
}  # fmt: skip
FILTERS = (*sorted(FITS.values()), *(k for k in range(90) if k not in FITS.values()))


@dataclass(frozen=True, slots=True, eq=False)
class Real:
    """``values`` are means of maps after the activation function, (photographs, filters)."""

    values: npt.NDArray[np.float32]
    tags: tuple[frozenset[str], ...]

    def tagged(self, tag: str) -> npt.NDArray[np.bool_]:
        """Which photographs carry it: (photographs,)."""
        return np.array([tag in each for each in self.tags])

    def column(self, number: int) -> int:
        """Where a filter of the network stands in ``values``."""
        return FILTERS.index(number)


@cache
def real() -> Real:
    """The committed numbers, one row for each line of the library's index."""
    with (ROOT / "images" / "images.csv").open(encoding="utf-8", newline="") as file:
        tags = tuple(frozenset(row["tags"].split()) for row in csv.DictReader(file))
    return Real(np.load(FILE)["values"], tags)


def make() -> None:
    """Measure them, or take them from the store."""
    spec = ROOT / "report.yml"
    asked = Request(spec, locations_beside(spec), Console())
    study = read_study(asked)
    photographs = {each.name.removeprefix("images/"): each for each in study.library}
    with (ROOT / "images" / "images.csv").open(encoding="utf-8", newline="") as file:
        wanted = [photographs[row["file"]] for row in csv.DictReader(file)]
    table, _ = respond(asked, study, LAYER, wanted)
    np.savez_compressed(FILE, values=table.mean[table.rows(tuple(wanted))][:, FILTERS])


if __name__ == "__main__":
    make()
