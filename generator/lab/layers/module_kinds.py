"""Tells what a module is: convolution, normalisation, activation function, pooling."""

from __future__ import annotations

from torch import nn

_NORMALISATIONS = (nn.modules.batchnorm._NormBase, nn.GroupNorm, nn.LayerNorm)
_POOLINGS = ("torch.nn.modules.pooling", "timm.layers.adaptive_avgmax_pool")
_ACTIVATIONS = (
    "torch.nn.modules.activation",
    "timm.layers.activations",
    "timm.layers.activations_me",
)
_SILENCING = (
    nn.ReLU,
    nn.Hardtanh,
    nn.Threshold,
)  # flat where they are off; Hardtanh is ReLU6's kin
_NO_ACTIVATIONS = (nn.Softmax, nn.LogSoftmax, nn.Softmin, nn.Softmax2d, nn.MultiheadAttention)


def kind_of(module: nn.Module) -> str:
    """The kind of a layer, as ``Layer.kind`` names it."""
    depthwise = isinstance(module, nn.Conv2d) and module.groups == module.in_channels > 1
    kinds = {
        "depthwise convolution": depthwise,
        "convolution": isinstance(module, nn.Conv2d),
        "linear": isinstance(module, nn.Linear),
        "normalisation": isinstance(module, _NORMALISATIONS),
        "activation": is_activation(module),
        "pooling": type(module).__module__ in _POOLINGS,
        "attention": "attention" in type(module).__name__.lower(),
        "block": any(module.children()),
    }
    return next((kind for kind, holds in kinds.items() if holds), "other")


def is_activation(module: nn.Module) -> bool:
    """Whether it is an activation function of torch's or timm's."""
    return type(module).__module__ in _ACTIVATIONS and not isinstance(module, _NO_ACTIVATIONS)


def is_normalisation(module: nn.Module) -> bool:
    """Whether it normalises what it is given; of the user's own, as its class is called."""
    return isinstance(module, _NORMALISATIONS) or "norm" in type(module).__name__.lower()


def is_silencing(module: nn.Module) -> bool:
    """Whether it gives zero, without a gradient, for what it silences."""
    return isinstance(module, _SILENCING)
