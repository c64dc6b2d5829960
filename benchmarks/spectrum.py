"""The magnitudes in generator/spectrum.npy, from the photographs in images/.

``python -m benchmarks.spectrum`` writes the file again: the middle of every photograph as the
network sees it, 224 x 224; the mean magnitude of every wave over all of them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from generator.photographs import as_seen, decode
from generator.spectrum import FILE, measure

LIBRARY = Path(__file__).parents[1] / "images"
SIDE = 224


def main() -> None:
    """Measure and write."""
    paths = sorted(LIBRARY.rglob("*.jpg"))
    parts = []
    for start in range(0, len(paths), 32):
        seen = [as_seen(decode(path), resize=256, crop=SIDE) for path in paths[start : start + 32]]
        pictures = np.stack(seen).astype(np.float32) / np.float32(255)
        parts.append(measure(pictures) * np.float32(len(seen)))
    np.save(FILE, (np.sum(parts, axis=0) / len(paths)).astype(np.float16))
    print(f"{len(paths)} photographs: {FILE.name}, {FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
