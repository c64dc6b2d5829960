"""What a device can compute here, found out by computing something small on it once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from generator.system.precision import Capabilities, of_gpu, of_processor
from generator.system.processor import processor

Geometry = tuple[list[int], list[int], list[int], int]
_CHANNELS, _SIDE = 16, 8
_GEOMETRY: Geometry = [1, 1], [1, 1], [1, 1], 1  # padding, stride, dilation, groups
_QUANTIZED: Geometry = _GEOMETRY  # the same in oneDNN's order, which begins with the stride
_LARGEST, _LEVELS = 255, 127  # of an input and of a weight in 8 bits


@lru_cache(maxsize=64)
def of(device: torch.device) -> Capabilities:
    """What a device does in bf16 and in int8; oneDNN and torch are tried, once in a process."""
    if device.type == "cpu":
        return _of_cpu()
    works = convolves_in_bf16(device)
    if device.type == "mps":
        return of_gpu("mps", has_bf16=works, recent=False)
    kind: Literal["cuda", "rocm"] = "rocm" if torch.version.hip else "cuda"
    return of_gpu(kind, has_bf16=works, recent=torch.cuda.get_device_capability(device) >= (8, 0))


def _of_cpu() -> Capabilities:
    promised = of_processor(processor())
    if not convolves_in_bf16(torch.device("cpu")):
        promised = replace(promised, bf16="none")
    elif promised.bf16 == "fast" and not packs(torch.bfloat16):
        promised = replace(promised, bf16="slow")
    if promised.int8 != "none" and not convolves_in_int8():
        promised = replace(promised, int8="none")
    return promised


def convolves_in_bf16(device: torch.device) -> bool:
    """Whether a plain convolution in bf16 works, forward and backward."""

    def convolve() -> bool:
        weight, inputs = (each.to(device, torch.bfloat16) for each in _example())
        maps = functional.conv2d(inputs.requires_grad_(), weight, padding=1)
        (gradient,) = torch.autograd.grad(maps.float().sum(), inputs)
        return bool(gradient.isfinite().all())

    return _works(convolve)


@lru_cache(maxsize=8)
def packs(dtype: torch.dtype) -> bool:
    """Whether oneDNN convolves with weights in an order of its own, to the same maps."""

    def convolve() -> bool:
        weight, inputs = (each.to(dtype) for each in _example())
        inputs = inputs.contiguous(memory_format=torch.channels_last)
        packed = torch.ops.mkldnn._reorder_convolution_weight(
            weight, *_GEOMETRY, list(inputs.shape)
        )
        made: Tensor = torch.ops.mkldnn._convolution_pointwise(
            inputs, packed, None, *_GEOMETRY, "none", [], ""
        )
        return torch.allclose(made, functional.conv2d(inputs, weight, padding=1), 0.02, 0.02)

    return bool(torch.backends.mkldnn.is_available()) and _works(convolve)  # type: ignore[no-untyped-call]


@lru_cache(maxsize=1)
def convolves_in_int8() -> bool:
    """Whether oneDNN adds up the largest products of 8 bits exactly.

    Without VNNI it adds two of them in 16 bits, where they are cut off.
    """

    def convolve() -> bool:
        inputs = torch.full((1, _CHANNELS, _SIDE, _SIDE), _LARGEST, dtype=torch.uint8)
        inputs = inputs.contiguous(memory_format=torch.channels_last)
        weight = torch.full((_CHANNELS, _CHANNELS, 3, 3), _LEVELS, dtype=torch.int8)
        scales, zeros = torch.ones(_CHANNELS), torch.zeros(_CHANNELS, dtype=torch.long)
        packed = torch.ops.onednn.qconv_prepack(
            weight, scales, 1.0, 0, *_QUANTIZED, list(inputs.shape)
        )
        made: Tensor = torch.ops.onednn.qconv2d_pointwise(
            inputs, 1.0, 0, packed, scales, zeros, None, *_QUANTIZED,
            1.0, 0, torch.float32, "none", [], "",
        )  # fmt: skip
        return float(made.amax()) == float(9 * _CHANNELS * _LARGEST * _LEVELS)

    return _works(convolve)


def _works(convolve: Callable[[], bool]) -> bool:
    """False where torch or a library of its refuses, in whatever way it does."""
    try:
        return convolve()
    except torch.OutOfMemoryError:
        raise
    except (RuntimeError, NotImplementedError, AttributeError, TypeError, AssertionError):
        return False


def _example() -> tuple[Tensor, Tensor]:
    """A weight and an input, of whole numbers: the same in every dtype."""
    weight = torch.arange(_CHANNELS * _CHANNELS * 9).view(_CHANNELS, _CHANNELS, 3, 3) % 5 - 2
    inputs = torch.arange(_CHANNELS * _SIDE * _SIDE).view(1, _CHANNELS, _SIDE, _SIDE) % 3 - 1
    return weight.float(), inputs.float()
