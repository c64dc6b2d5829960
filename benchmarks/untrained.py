"""Claims about a network that has learnt nothing: VGG-16 as it is before training.

A report on it must support none of what its author sees in it (Adebayo et al. 2018, Sanity Checks
for Saliency Maps). ``benchmarks/calibration.py`` makes such claims. A minute on one core.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from generator.images.photographs import Photograph
from generator.models.card import Preprocessing

LIBRARY = Path(__file__).parents[1] / "images"
LAYER, FILTERS = "features.28", 128
# As torchvision's entry, in half the size: a network that knows nothing loses nothing by it.
PREPROCESSING = Preprocessing(128, 112, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


@dataclass(frozen=True, slots=True, eq=False)
class Scanned:
    """Means of the maps after the activation function, (photographs, filters), and the tags."""

    values: npt.NDArray[np.float32]
    tags: tuple[frozenset[str], ...]

    def concepts(self) -> Iterator[npt.NDArray[np.bool_]]:
        """For each tag that 10 to 60 photographs carry, which of them do."""
        for tag in sorted(frozenset().union(*self.tags)):
            shows = np.array([tag in each for each in self.tags])
            if 10 <= shows.sum() <= 60:
                yield shows


def scanned(seed: int) -> Scanned:
    """The library before a VGG-16 with the random weights that training starts from."""
    import torch  # noqa: PLC0415 - the rest of the calibration does without
    from torchvision.models import vgg16  # noqa: PLC0415

    from generator.lab.loading import models, weights  # noqa: PLC0415
    from generator.lab.measure import activations  # noqa: PLC0415

    torch.manual_seed(seed)
    tensors = {k: v for k, v in vgg16().state_dict().items() if k.startswith("features.")}
    made = weights.Weights(
        "random", tensors, weights.digest_of(tensors), "made here", "none", PREPROCESSING
    )
    bench = models.assemble("vgg16", made, torch.device("cpu"))
    with (LIBRARY / "images.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    photographs = [Photograph(r["file"], str(LIBRARY / r["file"]), r["sha256"]) for r in rows]
    values = [
        found.mean_after[:FILTERS]
        for k in range(0, len(photographs), 16)
        for found in activations.scan(bench, [bench.layer(LAYER)], photographs[k : k + 16])
    ]
    return Scanned(np.stack(values), tuple(frozenset(row["tags"].split()) for row in rows))
