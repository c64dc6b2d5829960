"""Picture sheets: the same filters by different tools, side by side, as one WebP file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from benchmarks.job import Pixels

SIDE, GAP, HEADER, MARGIN = 160, 6, 28, 118
INK, PAPER = (40, 40, 40), 255


def sheet(columns: Sequence[str], lines: Sequence[tuple[str, Sequence[Pixels | None]]]) -> Pixels:
    """A line of pictures for each unit, a column for each tool; what is missing stays empty.

    Parameters
    ----------
    lines:
        The unit's name, and a picture (side, side, 3) for each column.
    """
    width = MARGIN + len(columns) * (SIDE + GAP)
    canvas = np.full((HEADER + len(lines) * (SIDE + GAP), width, 3), PAPER, np.uint8)
    for column, name in enumerate(columns):
        _write(canvas, name, (MARGIN + column * (SIDE + GAP), 18))
    for line, (name, pictures) in enumerate(lines):
        top = HEADER + line * (SIDE + GAP)
        _write(canvas, name, (4, top + SIDE // 2))
        for column, picture in enumerate(pictures):
            if picture is not None:
                left = MARGIN + column * (SIDE + GAP)
                small = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
                canvas[top : top + SIDE, left : left + SIDE] = small
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
