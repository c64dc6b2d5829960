"""Path similarity on the real VGG-16: what it says of birds, of noise and of other photographs."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from generator.artifacts.artifact import Rendering, Trace
from generator.artifacts.blobs import Blob
from generator.findings.trust.path_similarity import KIN, PathSimilarity, paths
from generator.images.photographs import Photograph, open_photograph
from generator.lab.loading.models import Bench
from generator.lab.measure.activations import trace
from tests.lab.conftest import LIBRARY
from tests.records import rendering

BIRDS = 10  # the last stands in for the picture
ORDINARY = 12
GOAL = "features.28"


def some(count: int, *, birds: bool) -> list[Photograph]:
    """Photographs from the whole library that show birds, or no animal at all."""
    with (LIBRARY / "images.csv").open(encoding="utf-8", newline="") as file:
        tags = {row["file"]: row["tags"].split() for row in csv.DictReader(file)}
    names = [
        name
        for name, own in sorted(tags.items())
        if ("bird" in own if birds else not {"bird", "animals", "mammals"} & {*own})
    ]
    return [open_photograph(LIBRARY / name, name) for name in names[:: len(names) // count][:count]]


def noise() -> Rendering:
    """Uniform noise of every colour, as a finished picture."""
    pixels = np.random.default_rng(0).integers(0, 256, (224, 224, 3)).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return replace(rendering(GOAL, 501), png=Blob.of(file.getvalue()))


@pytest.fixture(scope="module")
def layers(vgg16: Bench) -> tuple[str, ...]:
    return tuple(layer.name for layer in vgg16.card.catalogue.way(GOAL))


@pytest.fixture(scope="module")
def followed(vgg16: Bench, layers: tuple[str, ...]) -> list[Trace]:
    """Ten birds, twelve photographs without animals, and noise, through the whole network."""
    images = [*some(BIRDS, birds=True), *some(ORDINARY, birds=False), noise()]
    stations = [vgg16.layer(name) for name in layers]
    return [each for image in images for each in trace(vgg16, stations, [image])]


def way(layers: Sequence[str], followed: Sequence[Trace], picture: int) -> PathSimilarity:
    """The path of one of the images as if it were the picture, to the first nine birds."""
    photographs = [each for at, each in enumerate(followed[:-1]) if at not in (KIN, picture)]
    others = list(range(KIN, len(photographs)))
    (path,) = paths(
        layers,
        photographs,
        [followed[picture]],
        kin=np.arange(KIN)[None, :],
        others=others,
    )
    return path


def test_a_bird_in_place_of_the_picture_is_processed_as_birds_are(
    layers: tuple[str, ...], followed: list[Trace]
) -> None:
    path = way(layers, followed, KIN)
    assert len(path.stations) == 13
    assert path.value is not None
    assert path.value > 0.6
    assert path.like


def test_noise_and_another_photograph_are_not(
    layers: tuple[str, ...], followed: list[Trace]
) -> None:
    for picture in (len(followed) - 1, BIRDS + 3):
        path = way(layers, followed, picture)
        assert path.value is not None
        assert path.value < 0.3
        assert not path.like
