"""Magnitudes of photographs: known waves as they are, faster ones as 1/f, none for the mean."""

from __future__ import annotations

import numpy as np
import pytest

from generator.recipes import spectrum


def test_the_shipped_magnitudes_fall_as_those_of_photographs_do() -> None:
    found = spectrum.magnitudes(224)
    assert found.shape == (3, 224, 113)
    assert np.isfinite(found).all()
    assert found[:, 0, 0].max() == 0
    slow, fast = found[0, 0, 4], found[0, 0, 64]
    assert 8 < slow / fast < 64  # 1/f would be 16
    assert found[0, 0, 4] > found[2, 0, 4]  # brightness before colours


@pytest.mark.parametrize("side", [56, 57, 96, 224, 408, 2048])
def test_any_side_shows_the_same_waves(side: int) -> None:
    found = spectrum.magnitudes(side)
    assert found.shape == (3, side, side // 2 + 1)
    small, large = spectrum.magnitudes(56)[0, 3, 5] / 56, found[0, 3, 5] / side
    assert small == pytest.approx(large, rel=1e-3)
    assert np.allclose(found[:, 1 : side // 2], found[:, : -side // 2 : -1][:, : side // 2 - 1])


def test_what_is_measured_is_what_a_picture_is_made_of() -> None:
    random = np.random.default_rng(0)
    planes = random.normal(0, 0.3, (4, 64, 64, 3))
    pictures = 1 / (1 + np.exp(-(planes @ spectrum.COLOUR.T)))
    found = spectrum.measure(pictures.astype(np.float32))
    assert found.shape == (3, 33, 33)
    assert found[:, 8:24, 8:24].mean() == pytest.approx(0.3 * np.sqrt(np.pi) / 2, rel=0.05)


def test_contrast_is_that_of_the_planes_a_picture_is_made_of() -> None:
    planes = np.random.default_rng(0).normal(0, 0.3, (2, 64, 64, 3))
    planes[1] *= 2
    pictures = 1 / (1 + np.exp(-(planes @ spectrum.COLOUR.T)))
    assert spectrum.contrast(pictures.astype(np.float32)) == pytest.approx([0.3, 0.6], rel=0.02)


def test_the_digest_is_that_of_the_file() -> None:
    assert len(spectrum.digest()) == 64
