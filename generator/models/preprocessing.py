"""Common preprocessings, and photographs of known classes to compare them.

A wrong normalisation changes every response and every picture, and nothing fails. Where the network
has a classifier of ImageNet's thousand classes, it is shown photographs whose class is beyond
doubt, prepared as the report says and as other networks want it; the classes must be likelier in
the report's way. No torch.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from generator.images.photographs import Photograph, open_photograph
from generator.models.card import Preprocessing

LIBRARY = Path(__file__).parents[2] / "images"
CLASSES = 1000


@dataclass(frozen=True, slots=True)
class LabelledPhotograph:
    """A photograph and the indices of ImageNet's classes that are right for it."""

    photograph: Photograph
    classes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PreprocessingVariant:
    """A way of preparing photographs; ``swapped`` if as blue, green, red."""

    name: str
    preprocessing: Preprocessing
    swapped: bool = False


def labelled_photographs(library: Path = LIBRARY) -> tuple[LabelledPhotograph, ...]:
    """The table of the example library; empty where that is not installed."""
    table = library / "imagenet.csv"
    if not table.is_file():
        return ()
    with table.open(encoding="utf-8", newline="") as file:
        return tuple(
            LabelledPhotograph(
                open_photograph(library / row["file"], row["file"]),
                tuple(int(each) for each in row["classes"].split()),
            )
            for row in csv.DictReader(file)
        )


def preprocessing_variants(own: Preprocessing) -> tuple[PreprocessingVariant, ...]:
    """The report's own way first, then what other networks want."""
    usual = (
        ("ImageNet's mean and deviation", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        ("mean 0.5 and deviation 0.5", (0.5,) * 3, (0.5,) * 3),
        ("values from 0 to 1 as they are", (0.0,) * 3, (1.0,) * 3),
        ("values from 0 to 255 as they are", (0.0,) * 3, (1 / 255,) * 3),
        ("values from 0 to 255 less Caffe's means", (0.48235, 0.45882, 0.40784), (1 / 255,) * 3),
    )
    others = (
        PreprocessingVariant(name, replace(own, mean=mean, std=std))
        for name, mean, std in usual
        if not _alike(mean + std, own.mean + own.std)
    )
    return (
        PreprocessingVariant("as the report says", own),
        *others,
        PreprocessingVariant("blue and red exchanged", own, True),
    )


def _alike(one: Sequence[float], other: Sequence[float]) -> bool:
    return all(abs(a - b) < 0.01 * max(abs(b), 0.1) for a, b in zip(one, other, strict=True))
