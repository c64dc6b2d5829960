"""Networks in fewer passes over memory: nothing but the time may change."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from generator.lab.accelerate import fusion
from generator.lab.accelerate.fusion import fused
from generator.lab.accelerate.onednn import PackedConvolution, StripMaxPool2d
from generator.lab.hooks import stopped
from generator.models.layers import Layer

PRECISE = {torch.float32: 1e-5, torch.bfloat16: 0.0}


def network(seed: int, *modules: nn.Module, dtype: torch.dtype = torch.float32) -> nn.Sequential:
    torch.manual_seed(seed)
    made = nn.Sequential(*modules).to(dtype=dtype, memory_format=torch.channels_last)  # type: ignore[call-overload]
    for parameter in made.parameters():
        nn.init.normal_(parameter, std=0.2)
        parameter.requires_grad_(False)
    return made.eval()


def vgg_like(width: int = 8, dtype: torch.dtype = torch.float32) -> nn.Sequential:
    return network(
        0,
        nn.Conv2d(3, width, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.Conv2d(width, width, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(2),
        nn.Conv2d(width, 6, 3, padding=1),
        nn.ReLU(inplace=True),
        dtype=dtype,
    )


def both(made: nn.Module, layer: Layer, inputs: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Maps and the gradient of the inputs, by the network and by its quicker copy."""
    for each in (made, fused(made, layer)):
        given = inputs.clone().requires_grad_()
        with stopped(each, layer, before=False) as run:
            maps = run(given)
        weights = torch.linspace(-1, 1, maps.numel()).view_as(maps).to(maps.dtype)
        yield maps.detach(), torch.autograd.grad(maps, given, weights)[0]


@st.composite
def convolutions(draw: st.DrawFn, channels: int) -> nn.Conv2d:
    kernel = draw(st.sampled_from([1, 2, 3]))
    return nn.Conv2d(
        channels,
        draw(st.sampled_from([4, 8])),
        kernel,
        stride=draw(st.integers(1, 2)),
        padding=draw(st.integers(0, kernel)),
        dilation=draw(st.integers(1, 2)),
        groups=draw(st.sampled_from([1, 1, channels])) if channels == 4 else 1,
        bias=draw(st.booleans()),
    )


@st.composite
def networks(draw: st.DrawFn) -> nn.Sequential:
    modules: list[nn.Module] = []
    channels = 3
    for _ in range(draw(st.integers(1, 3))):
        convolution = draw(convolutions(channels))
        channels = convolution.out_channels
        modules.append(convolution)
        if draw(st.booleans()):
            modules.append(nn.ReLU(inplace=draw(st.booleans())))
        if draw(st.booleans()):
            modules.append(nn.MaxPool2d(2, ceil_mode=draw(st.booleans())))
    modules.append(nn.Conv2d(channels, 2, 1))
    dtype = draw(st.sampled_from([torch.float32, torch.bfloat16]))
    return network(draw(st.integers(0, 9)), *modules, dtype=dtype)


@settings(max_examples=60, deadline=None)
@given(made=networks(), side=st.integers(80, 87))
def test_any_chain_gives_the_same_maps_and_gradients(made: nn.Sequential, side: int) -> None:
    dtype = made[0].weight.dtype
    inputs = torch.randn(2, 3, side, side).to(dtype)
    layer = Layer(name=str(len(made) - 1), channels=2)
    (maps, gradient), (quick_maps, quick_gradient) = both(made, layer, inputs)
    torch.testing.assert_close(quick_maps, maps, rtol=PRECISE[dtype], atol=PRECISE[dtype])
    scale = float(gradient.abs().max())
    precise = max(PRECISE[dtype], 0.01 if dtype == torch.bfloat16 else 0) * max(scale, 1e-6)
    torch.testing.assert_close(quick_gradient, gradient, rtol=0, atol=precise)


def test_as_wide_as_vgg_not_one_bit_of_bf16_differs() -> None:
    inputs = torch.randn(1, 3, 64, 64).bfloat16()
    (maps, gradient), (quick_maps, quick_gradient) = both(
        vgg_like(64, torch.bfloat16), Layer(name="5", channels=6), inputs
    )
    assert torch.equal(maps, quick_maps)
    assert torch.equal(gradient, quick_gradient)


def test_the_network_itself_stays_as_it_was_and_its_tensors_are_shared() -> None:
    made = vgg_like()
    before = [type(module) for module in made]
    copy = fused(made, Layer(name="5", channels=6))
    assert [type(module) for module in made] == before
    assert {id(p) for p in copy.parameters()} == {id(p) for p in made.parameters()}
    kinds = [type(module).__name__ for module in copy]
    assert kinds[:2] == ["PackedConvolution", "Identity"]  # with its ReLU
    assert kinds[2:5] == ["PackedConvolution", "Identity", "Sequential"]  # pooled, then the ReLU
    assert kinds[5:] == ["Conv2d", "ReLU"]  # the layer, where the run ends


@pytest.mark.parametrize("height", [1, 2, 51, 102])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_maxima_in_strips_are_those_of_torch(height: int, dtype: torch.dtype) -> None:
    if height == 1:
        with pytest.raises(RuntimeError, match="too small"):
            StripMaxPool2d()(torch.zeros(1, 4, 1, 6))
        return
    inputs = torch.randint(-3, 4, (3, 4, height, 7)).to(dtype)  # many ties
    found = []
    for halving in (nn.MaxPool2d(2), StripMaxPool2d()):
        given = inputs.clone().requires_grad_()
        made = halving(given)
        found.append((made, torch.autograd.grad(made, given, torch.ones_like(made))[0]))
    assert torch.equal(found[0][0], found[1][0])
    assert torch.equal(found[0][1], found[1][1])


def test_a_layer_and_the_relus_by_which_it_ends_are_left_alone() -> None:
    made = network(0, nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()), nn.Conv2d(4, 4, 3))
    copy = fused(made, Layer(name="0", channels=4, ends=(("0.1", 0),)))
    assert type(copy.get_submodule("0.1")) is nn.ReLU
    assert type(copy.get_submodule("1")) is PackedConvolution


def test_a_module_in_two_places_is_left_alone() -> None:
    relu = nn.ReLU()
    made = network(0, nn.Conv2d(3, 4, 3), relu, nn.Conv2d(4, 4, 3), relu, nn.Conv2d(4, 2, 1))
    copy = fused(made, Layer(name="4", channels=2))
    assert [type(copy[place]) for place in (1, 3)] == [nn.ReLU, nn.ReLU]


def test_the_copy_is_made_once_for_a_layer() -> None:
    made, layer = vgg_like(), Layer(name="5", channels=6)
    assert fused(made, layer) is fused(made, layer)
    assert fused(made, Layer(name="2", channels=8)) is not fused(made, layer)


def test_without_onednn_the_convolutions_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fusion, "packable", lambda _convolution: False)
    made = vgg_like()
    copy = fused(made, Layer(name="5", channels=6))
    assert type(copy[0]) is nn.Conv2d
    (maps, gradient), (quick_maps, quick_gradient) = both(
        made, Layer(name="5", channels=6), torch.randn(1, 3, 32, 32)
    )
    assert torch.equal(maps, quick_maps)
    assert torch.equal(gradient, quick_gradient)
