"""Selects fp32, bf16 or int8 for an optimisation, and casts the network."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import torch
from torch import nn

from generator.errors import MachineError
from generator.lab.accelerate import int8_chain
from generator.recipes.presets import Precision

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
    """The arithmetic for a picture: ``auto`` takes the fastest that the device has units for.

    An ``exact`` recipe is meant to be what it was before there was another than fp32.

    Raises
    ------
    MachineError
        If the device has no units for what was asked for.
    """
    fast = torch.bfloat16 if has_fast_bf16(device) else torch.float32
    if precision == "auto":
        if exact:
            return Arithmetic(torch.float32)
        return Arithmetic(fast, quantized=has_faster_int8(device))
    if precision == "bf16" and device.type == "cuda" and fast != torch.bfloat16:
        raise MachineError("this GPU has no bf16", "render with precision auto or fp32")
    if precision == "int8":
        if device.type != "cpu" or not int8_chain.available():
            raise MachineError(
                "convolutions of 8-bit integers need a CPU with VNNI",
                "render with precision auto, bf16 or fp32",
            )
        return Arithmetic(fast, quantized=not exact)
    return Arithmetic(torch.bfloat16 if precision == "bf16" else torch.float32)


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


def has_faster_int8(device: torch.device) -> bool:
    """Whether convolutions are faster in 8-bit integers than in bf16, and that was measured.

    On AMD's CPUs with VNNI; on Intel's, with AMX or without, nobody has measured it yet.
    """
    if device.type != "cpu" or not int8_chain.available():
        return False
    return str(torch.cpu.get_capabilities().get("cpu_name")).startswith("AMD")


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
