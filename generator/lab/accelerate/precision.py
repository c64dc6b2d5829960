"""Selects fp32, bf16 or int8 for an optimisation, and casts the network."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import torch
from torch import nn

from generator.lab import capabilities
from generator.recipes.presets import Precision
from generator.system.precision import refusal

_NAMES = {torch.float32: "fp32", torch.bfloat16: "bf16"}
_copies: WeakKeyDictionary[nn.Module, nn.Module] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """What maps and gradients are: of ``dtype``, or ``quantized``, in 8 bits within chains."""

    dtype: torch.dtype
    quantized: bool = False

    @property
    def name(self) -> str:
        """As it is written on pages: fp32, bf16 or int8."""
        return "int8" if self.quantized else _NAMES[self.dtype]


def choose(precision: Precision, device: torch.device, *, exact: bool) -> Arithmetic:
    """The arithmetic for a picture: ``auto`` takes the fastest that was measured on such a device.

    Exact recipes run in fp32, unless another precision is asked for; never in int8.

    Raises
    ------
    MachineError
        If the precision does not work on the device.
    """
    able = capabilities.of(device)
    if refused := refusal(precision, able):
        raise refused
    if precision == "auto":
        precision = "fp32" if exact else able.fastest
    if precision == "int8":
        fast = torch.bfloat16 if able.bf16 == "fast" else torch.float32
        return Arithmetic(fast, quantized=not exact)
    return Arithmetic(torch.bfloat16 if precision == "bf16" else torch.float32)


def twin(network: nn.Module) -> nn.Module:
    """A copy whose modules are its own, for hooks and changes, and whose tensors are shared."""
    shared = {id(each): each for each in (*network.parameters(), *network.buffers())}
    return copy.deepcopy(network, shared)


def network_in(network: nn.Module, dtype: torch.dtype) -> nn.Module:
    """The network itself, or its copy with weights and activations in bf16; made once."""
    if dtype == torch.float32:
        return network
    if network not in _copies:
        cast = {
            id(tensor): nn.Parameter(tensor.to(dtype), requires_grad=False)
            for tensor in network.parameters()
        }
        _copies[network] = _with_constants(copy.deepcopy(network, cast).to(dtype), dtype)
    return _copies[network]


def _with_constants(network: nn.Module, dtype: torch.dtype) -> nn.Module:
    """The same; tensors that modules hold as plain attributes are cast as well."""
    for module in network.modules():
        for name, value in list(vars(module).items()):
            if isinstance(value, torch.Tensor) and value.is_floating_point():
                setattr(module, name, value.to(dtype))
    return network
