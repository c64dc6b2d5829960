"""Refuses tensors whose numbers are not a network's: quantised, complex, or none at all."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from generator.errors import WeightsError

_FLOAT = "save the weights in floating point, before the network is quantised"


def refuse_other_kinds(
    tensors: Mapping[str, Tensor], wanted: Mapping[str, torch.dtype], file: str
) -> None:
    """Refuse tensors that would lose what they say if they became what the network wants.

    Raises
    ------
    WeightsError
        With the first of them, what it is and what to save instead.
    """
    for name, tensor in tensors.items():
        if kind := _kind(tensor, wanted.get(name, torch.float32)):
            raise WeightsError(f"{file}: {name!r} {kind[0]}", kind[1])


def _kind(tensor: Tensor, wanted: torch.dtype) -> tuple[str, str] | None:
    if tensor.is_quantized:
        return f"is quantised ({tensor.dtype})", _FLOAT
    if tensor.is_meta:
        return (
            "holds no numbers: it was saved from the meta device",
            "load the network's weights before its state is saved",
        )
    if tensor.is_complex() and not wanted.is_complex:
        return (
            "holds complex numbers, and the network's are real",
            "save what the network computes with, or correct model.architecture",
        )
    if wanted.is_floating_point and not (tensor.is_floating_point() or tensor.is_complex()):
        return (
            f"holds whole numbers ({tensor.dtype}), as quantised weights do, whose scales the"
            " network does not know",
            _FLOAT,
        )
    return None


def equal(one: Tensor, two: Tensor) -> bool:
    """Whether two tensors hold the same numbers; those without numbers equal themselves alone."""
    if one is two:
        return True
    known = not (one.is_meta or two.is_meta or one.is_quantized or two.is_quantized)
    return known and one.shape == two.shape and bool((one == two).all())
