"""The receptive field that is computed is the one that a gradient has."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from generator.lab.layers.geometry import GeometryTracer


class Joined(nn.Module):
    """Two ways through the same maps, added: the wider one decides."""

    def __init__(self, kernel: int) -> None:
        super().__init__()
        self.wide = nn.Conv2d(2, 2, kernel, padding=kernel // 2)

    def forward(self, maps: Tensor) -> Tensor:
        return self.wide(maps) + maps


def convolution(kernel: int, stride: int, dilation: int) -> nn.Module:
    return nn.Conv2d(2, 2, kernel, stride, dilation * (kernel // 2), dilation)


PARTS = st.one_of(
    st.builds(convolution, st.sampled_from([1, 3, 5]), st.integers(1, 2), st.integers(1, 2)),
    st.builds(lambda k: nn.MaxPool2d(k, 2), st.integers(2, 3)),
    st.builds(nn.AvgPool2d, st.integers(1, 2)),
    st.builds(Joined, st.sampled_from([3, 5])),
    st.builds(lambda: nn.Sequential(nn.BatchNorm2d(2), nn.ReLU(inplace=True))),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(PARTS, min_size=1, max_size=4))
def test_the_field_is_as_wide_as_the_gradient(parts: list[nn.Module]) -> None:
    network = nn.Sequential(*parts).eval()
    for parameter in network.parameters():
        nn.init.uniform_(parameter, 0.5, 1)  # nothing cancels, no ReLU is silent
    image = torch.zeros(1, 2, 160, 160, device="cpu")
    with GeometryTracer(image) as places, torch.no_grad():
        place = places.of(network(image))
    assert place is not None
    assert place.field is not None
    pixels = torch.rand(1, 2, 160, 160).requires_grad_()
    maps = network(pixels)
    assert tuple(maps.shape[2:]) == place.grid
    position = maps.shape[2] // 2
    maps[0, :, position, position].sum().backward()
    touched = (pixels.grad[0].abs().sum(0) > 0).nonzero()
    reached = tuple((touched.max(0).values - touched.min(0).values + 1).tolist())
    if any(isinstance(part, nn.MaxPool2d) for part in parts):  # a maximum passes one gradient on
        assert all(seen <= bound for seen, bound in zip(reached, place.field, strict=True))
    else:
        assert reached == place.field


def place_of(function: object) -> object:
    image = torch.zeros(1, 3, 8, 8)
    with GeometryTracer(image) as places, torch.no_grad():
        return places.of(function(image))  # type: ignore[operator]


def test_channels_are_followed_through_transpositions() -> None:
    moved = place_of(lambda x: x.permute(0, 2, 3, 1))
    assert (moved.channels, moved.field) == (3, (1, 1))
    tokens = place_of(lambda x: x.flatten(2).transpose(1, 2))
    assert (tokens.channels, tokens.grid, tokens.field) == (2, (8, 8), (1, 1))


def test_what_mixes_positions_has_no_field() -> None:
    assert place_of(lambda x: x.flatten(1)).field is None
    assert place_of(lambda x: x.mean((2, 3), keepdim=True) * x).field is None
    assert place_of(lambda x: x.roll(1, 2)).field is None
    mixer = nn.Linear(64, 5)
    mixed = place_of(lambda x: mixer(x.flatten(2)))
    assert (mixed.channels, mixed.field) == (1, None)


def test_tokens_of_the_image_come_last() -> None:
    """A class token, or registers, before them; after them they could not be told apart."""

    def tokens(x: Tensor, *, last: bool) -> Tensor:
        grid = x.flatten(2).transpose(1, 2)
        parts = [torch.zeros(1, 1, 3), grid]
        return torch.cat(parts if last else parts[::-1], 1)

    assert place_of(lambda x: tokens(x, last=True)).channels == 2
    assert place_of(lambda x: tokens(x, last=False)).channels is None


def test_what_does_not_come_from_the_image_has_no_place() -> None:
    assert place_of(lambda x: torch.ones(1, 3, 8, 8) + 1) is None


def there_and_back(x: Tensor) -> Tensor:
    """Into windows of four positions, and out of them again."""
    windows = x.view(1, 3, 2, 4, 2, 4).permute(0, 1, 2, 4, 3, 5)
    return windows.permute(0, 1, 2, 4, 3, 5).reshape(1, 3, 8, 8)


@pytest.mark.parametrize(
    ("function", "straight"),
    [
        (lambda x: x.flatten(2).transpose(1, 2), True),
        (lambda x: x[:, :, ::2, ::2], True),
        (lambda x: torch.cat([torch.zeros(1, 2, 3), x.flatten(2).transpose(1, 2)], 1), True),
        (there_and_back, True),
        (lambda x: x.roll(1, 2), False),
        (lambda x: x.transpose(2, 3), False),
        (lambda x: x.roll(1, 3).roll(-1, 3) + x, True),
        (lambda x: x.view(1, 3, 2, 4, 2, 4).transpose(3, 4).flatten(2), False),
        (lambda x: torch.nn.functional.avg_pool2d(x.roll(1, 2), 2), True),
    ],
)
def test_the_order_of_positions_is_followed(
    function: Callable[[Tensor], Tensor], straight: bool
) -> None:
    image = torch.zeros(1, 3, 8, 8)
    with GeometryTracer(image) as places, torch.no_grad():
        made = function(image)
        assert places.in_order(made) == straight
