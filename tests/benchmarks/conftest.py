"""Records, pictures and a small network; the peers are not needed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from benchmarks import network
from benchmarks.result_rows import Row
from generator.lab.loading import weights
from generator.spec.model import ModelSpec
from generator.system.locations import cache
from tests.lab.conftest import bench, tiny_network, vgg16

__all__ = ["bench", "vgg16"]  # fixtures

FIELDS = {
    "tool": "multiscale", "layer": "features.3", "filter": 2, "seed": 0, "size": 224, "budget": 1.0,
    "take": 0, "view": "whole", "wall": 2.0, "cpu": 4.0, "threads": 2, "run": 1, "version": "1",
    "activation": 10.0, "rank": 1, "of": 8, "agreement": 0.75,
}  # fmt: skip


@pytest.fixture
def row() -> Callable[..., Row]:
    """A row with some of its fields changed."""
    return lambda **changed: Row(**{**FIELDS, **changed})


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real convolutions in the workers' file."""
    found = weights.obtain(ModelSpec(), folder=Path(), cache=cache() / "weights")
    path = tmp_path_factory.mktemp("weights") / "vgg16.safetensors"
    wants = found.preprocessing
    network.save(found.tensors, path, mean=tuple(wants.mean), std=tuple(wants.std))
    return path


@pytest.fixture
def small() -> nn.Sequential:
    """The tests' small network on ImageNet-normalised pixels, named as the evaluator expects."""
    same = network.FromImageNet(network.MEAN, network.STD)
    children = OrderedDict[str, nn.Module](normalise=same)
    children.update(tiny_network().named_children())
    return nn.Sequential(children).eval().requires_grad_(False)


@pytest.fixture
def pictures() -> np.ndarray:
    """Twelve pictures of noise, (12, 40, 40, 3)."""
    torch.manual_seed(1)
    return torch.randint(0, 256, (12, 40, 40, 3), dtype=torch.uint8).numpy()
