"""The value after an activation function is found and read, however the function is written."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
import torchvision
from torch import Tensor, nn

from generator.lab.hooks import ablate_channels, hooked, record, stopped
from generator.lab.layers.discover import catalogue_of
from generator.models.layers import Catalogue, Layer, activation_words
from tests.networks import activations as cases

Function = Callable[[Tensor], Tensor]


class Net(nn.Module):
    """Convolution, perhaps normalisation, a function, convolution."""

    def __init__(
        self, function: Function, norm: bool = False, between: Function | None = None
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 6, 3)
        self.bn = nn.BatchNorm2d(6) if norm else None
        self.last = nn.Conv2d(6, 4, 3)
        self.function, self.between = function, between

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        if self.bn is not None:
            x = self.bn(x)
        if self.between is not None:
            x = self.between(x)
        return self.last(self.function(x)).mean((2, 3))


def assigned(x: Tensor) -> Tensor:
    x[x < 0] = 0
    return x


def statement(x: Tensor) -> Tensor:
    x.relu_()
    return x


class OwnGradient(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, x: Tensor) -> Tensor:
        context.save_for_backward(x)
        return x * torch.sigmoid(x)

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> Tensor:
        (x,) = context.saved_tensors
        s = torch.sigmoid(x)
        return gradients[0] * s * (1 + x * (1 - s))


def swish(x: Tensor) -> Tensor:
    return x * x.sigmoid()


def scripted(x: Tensor) -> Tensor:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        function = torch.jit.script(swish)
    return function(x)


WRITTEN: dict[str, tuple[Function, Function]] = {
    "F.relu": (F.relu, F.relu),
    "F.relu in place": (lambda x: F.relu(x, inplace=True), F.relu),
    "relu_ as a statement": (statement, F.relu),
    "torch.relu": (torch.relu, F.relu),
    "x.relu()": (lambda x: x.relu(), F.relu),
    "x.relu_()": (lambda x: x.relu_(), F.relu),
    "clamp(min=0)": (lambda x: x.clamp(min=0), F.relu),
    "clamp_(min=0)": (lambda x: x.clamp_(min=0), F.relu),
    "clamp_min": (lambda x: torch.clamp_min(x, 0), F.relu),
    "clip": (lambda x: torch.clip(x, 0), F.relu),
    "maximum": (lambda x: torch.maximum(x, torch.zeros_like(x)), F.relu),
    "maximum of a constant": (lambda x: torch.maximum(x, torch.tensor(0.0)), F.relu),
    "max": (lambda x: torch.max(x, torch.zeros_like(x)), F.relu),
    "where": (lambda x: torch.where(x > 0, x, 0.0), F.relu),
    "masked_fill": (lambda x: x.masked_fill(x < 0, 0), F.relu),
    "x[x < 0] = 0": (assigned, F.relu),
    "x * (x > 0)": (lambda x: x * (x > 0), F.relu),
    "threshold": (lambda x: F.threshold(x, 0, 0), F.relu),
    "half of the sum": (lambda x: 0.5 * (x + x.abs()), F.relu),
    "relu6": (F.relu6, F.relu6),
    "clamp(0, 6)": (lambda x: x.clamp(0, 6), F.relu6),
    "leaky_relu": (F.leaky_relu, F.leaky_relu),
    "leaky maximum": (lambda x: torch.maximum(x, 0.01 * x), F.leaky_relu),
    "leaky_relu_": (lambda x: F.leaky_relu(x, inplace=True), F.leaky_relu),
    "elu": (F.elu, F.elu),
    "celu": (F.celu, F.celu),
    "selu": (F.selu, F.selu),
    "gelu": (F.gelu, F.gelu),
    "gelu of tanh": (
        lambda x: F.gelu(x, approximate="tanh"),
        lambda x: F.gelu(x, approximate="tanh"),
    ),
    "gelu written out": (lambda x: 0.5 * x * (1 + torch.erf(x / 2**0.5)), F.gelu),
    "silu": (F.silu, F.silu),
    "x * sigmoid(x)": (lambda x: x * torch.sigmoid(x), F.silu),
    "x.mul_(sigmoid)": (lambda x: x.mul_(x.sigmoid()), F.silu),
    "mish": (F.mish, F.mish),
    "mish written out": (lambda x: x * torch.tanh(F.softplus(x)), F.mish),
    "hardswish": (F.hardswish, F.hardswish),
    "hardswish written out": (lambda x: x * F.relu6(x + 3) / 6, F.hardswish),
    "hardsigmoid": (F.hardsigmoid, F.hardsigmoid),
    "hardtanh": (F.hardtanh, F.hardtanh),
    "softplus": (F.softplus, F.softplus),
    "softsign": (F.softsign, F.softsign),
    "tanhshrink": (F.tanhshrink, F.tanhshrink),
    "softshrink": (F.softshrink, F.softshrink),
    "logsigmoid": (F.logsigmoid, F.logsigmoid),
    "sigmoid": (torch.sigmoid, torch.sigmoid),
    "tanh": (torch.tanh, torch.tanh),
    "rrelu": (F.rrelu, F.rrelu),
    "prelu": (lambda x: F.prelu(x, torch.tensor([0.2])), lambda x: F.leaky_relu(x, 0.2)),
    "sin": (lambda x: torch.sin(30 * x), lambda x: torch.sin(30 * x)),
    "negative relu": (lambda x: -F.relu(-x), lambda x: -F.relu(-x)),
    "logaddexp": (lambda x: torch.logaddexp(x, torch.zeros_like(x)), F.softplus),
    "with a guard": (lambda x: F.relu(torch.nan_to_num(x)), F.relu),
    "behind a dropout": (lambda x: F.relu(F.dropout(x, training=False)), F.relu),
    "with its own gradient": (OwnGradient.apply, F.silu),
    "a scripted function": (scripted, F.silu),
    "a module of one's own": (lambda x: x, F.silu),
}
INPUTS = torch.randn(2, 3, 20, 20, generator=torch.Generator().manual_seed(1)) * 3


class Swish(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x * torch.sigmoid(x)


def made(name: str, norm: bool) -> nn.Module:
    torch.manual_seed(3)
    function = WRITTEN[name][0]
    network = Net(function, norm)
    if name == "a module of one's own":
        network.function = Swish()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean)
            nn.init.normal_(module.bias)
    return network.eval().requires_grad_(False)


def seen(network: nn.Module) -> Catalogue:
    """As it is for a user's own network, with constants on the CPU."""
    from generator.lab.layers.discover import _catalogue
    from generator.lab.layers.trial import found_for

    return _catalogue("own", found_for(network, lambda: network))


def layer_of(found: Catalogue, name: str) -> Layer:
    layer = found.find(name)
    assert layer is not None, [each.name for each in found.layers]
    return layer


@pytest.mark.parametrize("norm", [False, True], ids=["", "normalised"])
@pytest.mark.parametrize("name", WRITTEN)
def test_every_way_to_write_a_function_is_read(name: str, norm: bool) -> None:
    network, plain = made(name, norm), WRITTEN[name][1]
    own = network.conv(INPUTS)
    expected = plain(network.bn(own) if norm else own)
    found = seen(network)
    layers = [layer_of(found, each) for each in (("conv", "bn") if norm else ("conv",))]
    with torch.no_grad(), record(network, layers, both_sides=True) as recorder:
        recorder.run(INPUTS)
    for layer in layers:
        assert activation_words(layer) == layer.activation != ""
        torch.testing.assert_close(recorder.after[layer.name], expected, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(recorder.before["conv"], own)
    after = layer_of(found, layers[0].activation)
    with torch.no_grad(), record(network, [after]) as recorder:
        recorder.run(INPUTS)
    torch.testing.assert_close(recorder.before[after.name], expected, rtol=1e-5, atol=1e-5)
    with torch.no_grad(), ablate_channels(network, layers[0], [2, 3]):
        silenced = network(INPUTS)
    given = INPUTS.clone().requires_grad_()
    with stopped(network, after, before=False) as run:
        maps = run(given)
    torch.testing.assert_close(maps, expected, rtol=1e-5, atol=1e-5)
    assert torch.autograd.grad(maps.sum(), given)[0].abs().sum() > 0
    expected[[0, 1], [2, 3]] = 0
    torch.testing.assert_close(silenced, network.last(expected).mean((2, 3)), rtol=1e-5, atol=1e-5)
    assert hooked(network) == ()


MEAN, VARIANCE = torch.linspace(-1, 1, 6), torch.linspace(0.5, 2, 6)


class Affine(nn.Module):
    """As torchvision's frozen batch normalisation."""

    def forward(self, x: Tensor) -> Tensor:
        return x * VARIANCE.view(1, -1, 1, 1) + MEAN.view(1, -1, 1, 1)


@pytest.mark.parametrize(
    "normalise",
    [
        lambda x: F.batch_norm(x, MEAN, VARIANCE),
        F.instance_norm,
        lambda x: F.group_norm(x, 2),
        nn.InstanceNorm2d(6),
        nn.GroupNorm(3, 6),
        nn.Dropout2d().eval(),
        Affine(),
    ],
)
def test_normalisations_of_every_kind_lie_between(normalise: Function) -> None:
    network = Net(F.relu, between=normalise).eval()
    if isinstance(normalise, nn.Module):
        network.norm = normalise
    layer = layer_of(seen(network), "conv")
    with torch.no_grad(), record(network, [layer], both_sides=True) as recorder:
        recorder.run(INPUTS)
        expected = F.relu(normalise(network.conv(INPUTS)))
    torch.testing.assert_close(recorder.after["conv"], expected)


class Statistic(nn.Module):
    """Convolution whose output is looked at, and passed on by no activation function."""

    def __init__(self, forward: Callable[[nn.Conv2d, Tensor], Tensor]) -> None:
        super().__init__()
        self.conv, self.call = nn.Conv2d(3, 6, 3), forward

    def forward(self, x: Tensor) -> Tensor:
        return self.call(self.conv, x)


def norm_by_hand(conv: nn.Conv2d, x: Tensor) -> Tensor:
    y = conv(x)
    return (y / (y * y).mean(1, keepdim=True).sqrt()).mean((2, 3))


def scaled(conv: nn.Conv2d, x: Tensor) -> Tensor:
    y = conv(x)
    return (y / y.abs().mean()).mean((2, 3))


def pooled_before(conv: nn.Conv2d, x: Tensor) -> Tensor:
    return F.relu(F.max_pool2d(conv(x), 2)).mean((2, 3))


def summed(conv: nn.Conv2d, x: Tensor) -> Tensor:
    return F.relu(conv(x) + x.mean(1, keepdim=True)[..., 1:-1, 1:-1]).mean((2, 3))


def gated(conv: nn.Conv2d, x: Tensor) -> Tensor:
    one, other = conv(x).chunk(2, 1)
    return (one * torch.sigmoid(other)).mean((2, 3))


def halves(conv: nn.Conv2d, x: Tensor) -> Tensor:
    y = conv(x)
    y[:, :3].relu_()
    return y.mean((2, 3))


def mask(conv: nn.Conv2d, x: Tensor) -> Tensor:
    y = conv(x)
    return y.mean((2, 3)) * (y > 0).float().mean()


@pytest.mark.parametrize(
    "forward", [norm_by_hand, scaled, pooled_before, summed, gated, halves, mask]
)
def test_no_function_is_found_where_none_reads_the_layer_alone(
    forward: Callable[[nn.Conv2d, Tensor], Tensor],
) -> None:
    found = seen(Statistic(forward).eval())
    layer = layer_of(found, "conv")
    assert layer.activation == ""
    assert activation_words(layer) == "no activation found: own output"


def test_a_statistic_beside_it_is_not_the_activation_function() -> None:
    def forward(conv: nn.Conv2d, x: Tensor) -> Tensor:
        y = conv(x)
        size = int(y.abs().mean().item() * 0) + 1
        return y.relu().mean((2, 3)) * size

    network = Statistic(forward).eval()
    layer = layer_of(seen(network), "conv")
    assert layer.activation == "conv.relu()"
    with torch.no_grad(), record(network, [layer], both_sides=True) as recorder:
        recorder.run(INPUTS)
        torch.testing.assert_close(recorder.after["conv"], network.conv(INPUTS).relu())


def figures(make: Callable[[], nn.Module], weights: dict[str, Tensor]) -> list[Tensor]:
    """Responses, maps, ablations and gradients of one of the three networks."""
    network = make().eval().requires_grad_(False)
    network.load_state_dict(weights)
    with torch.device("meta"):
        found = catalogue_of("own", make().eval())
    layers = [layer_of(found, name) for name in ("c1", "c2")]
    inputs = torch.randn(2, 3, 40, 40, generator=torch.Generator().manual_seed(2))
    with torch.no_grad(), record(network, layers, both_sides=True) as recorder:
        recorder.run(inputs)
    values = [side[name] for side in (recorder.before, recorder.after) for name in ("c1", "c2")]
    for layer in layers:
        with torch.no_grad(), ablate_channels(network, layer, [3, 5]):
            values.append(network(inputs))
        given = inputs.clone().requires_grad_()
        with stopped(network, layer_of(found, layer.activation), before=False) as run:
            for _ in range(2):
                maps = run(given)
        values += [maps.detach(), torch.autograd.grad(maps.sum(), given)[0]]
    assert hooked(network) == ()
    return values


def test_the_same_function_written_three_ways_gives_the_same_figures() -> None:
    torch.manual_seed(0)
    weights = cases.a().state_dict()
    one = figures(cases.a, weights)
    for make in (cases.b, cases.c):
        for value, other in zip(one, figures(make, weights), strict=True):
            assert torch.equal(value, other)


def with_modules(network: nn.Module) -> nn.Module:
    """GoogLeNet's units with a module in the place of ``F.relu``."""
    for unit in network.modules():
        if type(unit).__name__ == "BasicConv2d":
            unit.act = nn.ReLU(inplace=True)
            unit.forward = lambda x, unit=unit: unit.act(unit.bn(unit.conv(x)))
    return network


@pytest.mark.parametrize("name", ["googlenet", "inception_v3"])
def test_torchvision_s_functions_behind_normalisation(name: str) -> None:
    options = {"init_weights": False, "aux_logits": False, "transform_input": False}
    torch.manual_seed(0)
    network = getattr(torchvision.models, name)(**options).eval().requires_grad_(False)
    plain = with_modules(getattr(torchvision.models, name)(**options).eval())
    plain.load_state_dict(network.state_dict())
    with torch.device("meta"):
        found = catalogue_of(name, getattr(torchvision.models, name)(**options).eval())
        other = catalogue_of(
            name, with_modules(getattr(torchvision.models, name)(**options).eval())
        )
    convolutions = found.convolutions
    assert all(layer.activation.endswith(".bn.relu()") for layer in convolutions)
    chosen = [layer.name for layer in convolutions[:: max(1, len(convolutions) // 8)]]
    inputs = torch.randn(1, 3, 128, 128, generator=torch.Generator().manual_seed(2))
    sides = []
    for each, known in ((network, found), (plain, other)):
        layers = [layer_of(known, one) for one in chosen]
        with torch.no_grad(), record(each, layers, both_sides=True) as recorder:
            recorder.run(inputs)
        sides.append(recorder.after)
    for one in chosen:
        assert torch.equal(sides[0][one], sides[1][one])
