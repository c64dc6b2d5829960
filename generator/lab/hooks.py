"""Forward hooks: record outputs, stop early, ablate channels, remove all hooks."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from generator.models.layers import Layer


class _StopForwardError(Exception):
    """Every wanted output is there: the rest of the network need not run."""


@dataclass(slots=True)
class Recorder:
    """What was read during the last ``run``: layer name → output (batch, channels, height, width).

    ``before`` is the layer's own output; ``after`` that of its activation function, where it has
    one and the recorder was asked for it.
    """

    network: nn.Module
    layers: tuple[Layer, ...]
    both_sides: bool
    keep: Callable[[Tensor], Tensor]
    keep_before: Callable[[Tensor], Tensor]
    before: dict[str, Tensor] = field(default_factory=dict)
    after: dict[str, Tensor] = field(default_factory=dict)

    def run(self, inputs: Tensor) -> None:
        """Feed ``inputs`` (batch, 3, height, width) forward until everything wanted is recorded."""
        self.before.clear()
        self.after.clear()
        try:
            self.network(inputs)
        except _StopForwardError:
            return

    def complete(self) -> bool:
        """Whether every layer, and every activation function asked for, has been read."""
        if len(self.before) < len(self.layers):
            return False
        wanted = sum(bool(layer.activation) for layer in self.layers) if self.both_sides else 0
        return len(self.after) >= wanted


@contextmanager
def record(
    network: nn.Module,
    layers: Sequence[Layer],
    *,
    both_sides: bool = False,
    keep: Callable[[Tensor], Tensor] = Tensor.clone,
    keep_before: Callable[[Tensor], Tensor] | None = None,
) -> Iterator[Recorder]:
    """Hook ``layers`` and stop the network at the last of them; every hook is gone afterwards.

    In-place activation functions overwrite the output of the layer before them (on torchvision's
    VGG a hook on a convolution would report values after the ReLU), so an output that the network
    goes on to use is kept as a copy; the last one, where the network stops, is the tensor itself.

    Parameters
    ----------
    both_sides:
        Also read the output of each layer's activation function: its first call after the layer's.
    keep:
        What is kept of maps that the network goes on to use: a copy, or what is wanted of them.
    keep_before:
        The same for a layer's own output where its activation function is read as well.
    """
    recorder = Recorder(network, tuple(layers), both_sides, keep, keep_before or keep)
    handles = [_tap(recorder, layer) for layer in recorder.layers]
    if both_sides:
        handles += [_tap_activation(recorder, layer) for layer in layers if layer.activation]
    try:
        yield recorder
    finally:
        for handle in handles:
            handle.remove()


@contextmanager
def stopped(
    network: nn.Module, layer: Layer, *, before: bool
) -> Iterator[Callable[[Tensor], Tensor]]:
    """The network as a function that ends at a layer: with its maps, or ``before`` it.

    Then it gives what the layer would be given, as it is. No copy is made: nothing runs afterwards
    that could overwrite it. Every hook is gone afterwards.

    Where the layer ends in a ReLU, gradients pass it as if it were not there, while values are the
    same: a channel that is silent on the starting noise could not be climbed otherwise.
    """
    kept: list[Tensor] = []
    calls: Counter[str] = Counter()

    def keep_input(_module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        kept.append(inputs[0])
        raise _StopForwardError

    def keep_output(_module: nn.Module, _inputs: object, output: Tensor) -> None:
        kept.append(output)
        raise _StopForwardError

    def run(inputs: Tensor) -> Tensor:
        calls.clear()
        try:
            network(inputs)
        except _StopForwardError:
            found = kept.pop()
            return found if before else as_maps(found, layer)
        raise RuntimeError(f"the network never reached {layer.name}")

    module = network.get_submodule(layer.module)
    handles = list(_open_ends(network, layer, calls))
    if before:
        handles.append(module.register_forward_pre_hook(keep_input))
    else:
        handles.append(module.register_forward_hook(keep_output))
    try:
        yield run
    finally:
        for handle in handles:
            handle.remove()


def _tap(recorder: Recorder, layer: Layer) -> Any:
    def keep(_module: nn.Module, _inputs: object, output: Tensor) -> None:
        if layer.name in recorder.before:
            return
        recorder.before[layer.name] = as_maps(output, layer)
        if recorder.complete():
            raise _StopForwardError
        read_again = recorder.both_sides and layer.activation
        kept = recorder.keep_before if read_again else recorder.keep
        recorder.before[layer.name] = kept(as_maps(output, layer))

    return recorder.network.get_submodule(layer.module).register_forward_hook(keep)


def _tap_activation(recorder: Recorder, layer: Layer) -> Any:
    def keep(_module: nn.Module, _inputs: object, output: Tensor) -> None:
        if layer.name not in recorder.before or layer.name in recorder.after:
            return
        recorder.after[layer.name] = as_maps(output, layer)
        if recorder.complete():
            raise _StopForwardError
        recorder.after[layer.name] = recorder.keep(as_maps(output, layer))

    return recorder.network.get_submodule(layer.activation).register_forward_hook(keep)


class _IdentityGradient(torch.autograd.Function):
    """A module's output, whose gradient goes to the module's input as it is."""

    @staticmethod
    def forward(_context: Any, _given: Tensor, made: Tensor) -> Tensor:
        return made.clone()

    @staticmethod
    def backward(_context: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return gradients[0], None


@dataclass(slots=True)
class _OpenEnd:
    """A ReLU at the call by which a layer ends; it may work in place, so it is given a copy."""

    name: str
    which: int
    calls: Counter[str]
    given: Tensor | None = None

    def before(self, _module: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...] | None:
        position = self.calls[self.name]
        self.calls[self.name] += 1
        if position != self.which or not (torch.is_grad_enabled() and inputs[0].requires_grad):
            return None
        self.given = inputs[0]
        return (inputs[0].clone(), *inputs[1:])

    def after(self, _module: nn.Module, _inputs: object, output: Tensor) -> Tensor | None:
        if self.given is None:
            return None
        given, self.given = self.given, None
        passed: Tensor = _IdentityGradient.apply(given, output)
        return passed


def _open_ends(network: nn.Module, layer: Layer, calls: Counter[str]) -> Iterator[Any]:
    """Hook the ReLUs that end a layer; ``calls`` counts theirs and is cleared before every pass."""
    for name, which in layer.ends:
        module, end = network.get_submodule(name), _OpenEnd(name, which, calls)
        yield module.register_forward_pre_hook(end.before)
        yield module.register_forward_hook(end.after)


def as_maps(output: Tensor, layer: Layer) -> Tensor:
    """A layer's output as (batch, channels, height, width), whatever its own layout.

    Tokens of the image's grid become a square map (the inputs are square) without those before
    them, a class token or registers; a vector, and the class token by itself, become maps of one
    position. A view, no copy.
    """
    if layer.layout == "maps, channels last":
        return output.permute(0, 3, 1, 2)
    if layer.layout == "tokens":
        tokens = output[:, layer.prefix :].transpose(1, 2)
        side = math.isqrt(tokens.shape[2])
        return tokens.reshape(*tokens.shape[:2], side, -1)
    if layer.layout == "class token":
        return output[:, 0, :, None, None]
    if layer.layout == "vector":
        return output[:, :, None, None]
    return output


@contextmanager
def ablate_channels(network: nn.Module, layer: Layer, channels: Sequence[int]) -> Iterator[None]:
    """Set channel ``channels[i]`` of a layer to zero for row i of the batch; undone afterwards.

    Of tokens in all of them, those before the grid too: a classifier may read these alone.
    Where the layer has an activation function, it is that function's first output after the
    layer's own that loses the channel: what the network goes on to read.
    """
    waiting = [not layer.activation]  # whether the next output of the hooked module is the one

    def arrive(_module: nn.Module, _inputs: object, _output: Tensor) -> None:
        waiting[0] = True

    def zero(_module: nn.Module, _inputs: object, output: Tensor) -> Tensor | None:
        if not waiting[0]:
            return None
        waiting[0] = False
        changed = output.clone()
        tokens = layer.layout == "tokens"
        by_channel = changed.transpose(1, 2) if tokens else as_maps(changed, layer)
        by_channel[range(len(channels)), list(channels)] = 0
        return changed

    place = network.get_submodule(layer.activation or layer.module)
    handles = [place.register_forward_hook(zero)]
    if layer.activation:
        handles.append(network.get_submodule(layer.module).register_forward_hook(arrive))
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def hooked(network: nn.Module) -> tuple[str, ...]:
    """The names of modules that carry a forward hook; empty on a model that nobody is reading."""
    return tuple(name for name, module in network.named_modules() if module._forward_hooks)
