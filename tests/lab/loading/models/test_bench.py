"""The bench shows a picture to the network as the network takes it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch.nn import functional

from generator.lab.loading.models import Bench


@pytest.mark.parametrize(
    ("side", "least", "most", "shown"),
    [(56, 1, None, 56), (56, 64, None, 64), (408, 224, 224, 224), (96, 224, 224, 224)],
)
def test_a_picture_is_shown_at_a_side_that_the_network_takes(
    bench: Bench, side: int, least: int, most: int | None, shown: int
) -> None:
    bounded = replace(bench.card.catalogue, least=least, most=most)
    other = replace(bench, card=replace(bench.card, catalogue=bounded))
    pixels = torch.rand(1, 3, side, side)
    inputs = other.prepare(pixels)
    assert inputs.shape[-2:] == (shown, shown)
    if side != shown:
        pixels = functional.interpolate(pixels, (shown, shown), mode="bilinear", antialias=True)
    torch.testing.assert_close(inputs, (pixels - 0.5) / 0.25)


def test_preparing_is_the_weights_own_preprocessing(bench: Bench) -> None:
    pixels = torch.rand(2, 3, 5, 7)
    torch.testing.assert_close(bench.prepare(pixels), (pixels - 0.5) / 0.25)
    assert bench.prepare(pixels).is_contiguous(memory_format=torch.channels_last)
