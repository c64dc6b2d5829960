"""The record of loaded weights, and their digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from generator.models.card import Preprocessing


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Verified tensors by the names of torchvision's state dict.

    ``digest`` is the SHA-256 of the tensors themselves, so that the same weights from another
    file or package are the same weights. ``notes`` is what a reader of the provenance should know.
    ``classes`` are the names of the classifier's outputs, as far as they are known.
    """

    name: str
    tensors: Mapping[str, Tensor] = field(repr=False)
    digest: str
    source: str
    licence: str
    preprocessing: Preprocessing
    notes: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()


def digest_of(tensors: Mapping[str, Tensor], code: str = "") -> str:
    """SHA-256 over names, types, shapes and bytes of the tensors, in the order of their names.

    ``code`` is the digest of the file that defines the network, where that may change.
    """
    total = hashlib.sha256(code.encode())
    for name in sorted(tensors):
        tensor = tensors[name].detach().cpu().contiguous()
        total.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        total.update(tensor.flatten().view(torch.uint8).numpy().tobytes())  # bfloat16 included
    return total.hexdigest()
