"""Convolution weights, and mean layer inputs over photographs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from generator.artifacts.contributions import ConvWeights, LayerInputs
from generator.images.photographs import Photograph
from generator.lab.engines.thread_pool import on_every_core
from generator.lab.layers.channel_sources import KERNELS, weights_of
from generator.lab.loading.models import Bench
from generator.lab.measure.activations import load

AT_ONCE = 8  # photographs, on a GPU
Heard = dict[str, npt.NDArray[np.float64]]  # by layer


def kernels(bench: Bench, layer: str, filters: Sequence[int], inputs: Sequence[int]) -> ConvWeights:
    """The weights of some filters from some input channels; none of either stands for all."""
    module: Any = bench.network.get_submodule(layer)
    weight: Tensor = module.weight.detach()
    weight = weight if weight.ndim == 4 else weight[:, :, None, None]
    rows = tuple(filters) or tuple(range(weight.shape[0]))
    columns = tuple(inputs) or tuple(range(weight.shape[1]))
    kept = weight[list(rows)][:, list(columns)]
    bias = torch.zeros(len(weight)) if module.bias is None else module.bias.detach()
    return ConvWeights(layer, rows, columns, _numbers(kept), _numbers(bias[list(rows)]))


def signals(
    bench: Bench, layers: Sequence[str], photographs: Sequence[Photograph]
) -> Iterator[tuple[LayerInputs, ...]]:
    """Average what layers are given; nothing after each photograph, and in the end one of each.

    A photograph runs through the network once for all layers.
    """
    sums: dict[str, npt.NDArray[np.float64]] = {}
    for heard in _heard_by(bench, layers, photographs):
        for name, total in heard.items():
            sums[name] = sums[name] + total if name in sums else total
        yield ()
    count = len(photographs)
    yield tuple(
        LayerInputs(name, count, (sums[name] / count).astype(np.float32)) for name in layers
    )


def _heard_by(
    bench: Bench, layers: Sequence[str], photographs: Sequence[Photograph]
) -> Iterator[Heard]:
    """What the layers are given, summed over photographs; on a GPU over some at once."""
    if bench.device.type == "cpu":
        yield from on_every_core(
            lambda photograph, own: _heard(own, layers, [photograph]), photographs, bench
        )
        return
    for start in range(0, len(photographs), AT_ONCE):
        yield _heard(bench, layers, photographs[start : start + AT_ONCE])


def _heard(bench: Bench, layers: Sequence[str], photographs: Sequence[Photograph]) -> Heard:
    wanted = {name: bench.layer(name).prefix for name in layers}
    listening = LayerInputRecorder(bench.network, wanted, len(photographs))
    with torch.no_grad(), listening, suppress(_StopForwardError):
        bench.network(bench.prepare(load(bench, photographs)))
    return {name: heard.cpu().double().sum(0).numpy() for name, heard in listening.heard.items()}


class _StopForwardError(Exception):
    """Every wanted layer has been given something: the rest of the network need not run."""


class LayerInputRecorder(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch's own is untyped
    """While it is entered, averages what layers are given, as their operations read it.

    ``heard`` holds for each layer, image and input channel the mean over positions of what each
    weight of a kernel is multiplied with, zeros of the padding included: (batch, inputs, rows,
    columns). Weights times these means, and the bias, are exactly the mean of the layer's output.
    ``layers`` names how many tokens of each stand before the image's own and count for nothing.
    """

    def __init__(self, network: torch.nn.Module, layers: Mapping[str, int], batch: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.heard: dict[str, Tensor] = {}
        self._wanted, self._batch = layers, batch
        names = weights_of(network)
        self._weights = {at: name for at, name in names.items() if name in self._wanted}
        self._turned: list[Tensor] = []  # kept, so that no other tensor can take their identity

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None
    ) -> Any:
        """Let the operation happen; note what those read that multiply by a wanted kernel."""
        name = func.overloadpacket.__name__
        owner = ""
        if name in KERNELS:
            owner = self._weights.get(id(args[KERNELS[name] + 1]), "")
        if owner and owner not in self.heard:
            given = args[KERNELS[name]]
            if name == "convolution":
                self.heard[owner] = _in_windows(given, args)
            else:
                tokens = given.unflatten(0, (self._batch, -1))[:, self._wanted[owner] :]
                self.heard[owner] = tokens.mean(1)[:, :, None, None]
            if len(self.heard) == len(self._wanted):
                raise _StopForwardError
        made = func(*args, **(kwargs or {}))
        if name == "t" and (owner := self._weights.get(id(args[0]), "")):
            self._weights[id(made)] = owner
            self._turned.append(made)
        return made


def _in_windows(given: Tensor, args: Sequence[Any]) -> Tensor:
    weight, stride, padding, spread = args[1], args[3], args[4], args[5]
    rows, columns = (
        _windows(side, *of_side)
        for side, *of_side in zip(
            given.shape[2:], weight.shape[2:], stride, padding, spread, strict=True
        )
    )
    # Both sums are products with small matrices: one pass over the maps, not one for each weight.
    return torch.einsum("bchw,hd,wa->bcda", given, rows.to(given), columns.to(given))


def _windows(side: int, kernel: int, stride: int, padding: int, spread: int) -> Tensor:
    """How much each position of a side counts for the mean of what each weight meets.

    (side, kernel); what a weight meets in the padding is zero, and counts for none.
    """
    size = (side + 2 * padding - spread * (kernel - 1) - 1) // stride + 1
    counts = torch.zeros(side, kernel)
    for at in range(kernel):
        met = torch.arange(size) * stride + at * spread - padding
        counts[met[(met >= 0) & (met < side)], at] = 1 / size
    return counts


def _numbers(tensor: Tensor) -> npt.NDArray[np.float32]:
    return np.ascontiguousarray(tensor.float().cpu().numpy())
