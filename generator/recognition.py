"""Whether photographs reach the network as it expects them, by whether it names known ones.

A wrong normalisation changes every response and every picture, and nothing fails. Where the network
has a classifier of ImageNet's thousand classes, it is shown photographs whose class is beyond
doubt, prepared as the report says and as other networks want it; the classes must be likelier in
the report's way. No torch.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from generator.artifacts import Preprocessing, Recognition
from generator.photographs import Photograph, open_photograph

LIBRARY = Path(__file__).parents[1] / "images"
CLASSES = 1000
_LIKELIER = 0.1  # nats per photograph by which another way must be better
_SURE = 3.0  # standard errors, over the photographs
_KNOWN = 0.2  # the share that a network must name for the question to make sense


@dataclass(frozen=True, slots=True)
class Known:
    """A photograph and the indices of ImageNet's classes that are right for it."""

    photograph: Photograph
    classes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """A way of preparing photographs; ``swapped`` if as blue, green, red."""

    name: str
    preprocessing: Preprocessing
    swapped: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What the check says: a sentence, and whether it speaks against the preprocessing."""

    sentence: str
    wrong: bool


def known_photographs(library: Path = LIBRARY) -> tuple[Known, ...]:
    """The table of the example library; empty where that is not installed."""
    table = library / "imagenet.csv"
    if not table.is_file():
        return ()
    with table.open(encoding="utf-8", newline="") as file:
        return tuple(
            Known(
                open_photograph(library / row["file"], row["file"]),
                tuple(int(each) for each in row["classes"].split()),
            )
            for row in csv.DictReader(file)
        )


def ways(own: Preprocessing) -> tuple[Way, ...]:
    """The report's own way first, then what other networks want."""
    usual = (
        ("ImageNet's mean and deviation", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        ("mean 0.5 and deviation 0.5", (0.5,) * 3, (0.5,) * 3),
        ("values from 0 to 1 as they are", (0.0,) * 3, (1.0,) * 3),
        ("values from 0 to 255 as they are", (0.0,) * 3, (1 / 255,) * 3),
        ("values from 0 to 255 less Caffe's means", (0.48235, 0.45882, 0.40784), (1 / 255,) * 3),
    )
    others = (
        Way(name, replace(own, mean=mean, std=std))
        for name, mean, std in usual
        if not _alike(mean + std, own.mean + own.std)
    )
    return (Way("as the report says", own), *others, Way("blue and red exchanged", own, True))


def judge(seen: Recognition | None, ways: Sequence[Way]) -> Finding:
    """Say how many of the known photographs were named, and whether another way does better."""
    if seen is None:
        return Finding("not checked: the photographs of known classes are not installed", False)
    if not len(seen.likelihood):
        return Finding("not checked: the network has no classifier of ImageNet's classes", False)
    own, of = int(seen.named[0].sum()), seen.named.shape[1]
    if seen.named.sum(axis=1).max() < _KNOWN * of:
        return Finding(
            f"not checked: of {of} photographs of known classes the network names {own}, and"
            " hardly more in any other way; its classes are not ImageNet's, or it is not trained",
            False,
        )
    said = f"{own} of {of} photographs of known classes are named among the five likeliest"
    best = max(range(1, len(ways)), key=lambda way: float(seen.likelihood[way].mean()))
    if _better(seen, best):
        other = int(seen.named[best].sum())
        return Finding(
            f"probably wrong: {said}, with {ways[best].name} {other}, and the right classes are"
            f" {_times(seen, best)} times as likely",
            True,
        )
    return Finding(f"checked: {said}, and no usual other way does better", False)


def _better(seen: Recognition, way: int) -> bool:
    """Whether the right classes are likelier, by more than chance over the photographs."""
    gain = seen.likelihood[way].astype(float) - seen.likelihood[0]
    error = gain.std(ddof=1) / math.sqrt(len(gain))
    return bool(gain.mean() > _LIKELIER and gain.mean() > _SURE * error)


def _times(seen: Recognition, way: int) -> str:
    gain = float(np.mean(seen.likelihood[way].astype(float) - seen.likelihood[0]))
    return f"{math.exp(min(gain, math.log(1e6))):.2g}"


def _alike(one: Sequence[float], other: Sequence[float]) -> bool:
    return all(abs(a - b) < 0.01 * max(abs(b), 0.1) for a, b in zip(one, other, strict=True))
