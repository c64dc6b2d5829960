"""How many altered copies of the library's photographs are found.

``python -m benchmarks.near_duplicates`` prints the table of
``docs/decisions/evidence-near-duplicates.md``. Every photograph is altered in each way, saved as
JPEG of quality 60, and compared with its original; and every photograph with every other one,
which must not be taken for copies. Two to three minutes on one core.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance

from generator.images.metadata_cache import Fingerprint
from generator.images.near_duplicates import (
    ALIKE,
    NEAR,
    NearDuplicates,
    distances,
    fingerprint,
    similarity,
)
from generator.images.photographs import decode, open_photograph

LIBRARY = Path(__file__).parents[1] / "images"
Alter = Callable[[Image.Image, np.random.Generator], Image.Image]


def part(left: float, top: float, right: float, bottom: float) -> Alter:
    """Keep this part; sides as shares of the picture's."""

    def cut(image: Image.Image, _: np.random.Generator) -> Image.Image:
        width, height = image.size
        return image.crop((int(left * width), int(top * height),
                           int(right * width), int(bottom * height)))  # fmt: skip

    return cut


def scaled(factor: float) -> Alter:
    """Enlarge or reduce both sides."""
    return lambda image, _: image.resize(
        (max(16, int(image.width * factor)), max(16, int(image.height * factor)))
    )


def mirrored(image: Image.Image, _: np.random.Generator) -> Image.Image:
    """Left and right exchanged."""
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def tinted(red: float, green: float, blue: float) -> Alter:
    """Each colour weakened or strengthened."""

    def tint(image: Image.Image, _: np.random.Generator) -> Image.Image:
        scaled_by = np.asarray(image, np.float32) * np.array([red, green, blue], np.float32)
        return Image.fromarray(np.clip(scaled_by, 0, 255).astype(np.uint8))

    return tint


def random_part(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A part of 30 to 100 % of the area, anywhere, with half to twice its shape."""
    area, shape = rng.uniform(0.3, 1), np.exp(rng.uniform(-0.3, 0.3))
    width, height = (min(1.0, float(np.sqrt(area * s))) for s in (shape, 1 / shape))
    left, top = rng.uniform(0, 1 - width), rng.uniform(0, 1 - height)
    return part(left, top, left + width, top + height)(image, rng)


WAYS: dict[str, Alter] = {
    "saved anew, JPEG quality 60": lambda image, _: image,
    "reduced to a third": scaled(1 / 3),
    "enlarged twofold": scaled(2),
    "stretched by a fifth": lambda image, _: image.resize((image.width, int(1.2 * image.height))),
    "mirrored": mirrored,
    "10 % cut from every side": part(0.1, 0.1, 0.9, 0.9),
    "20 % cut from one side": part(0.2, 0, 1, 1),
    "25 % cut from a corner's two sides": part(0, 0, 0.75, 0.75),
    "10 % cut from every side, mirrored": lambda image, rng: mirrored(
        part(0.1, 0.1, 0.9, 0.9)(image, rng), rng
    ),
    "random part of 30 to 100 % of the area": random_part,
    "grey": lambda image, _: image.convert("L").convert("RGB"),
    "warmer": tinted(1.25, 1, 0.5),
    "cooler": tinted(0.5, 1, 1),
    "paler": lambda image, _: ImageEnhance.Color(image).enhance(0.4),
    "darkened (gamma 1.6)": lambda image, _: image.point(lambda v: int(255 * (v / 255) ** 1.6)),
    "colours exchanged": lambda image, _: Image.merge("RGB", image.split()[::-1]),
    "turned by 3°": lambda image, _: image.rotate(3, Image.Resampling.BICUBIC),
}


def library() -> Iterator[Path]:
    """The photographs of the example library."""
    with (LIBRARY / "images.csv").open(encoding="utf-8", newline="") as file:
        yield from (LIBRARY / row["file"] for row in csv.DictReader(file))


def same(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether a build would take one of the two out."""
    pairs = ((one, other), (other, one))
    least = min(int(distances(a.whole[None], b.parts[None])[0, 0]) for a, b in pairs)
    return least <= NEAR and max(similarity(a, b) for a, b in pairs) >= ALIKE


def found(paths: list[Path]) -> Iterator[tuple[str, int, int]]:
    """Each way of altering, how many copies were found, and how many there were."""
    originals = [(path, fingerprint(decode(path, at_least=128))) for path in paths]
    for name, alter in WAYS.items():
        rng, hits, count = np.random.default_rng(0), 0, 0
        for path, original in originals:
            with Image.open(path) as image:
                copy = alter(image.convert("RGB"), rng)
            saved = BytesIO()
            copy.save(saved, "JPEG", quality=60)
            print_ = fingerprint(np.asarray(Image.open(saved).convert("RGB")))
            hits += original is not None and print_ is not None and same(original, print_)
            count += 1
        yield name, hits, count


def main() -> None:
    """Print the table."""
    paths = list(library())
    each = [open_photograph(path, path.name) for path in paths]
    false = len(list(NearDuplicates().among(each)))
    pairs = len(each) * (len(each) - 1) // 2
    print("| copy | found |\n| --- | --- |")
    for name, hits, count in found(paths):
        print(f"| {name} | {hits} of {count} ({100 * hits / count:.1f} %) |", flush=True)
    print(f"| different photographs, taken for copies | {false} of {pairs:,} pairs |")


if __name__ == "__main__":
    main()
