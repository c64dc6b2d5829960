"""The index column `boxes`: bounding boxes of objects."""

from __future__ import annotations

import re

from generator.images.photographs import Box

MOST_BOXES = 100
_NUMBER = re.compile(r"[0-9]+(\.[0-9]*)?|\.[0-9]+")


class BoxError(ValueError):
    """A cell that holds no boxes; its text ends a sentence that begins with the cell's name."""


def parse_boxes(text: str) -> tuple[Box, ...]:
    """Read `left top right bottom`, several boxes separated by semicolons; as they are written.

    Raises
    ------
    BoxError
        A box has no four numbers, or its sides are in the wrong order.
    """
    written = [part for part in text.split(";") if part.strip()]
    if len(written) > MOST_BOXES:
        raise BoxError(f"has more than {MOST_BOXES} boxes")
    return tuple(_box(part.strip()) for part in written)


def _box(text: str) -> Box:
    words = text.split()
    if len(words) != 4 or not all(_NUMBER.fullmatch(word) for word in words):
        raise BoxError(
            f"expects four numbers, left top right bottom, and a semicolon between two boxes;"
            f" found {text[:60]!r}"
        )
    left, top, right, bottom = (float(word) for word in words)
    if not (left < right and top < bottom):
        raise BoxError(f"expects left < right and top < bottom, found {text[:60]!r}")
    return left, top, right, bottom


def in_shares(boxes: tuple[Box, ...], width: int, height: int) -> tuple[Box, ...]:
    """Boxes as shares of the upright photograph's sides, whichever way they were written.

    A box with no number above 1 is in shares already, else in pixels: a box of less than two
    pixels would be no box.

    Raises
    ------
    BoxError
        A box reaches beyond the photograph.
    """
    return tuple(_in_shares(box, width, height) for box in boxes)


def _in_shares(box: Box, width: int, height: int) -> Box:
    left, top, right, bottom = box
    if max(box) <= 1:
        return box
    if right > width or bottom > height:
        shown = " ".join(f"{side:g}" for side in box)
        raise BoxError(
            f"{shown} reaches beyond the photograph, which has {width} by {height} pixels upright"
        )
    return left / width, top / height, right / width, bottom / height
