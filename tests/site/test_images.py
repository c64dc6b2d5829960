"""Pictures, photographs and maps as image files."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from generator.artifacts.artifact import FeatureMap
from generator.artifacts.blobs import Blob
from generator.pages.page import MapsFile, PhotographFile, PictureFile
from generator.site.images import encode, key, overlay
from tests import records


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def made_map(values: np.ndarray) -> MapsFile:
    return MapsFile("x.webp", (FeatureMap("l", 0, "h", values.astype(np.float32)),), 2.0)


def test_an_overlay_is_strongest_where_the_filter_responds():
    values = np.zeros((14, 14), dtype=np.float32)
    values[3, 10] = 2.0
    image = np.asarray(overlay(values, 2.0))
    assert image.shape == (56, 56, 4)
    row, column = np.unravel_index(image[..., 3].argmax(), (56, 56))
    assert (row // 4, column // 4) == (3, 10)
    assert image[50, 3, 3] == 0


def test_maps_of_a_page_stand_side_by_side_at_one_scale():
    maps = (FeatureMap("l", 0, str(k), np.full((7, 7), k, np.float32)) for k in (0, 1, 2))
    made = opened(encode(MapsFile("x.webp", tuple(maps), 2.0)))
    assert made.size == (3 * 56, 56)
    opacity = np.asarray(made)[28, 28::56, 3].astype(int)
    assert opacity[0] == 0 < opacity[1] <= opacity[2]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, -5.0])
def test_what_is_no_number_does_not_spread(value: float):
    values = np.zeros((7, 7), dtype=np.float32)
    values[0, 0] = value
    image = np.asarray(overlay(values, 1.0))
    assert image[24:, 24:, 3].max() == 0


@pytest.mark.parametrize("scale", [0.0, -1.0])
def test_without_a_scale_nothing_is_drawn(scale: float):
    assert np.asarray(overlay(np.ones((7, 7), dtype=np.float32), scale))[..., 3].max() == 0


def test_a_photograph_is_shown_as_the_network_saw_it():
    photograph = records.library()[0]
    asset = PhotographFile(
        "p.webp", photograph, resize=256, crop=224, side=320, interpolation="bilinear"
    )
    assert opened(encode(asset)).size == (224, 224)
    assert opened(encode(replace(asset, side=100))).size == (100, 100)


def test_a_picture_is_never_enlarged():
    png = records.rendering("features.28", 501, size=64).png
    assert opened(encode(PictureFile("x", png, 240))).size == (64, 64)
    assert opened(encode(PictureFile("x", png, 32))).size == (32, 32)


def test_small_pictures_are_avif_and_large_ones_webp():
    png = records.rendering("features.28", 501).png
    assert opened(encode(PictureFile("x.avif", png, 64))).format == "AVIF"
    assert opened(encode(PictureFile("x.webp", png, 64))).format == "WEBP"


def test_keys_follow_everything_that_changes_the_bytes():
    png = records.rendering("features.28", 501, size=16).png
    photograph = records.library()[0]
    shot = PhotographFile("p", photograph, resize=256, crop=224, side=320, interpolation="bilinear")
    overlaid = made_map(np.ones((4, 4)))
    assets = [
        PictureFile("a", png, 16),
        PictureFile("a", png, 8),
        PictureFile("a", Blob.of(png.read() + b" "), 16),
        shot,
        replace(shot, crop=223),
        replace(shot, interpolation="bicubic"),
        replace(shot, photograph=records.library()[1]),
        overlaid,
        replace(overlaid, scale=3.0),
        made_map(np.ones((2, 8))),
        made_map(np.zeros((4, 4))),
    ]
    assert len({key(asset) for asset in assets}) == len(assets)
    assert key(replace(assets[0], path="elsewhere")) == key(assets[0])
