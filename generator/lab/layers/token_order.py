"""In which order a transformer's tokens cover the image.

Windows, and whatever else brings positions into another order (Hiera's tokens), have the shape of
a map or of the image's tokens, and are neither.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from generator.lab.layers.geometry_rules import ANEW, STILL, Call, Geometry, Pair

Orders = Mapping[int, Tensor | None]  # by the identity of the tensor whose positions it numbers
_BEFORE = -1  # the number of a token that is none of the image's


def of_grid(grid: Pair) -> Tensor:
    """(1, 1, height, width): as a tensor's shape, with one in place of the channels."""
    return torch.arange(grid[0] * grid[1]).view(1, 1, *grid)


def rises(order: Tensor | None) -> bool:
    """Whether positions come as in the image, row after row; True where nobody knows."""
    if order is None:
        return True
    numbers = order.flatten()
    return bool((numbers[numbers != _BEFORE].diff() > 0).all())


def after(call: Call, made: Tensor, place: Geometry, known: Orders) -> Tensor | None:
    """The order of what an operation gives; None where it was lost."""
    if place.channels is None:
        return None
    if call.name in ANEW:
        return of_grid(place.grid) if made.shape[0] == 1 and made.ndim == 4 else None
    alike = [x for x, _ in call.known if x.shape == call.main[0].shape]
    order = next((found for x in alike if (found := known.get(id(x))) is not None), None)
    if order is None:
        return None
    moved = _moved(call, order, made, place.channels, known)
    shape = [1 if axis == place.channels else length for axis, length in enumerate(made.shape)]
    return moved if moved is not None and list(moved.shape) == shape else None


def _moved(call: Call, order: Tensor, made: Tensor, channels: int, known: Orders) -> Tensor | None:
    args = call.args
    ways: dict[str, Callable[[], Tensor | None]] = {
        **dict.fromkeys(
            ("view", "_unsafe_view", "reshape"), lambda: _viewed(order, made, channels)
        ),
        "permute": lambda: order.permute(args[1]),
        "transpose": lambda: order.transpose(*args[1:3]),
        "t": order.t,
        "unsqueeze": lambda: order.unsqueeze(args[1]),
        "roll": lambda: order.roll(*args[1:3]) if len(args) > 2 else None,
        "slice": lambda: _sliced(order, args[1:], channels),
        "cat": lambda: _joined(call, order, channels, known),
    }
    return order if call.name in STILL else ways.get(call.name, lambda: None)()


def _viewed(order: Tensor, made: Tensor, channels: int) -> Tensor | None:
    shape = [1 if axis == channels else length for axis, length in enumerate(made.shape)]
    return order.reshape(shape) if math.prod(shape) == order.numel() else None


def _sliced(order: Tensor, given: Sequence[Any], channels: int) -> Tensor:
    whole: list[Any] = [0, None, None, 1]
    axis, start, end, step = [*given, *whole[len(given) :]]
    if axis % order.ndim == channels:
        return order
    numbers = range(order.shape[axis])[start:end:step]
    return order.index_select(axis, torch.tensor(numbers))


def _joined(call: Call, order: Tensor, channels: int, known: Orders) -> Tensor | None:
    axis = call.args[1] % order.ndim if len(call.args) > 1 else 0
    if axis == channels:
        return order
    parts = []
    for each in call.args[0]:
        shape = [1 if at == channels else length for at, length in enumerate(each.shape)]
        found = known.get(id(each))
        parts.append(torch.full(shape, _BEFORE) if found is None else found)
    return torch.cat(parts, axis)
