"""Copy of a network with fused ReLUs and poolings, for optimising its input.

On a CPU half of a step on a large picture goes into activation functions and poolings, which
compute nothing and move everything, and most of a step on a small picture into convolutions that
bring their weights into oneDNN's order again and again. Here a ReLU is done by the convolution
before it, or after the pooling behind it, on a quarter of the map; poolings share their way back
among the cores; and weights are brought into order once for each size. The results are the same,
in bf16 to the last bit (docs/decisions/fusion.md). Where it is asked for, chains of convolutions
are computed in 8 bits, which is not the same (docs/decisions/int8.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Sequence
from itertools import accumulate, takewhile
from typing import Literal
from weakref import WeakKeyDictionary

from torch import nn

from generator.lab.accelerate.int8_chain import ChainStage, Int8Chain, faithful, quantizable
from generator.lab.accelerate.onednn import PackedConvolution, StripMaxPool2d, halves, packable
from generator.lab.accelerate.precision import twin
from generator.models.layers import Layer

Kind = Literal["convolution", "relu", "pooling"]
_latest: WeakKeyDictionary[nn.Module, tuple[tuple[Layer, bool], nn.Module]] = WeakKeyDictionary()


def fused(network: nn.Module, layer: Layer, *, quantized: bool = False) -> nn.Module:
    """A copy that shares the network's tensors and is to be run up to ``layer``.

    At the layer, and at the ReLUs by which it ends, it stays as it was; so do modules in containers
    of the network's own, whose order nobody knows. Chains that 8 bits would change beyond
    recognition are not ``quantized``. The latest copy of a network is kept.
    """
    for_what, made = _latest.get(network, (None, network))
    if for_what != (layer, quantized):
        made = _fused(network, layer, quantized=quantized)
        _latest[network] = (layer, quantized), made
    return made


def _fused(network: nn.Module, layer: Layer, *, quantized: bool) -> nn.Module:
    made = twin(network)
    left_alone = {layer.module, *(name for name, _ in layer.ends)}
    left_alone |= _shared(made)
    for name, container in list(made.named_modules()):
        if type(container).forward is nn.Sequential.forward:
            prefix = f"{name}." if name else ""
            if quantized:
                _quantize(container, prefix, left_alone, until=layer.module)
            _fuse(container, prefix, left_alone)
    return made


def _shared(network: nn.Module) -> set[str]:
    """Names of modules that stand in several places: what follows one of them is not known."""
    named = list(network.named_modules(remove_duplicate=False))
    places = Counter(id(module) for _, module in named)
    return {name for name, module in named if places[id(module)] > 1}


def _fuse(container: nn.Module, prefix: str, left_alone: Container[str]) -> None:
    """Put quicker modules into the places of those that may go together."""
    named = list(container.named_children())
    kinds = [None if prefix + name in left_alone else _kind(module) for name, module in named]
    kinds += [None, None]
    for at, (name, module) in enumerate(named):
        before = kinds[at - 1] if at else None
        quicker = _quicker(module, before, *kinds[at : at + 3])
        if quicker is not None:
            setattr(container, name, quicker)


def _kind(module: nn.Module | None) -> Kind | None:
    """What may be replaced by something that does the same."""
    if type(module) is nn.Conv2d and packable(module):
        return "convolution"
    if type(module) is nn.MaxPool2d and not module.return_indices:
        return "pooling"
    return "relu" if type(module) is nn.ReLU else None


def _quicker(
    module: nn.Module, before: Kind | None, kind: Kind | None, after: Kind | None, then: Kind | None
) -> nn.Module | None:
    """What to put in a module's place, by what stands around it; None to leave it there."""
    if kind == "convolution" and isinstance(module, nn.Conv2d):
        return PackedConvolution(module, activated=after == "relu" and then != "pooling")
    if kind == "relu" and (before == "convolution" or after == "pooling"):
        return nn.Identity()
    if kind == "pooling":
        pooling = StripMaxPool2d() if halves(module) else module
        # Not in place: a strip is a view, through which autograd would copy every gradient.
        return nn.Sequential(pooling, nn.ReLU()) if before == "relu" else pooling
    return None


def _quantize(container: nn.Module, prefix: str, left_alone: Container[str], *, until: str) -> None:
    """Put each chain into the place of its first module, and nothing into those of the others."""
    children = container.named_children()
    named = list(takewhile(lambda each: prefix + each[0] != until, children))  # the rest never runs
    free = [None if prefix + name in left_alone else module for name, module in named]
    at = 0
    while at < len(named):
        lengths = _stages(free[at:])
        end = at + sum(lengths)
        chain = _chain([module for _, module in named[at:end]], lengths)
        if chain is not None:
            for name, _ in named[at:end]:
                setattr(container, name, nn.Identity())
            setattr(container, named[at][0], chain)
        at = max(end, at + 1)


def _stages(modules: Sequence[nn.Module | None]) -> list[int]:
    """How long the stages are that these begin with: convolution, ReLU, perhaps pooling."""
    lengths: list[int] = []
    while True:
        head, relu, pooling = [*modules[sum(lengths) :], None, None, None][:3]
        if not (_kind(head) == "convolution" and quantizable(head) and _kind(relu) == "relu"):
            return lengths
        lengths.append(3 if _kind(pooling) == "pooling" and halves(pooling) else 2)


def _chain(modules: Sequence[nn.Module], lengths: Sequence[int]) -> Int8Chain | None:
    """Two stages or more as a chain; None where 8 bits are too few for them."""
    stages = [
        ChainStage.of(head, pooled=length == 3)
        for length, end in zip(lengths, accumulate(lengths), strict=True)
        if isinstance(head := modules[end - length], nn.Conv2d)
    ]
    if len(stages) < 2:  # what brings its maps to 8 bits and back gains nothing
        return None
    chain = Int8Chain(stages)
    return chain if faithful(chain, nn.Sequential(*modules)) else None
