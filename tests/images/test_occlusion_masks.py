"""Masks: from boxes and transparency, through resizing and cropping, and what they cover."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from generator.images.occlusion_masks import PLACES, mask_of, masked, occlude
from generator.images.photographs import Photograph, open_photograph

NOISE = np.random.default_rng(0).integers(0, 256, (56, 56, 3), dtype=np.uint8)


def boxed(*boxes: tuple[float, float, float, float], size: tuple[int, int] = (200, 100)):
    return Photograph("a.jpg", "/nowhere", "0" * 64, size=size, boxes=boxes)


def test_boxes_follow_the_preprocessing():
    # 200 x 100 becomes 128 x 64; the middle 56 x 56 begins at x = 36, y = 4.
    mask = mask_of(boxed((0.5, 0.5, 0.75, 1.0)), resize=64, crop=56)
    assert mask.shape == (56, 56)
    rows, columns = np.nonzero(mask)
    assert (rows.min(), rows.max()) == (28, 55)
    assert (columns.min(), columns.max()) == (28, 55)
    assert not mask_of(boxed((0.0, 0.0, 0.1, 1.0)), resize=64, crop=56).any()  # cropped away


@pytest.mark.parametrize("kind", ["png", "webp"])
def test_a_cutout_is_where_it_is_opaque(tmp_path: Path, kind: str):
    pixels = np.zeros((100, 200, 4), np.uint8)
    pixels[50:, 100:150] = 255
    path = tmp_path / f"a.{kind}"
    Image.fromarray(pixels).save(path, **({"lossless": True} if kind == "webp" else {}))
    photograph = open_photograph(path, path.name)
    assert (photograph.cutout, masked(photograph), photograph.size) == (True, True, (200, 100))
    found = mask_of(photograph, resize=64, crop=56)
    assert np.array_equal(found, mask_of(boxed((0.5, 0.5, 0.75, 1.0)), resize=64, crop=56))


def test_a_lying_cutout_is_turned(tmp_path: Path):
    pixels = np.zeros((64, 64, 4), np.uint8)
    pixels[:32, :, :] = 255  # the upper half, as it is stored
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees to the right
    path = tmp_path / "a.png"
    Image.fromarray(pixels).save(path, exif=exif)
    mask = mask_of(open_photograph(path, path.name), resize=56, crop=56)
    assert mask[:, 30:].all()
    assert not mask[:, :26].any()


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_an_opaque_picture_is_no_cutout(tmp_path: Path, mode: str):
    path = tmp_path / "a.png"
    Image.fromarray(NOISE).convert(mode).save(path)
    photograph = open_photograph(path, path.name)
    assert not masked(photograph)
    assert not mask_of(photograph, resize=56, crop=56).any()


def test_covering_changes_the_thing_or_all_else():
    mask = np.zeros((56, 56), bool)
    mask[10:20, 30:45] = True
    made = occlude(NOISE, mask, seed="x")
    mean = np.round(NOISE.reshape(-1, 3).mean(axis=0))
    assert (made.covered[mask] == mean).all()
    assert np.array_equal(made.covered[~mask], NOISE[~mask])
    assert (made.alone[~mask] == mean).all()
    assert np.array_equal(made.alone[mask], NOISE[mask])


@given(
    st.integers(0, 40), st.integers(0, 40), st.integers(2, 15), st.integers(2, 15), st.booleans()
)
def test_elsewhere_is_as_large_and_beside_the_thing(
    top: int, left: int, height: int, width: int, two: bool
):
    mask = np.zeros((56, 56), bool)
    mask[top : top + height, left : left + width] = True
    if two:
        mask[50:54, 50:54] = True
    made = occlude(NOISE, mask, seed="x")
    assert len(made.elsewhere) == PLACES
    for other in made.elsewhere:
        changed = (other != NOISE).any(axis=2)
        assert not changed[mask].any()
        assert changed.sum() >= 0.98 * mask.sum()  # a pixel may have the mean colour already
        assert changed.sum() <= mask.sum()


def test_the_same_seed_gives_the_same_places():
    mask = np.zeros((56, 56), bool)
    mask[:9, :9] = True
    one, two, other = (occlude(NOISE, mask, seed=seed) for seed in ("a", "a", "b"))
    assert np.array_equal(one.elsewhere, two.elsewhere)
    assert not np.array_equal(one.elsewhere, other.elsewhere)


def test_where_there_is_no_room_nothing_is_covered_elsewhere():
    full = np.ones((56, 56), bool)
    full[:5] = False
    assert occlude(NOISE, full, seed="x").elsewhere == ()
    assert occlude(NOISE, np.zeros((56, 56), bool), seed="x").elsewhere == ()


def test_pieces_are_placed_one_by_one_where_the_whole_has_no_room():
    mask = np.zeros((56, 56), bool)
    mask[:10, :10] = mask[-10:, -10:] = mask[:10, -10:] = True  # its frame fills the picture
    (first, *_) = occlude(NOISE, mask, seed="x").elsewhere
    changed = (first != NOISE).any(axis=2)
    assert not changed[mask].any()
    assert 295 <= changed.sum() <= 300
