"""Picture sheets: the same filters by different tools, side by side, as one WebP file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from benchmarks.runner.job import Pixels

GAP, HEADER, MARGIN = 6, 28, 118
INK, PAPER = (40, 40, 40), 255


def sheet(
    columns: Sequence[str], lines: Sequence[tuple[str, Sequence[Pixels | None]]], side: int
) -> Pixels:
    """A line of pictures for each unit, a column for each tool; what is missing stays empty.

    Parameters
    ----------
    lines:
        The unit's name, and a picture for each column.
    side:
        In pixels, of the pictures on the sheet.
    """
    width = MARGIN + len(columns) * (side + GAP)
    canvas = np.full((HEADER + len(lines) * (side + GAP), width, 3), PAPER, np.uint8)
    for column, name in enumerate(columns):
        _write(canvas, name, (MARGIN + column * (side + GAP), 18))
    for line, (name, pictures) in enumerate(lines):
        top = HEADER + line * (side + GAP)
        _write(canvas, name, (4, top + side // 2))
        for column, picture in enumerate(pictures):
            if picture is not None:
                left = MARGIN + column * (side + GAP)
                small = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)
                canvas[top : top + side, left : left + side] = small
    return canvas


def save(canvas: Pixels, path: Path) -> None:
    """As WebP, of quality 85."""
    done, data = cv2.imencode(
        ".webp", cv2.cvtColor(canvas, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_WEBP_QUALITY, 85]
    )
    if not done:
        raise RuntimeError("OpenCV could not encode a WebP")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.tobytes())


def _write(canvas: Pixels, text: str, at: tuple[int, int]) -> None:
    cv2.putText(canvas, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.42, INK, 1, cv2.LINE_AA)
