"""What feeds a convolution: plain chains and concatenations are followed, nothing else is named."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import parametrizations

from generator.lab.layers.channel_sources import ChannelTracer
from generator.lab.layers.discover import catalogue_of


class Branches(nn.Module):
    """Two convolutions of one input, joined in some way, and read by a third."""

    def __init__(self, how: str) -> None:
        super().__init__()
        self.how = how
        self.one, self.other = nn.Conv2d(3, 4, 1), nn.Conv2d(3, 4, 1)
        self.last = nn.Conv2d(8 if how in ("cat", "rows") else 4, 2, 3)

    def forward(self, x: Tensor) -> Tensor:
        a, b = self.one(x), functional.relu(self.other(x))
        match self.how:
            case "cat":
                joined = torch.cat([a, functional.max_pool2d(b, 1)], 1)
            case "rows":
                joined = torch.cat([a, b], 2).reshape(1, 8, 8, -1)
            case "sum":
                a += b
                joined = functional.relu(a)
            case "product":
                joined = a * torch.sigmoid(b)
            case "half":
                joined = torch.cat([a[:, :2], b[:, 2:]], 1)
            case "itself":
                joined = a * torch.sigmoid(a) / 2 + 1
            case "groups":
                joined = functional.group_norm(a, 1)
        return self.last(joined)


@pytest.mark.parametrize(
    ("how", "fed", "unfed"),
    [
        ("cat", (("one", 4), ("other", 4)), ""),
        ("rows", (), "flattened"),
        ("sum", (), "sum"),
        ("product", (), "product"),
        ("half", (), "other"),
        ("itself", (("one", 4),), ""),
        ("groups", (), "other"),
    ],
)
def test_what_joins_branches(how: str, fed: tuple[tuple[str, int], ...], unfed: str) -> None:
    assert layers(Branches(how))["last"] == (fed, unfed, 1)


def layers(network: nn.Module) -> dict[str, tuple[object, str, int]]:
    """What each layer reads, of a network without weights."""
    with torch.device("meta"):
        network = network.to("meta").eval()
    found = catalogue_of("a network", network)
    return {each.name: (each.fed, each.unfed, each.groups) for each in found.layers}


def test_what_lies_between_leaves_channels_to_themselves() -> None:
    network = nn.Sequential(
        nn.Conv2d(3, 6, 3),
        nn.BatchNorm2d(6),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(2),
        nn.Dropout(),
        nn.Conv2d(6, 6, 3, groups=6),
        nn.Hardswish(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(6, 5),
        nn.ReLU(),
        nn.Linear(5, 2),
    )
    made = layers(network)
    assert made["0"] == ((), "image", 1)
    assert made["5"] == ((("0", 6),), "", 6)
    assert made["9"] == ((("5", 6),), "", 1)
    assert made["11"] == ((("9", 5),), "", 1)
    assert made["2"] == ((), "", 1)  # no kernel of its own


class Block(nn.Module):
    """A transformer's MLP on the residual stream: of tokens, or of maps with channels last."""

    def __init__(self, *, maps: bool) -> None:
        super().__init__()
        self.maps = maps
        self.patches, self.norm = nn.Conv2d(3, 6, 4, 4), nn.LayerNorm(6)
        self.first, self.last, self.more = nn.Linear(6, 9), nn.Linear(9, 6), nn.Linear(6, 9)

    def forward(self, x: Tensor) -> Tensor:
        x = self.patches(x).permute(0, 2, 3, 1)
        x = x if self.maps else x.flatten(1, 2)
        x = x + self.last(functional.gelu(self.first(self.norm(x))))
        return functional.gelu(self.more(self.norm(x)))


@pytest.mark.parametrize("maps", [False, True])
def test_linear_layers_read_every_token_by_itself(maps: bool) -> None:
    made = layers(Block(maps=maps))
    assert made["first"] == ((), "other", 1)
    assert made["last"] == ((("first", 9),), "", 1)
    assert made["more"] == ((), "sum", 1)


def test_tokens_that_are_joined_are_no_channels() -> None:
    class Joining(Block):
        def forward(self, x: Tensor) -> Tensor:
            tokens = self.first(self.patches(x).flatten(2).transpose(1, 2))
            return self.last(torch.cat([tokens, tokens], 1))

    image, network = torch.zeros(1, 3, 16, 16), Joining(maps=False).eval()
    with ChannelTracer(network, image) as sources, torch.no_grad():
        network(image)
    assert sources.fed["last"].why == "other"


def test_positions_that_become_channels_feed_nothing() -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(2), nn.Flatten())
    assert layers(nn.Sequential(*network, nn.Linear(16, 5)))["3"] == ((), "flattened", 1)


def test_weights_that_are_computed_are_not_those_of_the_file() -> None:
    network = nn.Sequential(
        nn.Conv2d(3, 4, 3), parametrizations.weight_norm(nn.Conv2d(4, 4, 3)), nn.Conv2d(4, 4, 3)
    ).eval()
    image = torch.zeros(1, 3, 16, 16)
    with ChannelTracer(network, image) as sources, torch.no_grad():
        network(image)
    assert sources.fed.keys() == {"0", "2"}
    assert sources.fed["2"].why == "other"


def test_a_convolution_that_runs_twice_is_named_by_nothing() -> None:
    shared = nn.Conv2d(4, 4, 1)
    made = layers(nn.Sequential(nn.Conv2d(3, 4, 1), shared, nn.ReLU(), shared))
    assert made["1"] == ((), "reused", 1)
