"""Findings without a network: as many filters as asked for, over real photographs.

The numbers and pictures are made up; what the pages are made from has the size and shape of a real
report's. Nothing here is a result.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from generator.artifacts.artifact import FeatureMap, Rendering
from generator.artifacts.blobs import Blob
from generator.findings.findings import (
    Exhibit,
    FilterFinding,
    Findings,
    Histogram,
    LayerFinding,
    Neighbour,
    RangePhotograph,
    Score,
)
from generator.findings.library_responses import THROUGH
from generator.findings.trust import Trust
from generator.images.photographs import Photograph
from generator.models.card import ModelCard, Preprocessing
from generator.models.layers import Catalogue, vgg
from generator.spec.render import LayerSpec
from generator.spec.report import Spec
from generator.spec.study import Study

ROOT = Path(__file__).parents[1]
CHANNELS = 512
STEPS = 62
FRAMES = (0, 2, 4, 8, 16, 32, 52, 58, 62)
SHOWN = 9


def findings(filters: int, *, size: int = 408) -> Findings:
    """A report of that many filters, 512 to a layer, each with nine photographs."""
    library = photographs()
    layers = range(-(-filters // CHANNELS))
    counts = [min(CHANNELS, filters - CHANNELS * at) for at in layers]
    names = [f"features.{2 * at}" for at in layers]
    spec = Spec(
        version=1,
        title=f"A synthetic report of {filters} filters",
        images="images/images.csv",
        layers=tuple(
            LayerSpec(layer=name, title=f"layer_{at}", filters=tuple(range(count)))
            for at, (name, count) in enumerate(zip(names, counts, strict=True))
        ),
    )
    study = Study(spec, ROOT / "report.yml", ROOT, None, library, (), ())
    made = tuple(
        LayerFinding(
            name,
            f"layer_{at}",
            CHANNELS,
            tuple(_filter(name, index, library, size) for index in range(count)),
        )
        for at, (name, count) in enumerate(zip(names, counts, strict=True))
    )
    return Findings(study, (_model(),), made, (), ())


def photographs() -> tuple[Photograph, ...]:
    """The example library."""
    with (ROOT / "images" / "images.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["file"])
    return tuple(
        Photograph(
            f"images/{row['file']}",
            str(ROOT / "images" / row["file"]),
            row["sha256"],
            row["subject"],
            frozenset(row["tags"].split()),
            row["source"],
            row["licence"],
        )
        for row in rows
    )


def _model() -> ModelCard:
    fit = Preprocessing(256, 224, (0.482, 0.459, 0.408), (1 / 255, 1 / 255, 1 / 255))
    known = vgg("vgg16") or Catalogue("vgg16", ())
    return ModelCard("vgg16", "none: a benchmark", "0" * 64, "none", "none", fit, known)


def _filter(layer: str, index: int, library: tuple[Photograph, ...], size: int) -> FilterFinding:
    random = np.random.default_rng([index, *layer.encode()])
    chosen = random.choice(len(library), SHOWN, replace=False)
    return FilterFinding(
        layer=layer,
        filter=index,
        rendering=_rendering(layer, index, size, random),
        top=tuple(
            _exhibit(layer, index, library[at], place, random) for place, at in enumerate(chosen)
        ),
        claims=(),
        range=tuple(
            RangePhotograph(share, _exhibit(layer, index, library[at], 9 + place, random))
            for place, (share, at) in enumerate(
                zip(THROUGH, random.choice(len(library), 5), strict=True)
            )
        ),
        histogram=Histogram(
            0.0, 20.0, tuple(2 ** max(0, 8 - k) for k in range(20)), 12.0, 0.01, 0.4
        ),
        similar=tuple(Neighbour(int(k), 0.5) for k in random.choice(CHANNELS, 8, replace=False)),
        trust=Trust(
            strength=float(random.uniform(0.5, 40)),
            selectivity=int(random.integers(1, CHANNELS)),
            of=CHANNELS,
            stability=float(random.uniform(0, 1)),
            gain=float(random.uniform(0, 0.1)),
        ),
        original=False,
    )


def _rendering(layer: str, index: int, size: int, random: np.random.Generator) -> Rendering:
    pixels = _pixels(size, random)
    strip = np.concatenate([pixels[:128, :128]] * len(FRAMES), axis=1)
    return Rendering(
        layer=layer,
        filter=index,
        recipe="multiscale",
        size=size,
        seed=0,
        png=Blob.of(_file(pixels, "PNG", compress_level=1)),
        activation=float(random.uniform(100, 3000)),
        history=(120.5, 400.25, 911.0, 1124.75),
        sides=(64, 128, 256, size),
        dead=index % 50 == 49,
        device="cpu",
        curve=tuple((1000 * (1 - np.exp(-np.arange(1, STEPS + 1) / 12))).tolist()),
        growth=Blob.of(_file(strip, "WEBP", quality=80)),
        frames=FRAMES,
    )


def _pixels(size: int, random: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Colourful texture: as costly to encode as a picture of a filter."""
    coarse = Image.fromarray(random.integers(0, 256, (size // 4, size // 4, 3), dtype=np.uint8))
    return np.asarray(coarse.resize((size, size), Image.Resampling.BICUBIC))


def _file(pixels: npt.NDArray[np.uint8], kind: str, **options: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, **options)
    return file.getvalue()


def _exhibit(
    layer: str, index: int, photograph: Photograph, place: int, random: np.random.Generator
) -> Exhibit:
    profile = random.exponential(1.0, CHANNELS).astype(np.float32)
    values = np.maximum(0, random.normal(0, 40 / (place + 1), (14, 14))).astype(np.float32)
    score = Score(
        photograph, None, float(profile[index]), float(values.max()), 6 / (place + 1), place + 1
    )
    return Exhibit(score, FeatureMap(layer, index, photograph.sha256, values), profile)
