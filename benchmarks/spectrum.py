"""The magnitudes in generator/recipes/spectrum.npy, from the photographs in images/.

``python -m benchmarks.spectrum`` writes the file again: the middle of every photograph as the
network sees it, 224 x 224; the mean magnitude of every wave over all of them. It also prints their
contrast, near whose median that of the recipe ``maco`` lies.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from generator.images.photographs import as_seen, decode
from generator.recipes.spectrum import FILE, Floats, contrast, measure

LIBRARY = Path(__file__).parents[1] / "images"
SIDE = 224


def main() -> None:
    """Measure and write."""
    paths = sorted(LIBRARY.rglob("*.jpg"))
    parts: list[Floats] = []
    contrasts: list[float] = []
    for start in range(0, len(paths), 32):
        seen = [as_seen(decode(path), resize=256, crop=SIDE) for path in paths[start : start + 32]]
        pictures = np.stack(seen).astype(np.float32) / np.float32(255)
        parts.append(measure(pictures) * np.float32(len(seen)))
        contrasts.extend(contrast(pictures))
    np.save(FILE, (np.sum(parts, axis=0) / len(paths)).astype(np.float16))
    print(f"{len(paths)} photographs: {FILE.name}, {FILE.stat().st_size} bytes")
    low, middle, high = np.percentile(contrasts, (10, 50, 90))
    print(f"contrast: median {middle:.2f}, four fifths from {low:.2f} to {high:.2f}")


if __name__ == "__main__":
    main()
