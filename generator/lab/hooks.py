"""Forward hooks: record outputs, stop early, ablate channels, remove all hooks."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from torch import Tensor, nn

from generator.errors import ReportError
from generator.lab.open_ends import OpenEnds
from generator.lab.values import Watch, entered
from generator.models.layers import Layer
from generator.models.value_names import is_function


class _StopForwardError(Exception):
    """Every wanted output is there: the rest of the network need not run."""


@dataclass(slots=True)
class Recorder:
    """What was read during the last ``run``: layer name → output (batch, channels, height, width).

    ``before`` is the layer's own output; ``after`` that of its activation function, where it has
    one and the recorder was asked for it: a module's, or what functions in ``forward`` give.
    """

    network: nn.Module
    layers: tuple[Layer, ...]
    both_sides: bool
    keep: Callable[[Tensor], Tensor]
    keep_before: Callable[[Tensor], Tensor]
    modes: Sequence[AbstractContextManager[Any]] = ()
    before: dict[str, Tensor] = field(default_factory=dict)
    after: dict[str, Tensor] = field(default_factory=dict)

    def run(self, inputs: Tensor) -> None:
        """Feed ``inputs`` (batch, 3, height, width) forward until everything wanted is recorded.

        Raises
        ------
        ReportError
            If the network ends without it: its ``forward`` depends on the image.
        """
        self.before.clear()
        self.after.clear()
        try:
            with entered(self.modes):
                self.network(inputs)
        except _StopForwardError:
            return
        except RuntimeError:
            if self.complete():  # TorchScript makes a RuntimeError of what stops it
                return
            raise
        missing = self._missing()
        if missing:
            raise ReportError(
                f"the network did not reach {missing[0]} on this image, and did when it was traced",
                "its forward depends on the image: report another layer",
            )

    def complete(self) -> bool:
        """Whether every layer, and every activation function asked for, has been read."""
        return not self._missing()

    def _missing(self) -> tuple[str, ...]:
        own = (each.name for each in self.layers if each.name not in self.before)
        if not self.both_sides:
            return tuple(own)
        read = (each for each in self.layers if each.activation and each.name not in self.after)
        return (*own, *(each.activation for each in read))


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
    watch = Watch(network)
    recorder = Recorder(
        network, tuple(layers), both_sides, keep, keep_before or keep, modes=watch.modes
    )
    for layer in recorder.layers:
        watch.on_value(layer, partial(_keep, recorder, layer))
    for layer in recorder.layers if both_sides else ():
        if after := layer.activated:
            watch.on_value(after, partial(_keep_after, recorder, layer))
    try:
        yield recorder
    finally:
        watch.remove()


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
    if before and is_function(layer.name):
        raise ValueError(f"{layer.name} is given what a module is given")
    kept: list[Tensor] = []

    def keep(value: Tensor) -> None:
        kept.append(value)
        raise _StopForwardError

    watch, ends = Watch(network), OpenEnds(network, layer)

    def run(inputs: Tensor) -> Tensor:
        ends.restart()
        try:
            with entered(watch.modes):
                network(inputs)
        except _StopForwardError:
            found = kept.pop()
            return found if before else as_maps(found, layer)
        raise ReportError(
            f"the network did not reach {layer.name} on this image, and did when it was traced",
            "its forward depends on the image: report another layer",
        )

    with ends.hooked():  # before the hook that keeps what they leave
        if before:
            watch.before_call(layer.module, layer.call, keep)
        else:
            watch.on_output(layer, keep)
        try:
            yield run
        finally:
            watch.remove()


def _keep(recorder: Recorder, layer: Layer, output: Tensor) -> None:
    recorder.before[layer.name] = as_maps(output, layer)
    if recorder.complete():
        raise _StopForwardError
    read_again = recorder.both_sides and layer.activation
    kept = recorder.keep_before if read_again else recorder.keep
    recorder.before[layer.name] = kept(as_maps(output, layer))


def _keep_after(recorder: Recorder, layer: Layer, output: Tensor) -> None:
    recorder.after[layer.name] = as_maps(output, layer)
    if recorder.complete():
        raise _StopForwardError
    recorder.after[layer.name] = recorder.keep(as_maps(output, layer))


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
    read = layer.activated or layer

    def zero(output: Tensor) -> Tensor:
        # What a function gives is changed itself: nobody can hand on another tensor in its place.
        changed = output if is_function(read.name) else output.clone()
        by_channel = as_maps(changed, layer)
        if layer.layout == "tokens":
            by_channel = changed.transpose(1, 2)
        by_channel[range(len(channels)), list(channels)] = 0
        return changed

    watch = Watch(network)
    watch.on_value(read, zero)
    try:
        with entered(watch.modes):
            yield
    finally:
        watch.remove()


def hooked(network: nn.Module) -> tuple[str, ...]:
    """The names of modules that carry a forward hook; empty on a model that nobody is reading."""
    return tuple(name for name, module in network.named_modules() if module._forward_hooks)
