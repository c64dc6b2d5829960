"""Replaces weights that are computed from others (weight norm, spectral norm, pruning) by results.

Whoever reads a module's ``weight`` before it is called would else see what it was before the file
of weights was loaded.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.utils import parametrize, prune
from torch.nn.utils.spectral_norm import SpectralNorm
from torch.nn.utils.weight_norm import WeightNorm


def remove(network: nn.Module) -> None:
    """Give every module the weights that it computes with; the network is in eval mode."""
    with torch.no_grad():
        for module in list(network.modules()):
            _remove_hooks(module)
            if parametrize.is_parametrized(module):
                for name in list(module.parametrizations):  # type: ignore[arg-type]
                    parametrize.remove_parametrizations(module, name)


def _remove_hooks(module: nn.Module) -> None:
    """The older form: a hook computes the weight before each call."""
    for key, hook in list(module._forward_pre_hooks.items()):
        if isinstance(hook, WeightNorm):
            hook.remove(module)
            del module._forward_pre_hooks[key]
        elif isinstance(hook, SpectralNorm):
            torch.nn.utils.remove_spectral_norm(module, hook.name)
        elif isinstance(hook, prune.BasePruningMethod):
            prune.remove(module, hook._tensor_name)  # type: ignore[no-untyped-call]
