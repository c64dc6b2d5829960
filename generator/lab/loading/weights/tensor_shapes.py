"""Fits classifiers of other classes, and position embeddings of another image size."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional

Unfit = tuple[str, tuple[int, ...], tuple[int, ...]]
Rest = Mapping[str, tuple[str, Tensor]]  # by plain name: the file's own, and the tensor
_HEAD = re.compile(r"(head|heads|fc|classifier|linear|cls|logits|last_linear|output|out)(\.\w+)?$")
_POSITIONS = re.compile(r"pos(ition)?_?embed(ding)?s?$")
_MOST_PREFIXES = 16  # tokens before those of the image


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """The shapes and kinds that a network wants, and the modules that give its classes."""

    network: str
    shapes: Mapping[str, tuple[int, ...]]
    heads: tuple[str, ...]
    kinds: Mapping[str, torch.dtype] = field(default_factory=dict)

    @classmethod
    def of(cls, network: nn.Module, classes: int) -> Target:
        """Those of a network, which may be on the meta device."""
        state = network.state_dict()
        shapes = {name: tuple(each.shape) for name, each in state.items()}
        heads = tuple(
            name
            for name, module in network.named_modules()
            if type(module) in (nn.Linear, nn.Conv2d)
            and shapes.get(f"{name}.weight", (0,))[0] == classes
        )
        kinds = {name: each.dtype for name, each in state.items()}
        return cls(type(network).__name__, shapes, heads, kinds)


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Tensors by the network's names; the plain names that were ``used``; what was done."""

    tensors: dict[str, Tensor]
    used: frozenset[str]
    unfit: tuple[Unfit, ...]
    notes: tuple[str, ...]


def fitted(named: Mapping[str, Tensor], rest: Rest, target: Target) -> Fitted:
    """The tensors that fit as they are, with a classifier and position embeddings made to fit."""
    tensors, used, notes = dict(named), set[str](), list[str]()
    for head in target.heads[-1:]:
        if f"{head}.weight" not in tensors:
            used |= _classifier(head, tensors, rest, target, notes)
        if f"{head}.weight" in tensors and f"{head}.bias" in target.shapes:
            _bias(head, tensors, notes)
    for name, tensor in list(tensors.items()):
        wanted = target.shapes[name]
        if tuple(tensor.shape) != wanted and _POSITIONS.search(name):
            resized = resized_positions(tensor, wanted)
            if resized is not None:
                tensors[name] = resized[0]
                notes.append(f"{name} interpolated from {resized[1]} to {resized[2]}, as timm does")
    unfit = tuple(_unfit(tensors, target))
    return Fitted(tensors, frozenset(used), unfit, tuple(notes))


def _classifier(
    head: str, tensors: dict[str, Tensor], rest: Rest, target: Target, notes: list[str]
) -> set[str]:
    """Take a linear layer of another name as the network's; the plain names that it had."""
    wanted = target.shapes[f"{head}.weight"]
    owners = {
        name.removesuffix(".weight"): tensor
        for name, (_, tensor) in rest.items()
        if name.endswith(".weight") and tensor.ndim >= 2
    }
    near = {owner: t for owner, t in owners.items() if _belongs(owner, head)}
    near = near or {owner: t for owner, t in owners.items() if _HEAD.fullmatch(owner)}
    if len(near) != 1:
        if near:
            notes.append(
                f"left out: the classifier {', '.join(sorted(near))}, as the file does not say what"
                " lies between its layers (a function of your own can make that network)"
            )
        return {each for each in rest if any(each.startswith(f"{owner}.") for owner in near)}
    ((owner, tensor),) = near.items()
    if tuple(tensor.shape[1:]) != wanted[1:]:
        return set()
    for part in ("weight", "bias"):
        if f"{owner}.{part}" in rest and f"{head}.{part}" in target.shapes:
            tensors[f"{head}.{part}"] = rest[f"{owner}.{part}"][1]
    notes.append(f"its {owner} is taken as the classifier {head}")
    return {f"{owner}.weight", f"{owner}.bias"}


def _belongs(owner: str, head: str) -> bool:
    """Whether it stands in its place: ``fc.1`` for ``fc``, ``classifier`` for ``classifier.1``."""
    return owner.startswith(f"{head}.") or owner == head.rpartition(".")[0] != ""


def _bias(head: str, tensors: dict[str, Tensor], notes: list[str]) -> None:
    """A classifier without biases has biases of zero."""
    if f"{head}.bias" not in tensors:
        weight = tensors[f"{head}.weight"]
        tensors[f"{head}.bias"] = torch.zeros(len(weight), dtype=weight.dtype)
        notes.append(f"{head} has no biases: they are zero")


def _unfit(tensors: Mapping[str, Tensor], target: Target) -> Iterator[Unfit]:
    """Tensors of other shapes, apart from classifiers of one other number of classes."""
    others = [n for n, t in tensors.items() if tuple(t.shape) != target.shapes[n]]
    heads = {name for name in others if name.rpartition(".")[0] in target.heads}
    same = {tensors[name].shape[:1] for name in heads}
    plain = all(tuple(tensors[n].shape[1:]) == target.shapes[n][1:] for n in heads)
    for name in others:
        if not (name in heads and len(same) == 1 and plain):
            yield name, tuple(tensors[name].shape), target.shapes[name]


def resized_positions(tensor: Tensor, wanted: tuple[int, ...]) -> tuple[Tensor, str, str] | None:
    """Position embeddings (1, tokens, channels) for another grid; None where none is square.

    As timm's ``resample_abs_pos_embed``: bicubic, antialiased, in fp32; the tokens before the grid
    stay as they are.
    """
    if tensor.ndim != 3 or len(wanted) != 3 or tensor.shape[2] != wanted[2]:
        return None
    for before in range(_MOST_PREFIXES + 1):
        old, new = (
            math.isqrt(max(tensor.shape[1] - before, 0)),
            math.isqrt(max(wanted[1] - before, 0)),
        )
        if 0 < old**2 == tensor.shape[1] - before and 0 < new**2 == wanted[1] - before:
            first, grid = tensor[:, :before], tensor[:, before:].float()
            grid = grid.reshape(1, old, old, -1).permute(0, 3, 1, 2)
            grid = functional.interpolate(grid, size=(new, new), mode="bicubic", antialias=True)
            grid = grid.permute(0, 2, 3, 1).reshape(1, new * new, -1).to(tensor.dtype)
            return torch.cat([first, grid], 1), f"{old} × {old}", f"{new} × {new}"
    return None
