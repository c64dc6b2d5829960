"""Contributions add up to what a layer says, and are what silencing takes away: on real weights."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from generator.findings.contributions import contributions
from generator.images.photographs import Photograph
from generator.lab import devices
from generator.lab.hooks import ablate_channels, hooked, record
from generator.lab.loading.models import Bench
from generator.lab.measure import contributions as circuits
from generator.lab.measure.activations import load
from generator.lab.measure.contributions import (
    LayerInputRecorder,
    _StopForwardError,
    kernels,
    signals,
)


def varied() -> nn.Sequential:
    """Strides, dilations, padding, groups, pooling, and a linear layer in the end."""
    torch.manual_seed(1)
    return nn.Sequential(
        nn.Conv2d(3, 6, 3, stride=2, padding=1),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 8, (3, 5), padding=(2, 1), dilation=(1, 2), groups=2, bias=False),
        nn.Hardswish(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(8, 4),
    ).eval()


def test_contributions_and_bias_are_the_mean_of_the_output() -> None:
    network, images = varied(), torch.rand(3, 3, 33, 37)
    listening = LayerInputRecorder(network, dict.fromkeys(("0", "3", "7"), 0), 3)
    with torch.no_grad(), suppress(_StopForwardError), listening:
        network(images)
    assert list(listening.heard) == ["0", "3", "7"]
    for end, groups in ((1, 1), (4, 2), (8, 1)):
        module = network[end - 1]
        with torch.no_grad():
            said = network[:end](images)
        mean = said.flatten(2).mean(-1) if said.ndim == 4 else said
        heard = listening.heard[str(end - 1)].numpy()
        weight = module.weight.detach().reshape(len(module.weight), -1, *heard.shape[2:]).numpy()
        bias = 0 if module.bias is None else module.bias.detach().numpy()
        for row, own in enumerate(weight):
            width = heard.shape[1] // groups
            start = row // (len(weight) // groups) * width
            for image in range(3):
                given = heard[image, start : start + width]
                whole = contributions(own, given).sum() + np.broadcast_to(bias, len(weight))[row]
                assert whole == pytest.approx(float(mean[image, row]), abs=1e-5)


class Tokens(nn.Module):
    """Hidden units of every token, behind a class token that is not of the image."""

    def __init__(self) -> None:
        super().__init__()
        self.patches, self.first, self.last = (
            nn.Conv2d(3, 6, 8, 8),
            nn.Linear(6, 9),
            nn.Linear(9, 4),
        )
        self.token = nn.Parameter(torch.randn(1, 1, 6))

    def forward(self, x: Tensor) -> Tensor:
        grid = self.patches(x).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.token.expand(len(x), -1, -1), grid], 1)
        read: Tensor = self.last(functional.gelu(self.first(tokens)))
        return read


def test_of_tokens_those_before_the_grid_contribute_nothing() -> None:
    torch.manual_seed(3)
    network, images = Tokens().eval(), torch.rand(2, 3, 32, 32)
    listening = LayerInputRecorder(network, {"last": 1}, 2)
    with torch.no_grad(), suppress(_StopForwardError), listening:
        network(images)
    with torch.no_grad():
        said = network(images)[:, 1:].mean(1)
    weight, bias = network.last.weight.detach().numpy(), network.last.bias.detach().numpy()
    for image, heard in enumerate(listening.heard["last"].numpy()):
        for row, own in enumerate(weight[:, :, None, None]):
            whole = contributions(own, heard).sum() + bias[row]
            assert whole == pytest.approx(float(said[image, row]), abs=1e-5)


def test_torch_s_own_transformer_layers_can_be_listened_to() -> None:
    class Encoder(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.patches = nn.Conv2d(3, 8, 8, 8)
            self.layer = nn.TransformerEncoderLayer(8, 2, 12, batch_first=True)

        def forward(self, x: Tensor) -> Tensor:
            read: Tensor = self.layer(self.patches(x).flatten(2).transpose(1, 2))
            return read

    devices.settle(torch.device("cpu"))
    network = Encoder().eval()
    with (
        torch.no_grad(),
        suppress(_StopForwardError),
        LayerInputRecorder(network, {"layer.linear2": 0}, 2) as one,
    ):
        network(torch.rand(2, 3, 32, 32))
    assert one.heard["layer.linear2"].shape == (2, 12, 1, 1)


def test_the_network_stops_at_the_last_layer_that_is_listened_to() -> None:
    network, ran = varied(), []
    network[5].register_forward_hook(lambda *_: ran.append(5))
    with (
        torch.no_grad(),
        suppress(_StopForwardError),
        LayerInputRecorder(network, {"0": 0, "3": 0}, 1),
    ):
        network(torch.rand(1, 3, 32, 32))
    assert ran == []


def test_kernels_are_rows_or_columns_of_the_weights(bench: Bench) -> None:
    weight = bench.network.get_submodule("3").weight.numpy()
    rows = kernels(bench, "3", (1, 5), ())
    assert (rows.filters, rows.inputs) == ((1, 5), tuple(range(6)))
    np.testing.assert_array_equal(rows.values, weight[[1, 5]])
    columns = kernels(bench, "3", (), (2,))
    assert (columns.filters, columns.inputs) == (tuple(range(8)), (2,))
    np.testing.assert_array_equal(columns.values, weight[:, [2]])
    assert columns.bias.shape == (8,)


def test_signals_do_not_depend_on_threads_or_company(
    bench: Bench, photographs: tuple[Photograph, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    *nothing, (whole, _) = signals(bench, ("3", "5"), photographs)
    assert nothing == [()] * len(photographs)
    assert whole.photographs == len(photographs)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    *_, (one_by_one, _) = signals(bench, ("3", "5"), photographs)
    np.testing.assert_array_equal(whole.means, one_by_one.means)
    together = circuits._heard(bench, ("3",), photographs)["3"] / len(photographs)
    np.testing.assert_allclose(whole.means, together, rtol=1e-5)
    assert whole.means.shape == (6, 3, 3)
    assert hooked(bench.network) == ()


@pytest.mark.parametrize(("source", "layer", "number"), [("features.21", "features.24", 456)])
def test_a_contribution_is_what_silencing_takes_away(
    vgg16: Bench, photographs: tuple[Photograph, ...], source: str, layer: str, number: int
) -> None:
    """Through the ReLU and the pooling between both layers of the real network."""
    (heard,) = next(made for made in signals(vgg16, [layer], photographs[:2]) if made)
    kernel = kernels(vgg16, layer, (number,), ())
    given = contributions(kernel.values[0], heard.means)
    plain = responses(vgg16, layer, number, photographs[:2])
    assert given.sum() + kernel.bias[0] == pytest.approx(plain, rel=1e-4)
    strongest = np.argsort(-np.abs(given))[:3].tolist()
    for channel in strongest:
        with ablate_channels(vgg16.network, vgg16.layer(source), [channel] * 2):
            without = responses(vgg16, layer, number, photographs[:2])
        assert plain - without == pytest.approx(given[channel], rel=1e-3)


def responses(bench: Bench, layer: str, number: int, photographs: tuple[Photograph, ...]) -> float:
    """A filter's mean response before its activation function."""
    with record(bench.network, [bench.layer(layer)]) as recorder, torch.no_grad():
        recorder.run(bench.prepare(load(bench, photographs)))
        maps: Tensor = recorder.before[layer][:, number]
    return float(maps.double().mean())
