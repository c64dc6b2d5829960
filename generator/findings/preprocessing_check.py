"""Checks the report's preprocessing with photographs of known classes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from generator.artifacts.artifact import Recognition
from generator.models.preprocessing import PreprocessingVariant

_LIKELIER = 0.1  # nats per photograph by which another way must be better
_SURE = 3.0  # standard errors, over the photographs
_KNOWN = 0.2  # the share that a network must name for the question to make sense


@dataclass(frozen=True, slots=True)
class Finding:
    """What the check says: a sentence, and whether it speaks against the preprocessing."""

    sentence: str
    wrong: bool


def judge(seen: Recognition | None, ways: Sequence[PreprocessingVariant]) -> Finding:
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
