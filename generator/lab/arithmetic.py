"""Which arithmetic an optimisation runs in, and a network's copy for it."""

from __future__ import annotations

import copy
from weakref import WeakKeyDictionary

import torch
from torch import nn

from generator.errors import MachineError
from generator.spec.pictures import Precision

_NAMES = {torch.float32: "fp32", torch.bfloat16: "bf16"}
_copies: WeakKeyDictionary[nn.Module, nn.Module] = WeakKeyDictionary()


def choose(precision: Precision, device: torch.device, *, exact: bool) -> torch.dtype:
    """The arithmetic for a picture: ``auto`` takes bf16 where the device has units for it.

    An ``exact`` recipe is meant to be what it was before there was bf16: for it, auto is fp32.

    Raises
    ------
    MachineError
        If bf16 was asked for and the GPU has none.
    """
    if precision == "auto":
        fast = not exact and has_fast_bf16(device)
        return torch.bfloat16 if fast else torch.float32
    if precision == "bf16" and device.type == "cuda" and not has_fast_bf16(device):
        raise MachineError("this GPU has no bf16", "render with precision auto or fp32")
    return torch.bfloat16 if precision == "bf16" else torch.float32


def has_fast_bf16(device: torch.device) -> bool:
    """Whether convolutions are faster in bf16 than in fp32.

    On GPUs with tensor cores from Ampere on, on CPUs with AMX, and on AMD's with AVX512-BF16:
    Intel's own AVX512-BF16 is slower than its fp32 (docs/decisions/arithmetic.md).
    """
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device) >= (8, 0)
    if device.type != "cpu":
        return False
    able = torch.cpu.get_capabilities()
    dot_products = able.get("avx512_bf16") and str(able.get("cpu_name")).startswith("AMD")
    return bool(able.get("amx_bf16") or dot_products)


def name_of(dtype: torch.dtype) -> str:
    """As it is written on pages: fp32 or bf16."""
    return _NAMES[dtype]


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
        _copies[network] = copy.deepcopy(network, cast).to(dtype)
    return _copies[network]
