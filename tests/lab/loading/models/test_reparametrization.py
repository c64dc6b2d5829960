"""Weights that are computed from others are those that the network computes with."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn
from torch.nn import utils
from torch.nn.utils import parametrizations, prune

from generator.lab.loading.models import reparametrization

WAYS: dict[str, Callable[[nn.Module], object]] = {
    "weight norm": utils.weight_norm,
    "weight norm, parametrized": parametrizations.weight_norm,
    "spectral norm": utils.spectral_norm,
    "spectral norm, parametrized": parametrizations.spectral_norm,
    "pruning": lambda module: prune.l1_unstructured(module, "weight", 0.5),
    "orthogonal": parametrizations.orthogonal,
    "nothing": lambda module: module,
}


def network(way: str) -> nn.Sequential:
    made = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 5, 3))
    WAYS[way](made[0])
    return made.eval()


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("way", WAYS)
def test_weights_are_those_of_the_file(way: str) -> None:
    torch.manual_seed(0)
    expected, found = network(way), network(way)
    found.load_state_dict(expected.state_dict(), assign=True)
    image = torch.randn(1, 3, 9, 9)
    with torch.no_grad():
        before = expected(image)
    reparametrization.remove(found)
    assert set(found.state_dict()) == {"0.weight", "0.bias", "2.weight", "2.bias"}
    assert not found[0]._forward_pre_hooks
    with torch.no_grad():
        assert torch.allclose(found(image), before, atol=1e-6)
        of_weight = nn.functional.conv2d(image, found[0].weight, found[0].bias)
        assert torch.equal(found[0](image), of_weight)
