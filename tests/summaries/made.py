"""Images that never were, and the responses of a layer to them."""

from __future__ import annotations

import hashlib

import numpy as np

from generator.summaries import Accumulator, BatchResponses, ImageId, Summary

LAYER, UNITS, TOP = "features.0", 5, 3


def image(number: int, shard: str = "a.tar") -> ImageId:
    digest = hashlib.sha256(f"image {number}".encode()).hexdigest()
    return ImageId(f"{number}.jpg", shard, number, digest, subject=f"image {number}")


def responses(numbers: list[int]) -> np.ndarray:
    """What the units say of each image, (images, units): a function of the image alone."""
    rows = [
        np.random.default_rng(number).normal(0, 10.0 ** (number % 7 - 3), UNITS)
        for number in numbers
    ]
    values = np.array(rows, np.float32).reshape(len(numbers), UNITS)
    values[:, 1] = np.maximum(values[:, 1], 0)  # as after a ReLU: many equal zeros
    return values


def responded(numbers: list[int]) -> BatchResponses:
    values = responses(numbers)
    return BatchResponses(values, values * 2)


def summary(numbers: list[int], shard: str = "a.tar", batch: int = 4) -> Summary:
    fold = Accumulator.of(LAYER, UNITS, TOP)
    for start in range(0, len(numbers), batch):
        part = numbers[start : start + batch]
        fold.add([image(number, shard) for number in part], responded(part))
    return fold.summary()


def same(one: Summary, other: Summary) -> bool:
    """To the last bit, the types of arrays included."""
    for name in Summary.__dataclass_fields__:
        left, right = getattr(one, name), getattr(other, name)
        if isinstance(left, np.ndarray):
            if left.dtype != right.dtype or left.shape != right.shape:
                return False
            if left.tobytes() != right.tobytes():
                return False
        elif left != right:
            return False
    return True
