"""The same eight filters by all four recipes: ``python -m benchmarks.recipes_sheet``.

Writes docs/recipes.webp, a row for each recipe. Pictures that were made before, by the same
constants, are taken from the cache.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from generator.files import write_file
from generator.folders import cache
from generator.lab import devices, models, weights
from generator.lab.models import Bench
from generator.lab.visualize import visualize
from generator.recipes import RECIPES, Recipe
from generator.spec.models import ModelSpec

UNITS = (
    ("features.10", 7),
    ("features.14", 92),
    ("features.21", 54),
    ("features.24", 456),
    ("features.28", 501),
    ("features.28", 286),
    ("features.28", 303),
    ("features.28", 348),
)
PAGE = Path(__file__).parents[1] / "docs" / "recipes.webp"
KEPT = cache() / "benchmarks" / "recipes"
MARGIN, HEAD = 4, 18


def pictures(bench: Bench, names: Sequence[str], size: int) -> Iterator[list[Path]]:
    """The files of a row's pictures, recipe by recipe."""
    for name in names:
        recipe = RECIPES[name](size)
        yield [picture(bench, recipe, layer, number) for layer, number in UNITS]


def picture(bench: Bench, recipe: Recipe, layer: str, number: int) -> Path:
    """One picture, made unless it was before."""
    digest = hashlib.sha256(repr((recipe, layer, number)).encode()).hexdigest()[:20]
    path = KEPT / f"{digest}.png"
    if not path.is_file():
        (made,) = visualize(bench, bench.layer(layer), [number], recipe=recipe, seed=0)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, made.png)
        print(f"{recipe.name} {layer}:{number}: {made.activation:.0f}", flush=True)
    return path


def sheet(rows: Sequence[tuple[str, Sequence[Path]]], size: int) -> Image.Image:
    """Rows of pictures, each under its recipe's name; filters stand above the first."""
    step = size + MARGIN
    whole = Image.new("RGB", (step * len(UNITS), HEAD + (step + HEAD) * len(rows)), "white")
    draw, font = ImageDraw.Draw(whole), ImageFont.load_default(size=13)
    for at, (layer, number) in enumerate(UNITS):
        draw.text((at * step, 2), f"{layer}:{number}", "black", font)
    for row, (name, files) in enumerate(rows):
        top = HEAD + row * (step + HEAD)
        draw.text((0, top + 1), name, "black", font)
        for at, file in enumerate(files):
            whole.paste(Image.open(file), (at * step, top + HEAD))
    return whole


def main() -> None:
    """Make what is missing and write the sheet; with --recipes only some are made, and no sheet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=224, help="pixels of a picture")
    parser.add_argument("--recipes", default=",".join(RECIPES))
    asked = parser.parse_args()
    obtained = weights.obtain(ModelSpec(), folder=Path(), cache=cache() / "weights")
    bench = models.assemble("vgg16", obtained, devices.choose("auto"))
    names = asked.recipes.split(",")
    rows = list(zip(names, pictures(bench, names, asked.size), strict=True))
    if set(names) == set(RECIPES):
        whole = sheet(rows, asked.size)
        whole.save(PAGE, quality=82, method=6)
        print(f"{PAGE.name}: {np.prod(whole.size)} pixels, {PAGE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
