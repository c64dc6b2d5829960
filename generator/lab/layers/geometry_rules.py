"""How each operation changes stride, receptive field and axes.

What happens to the field is Araujo et al. 2019 (Computing receptive fields of convolutional neural
networks, Distill), equations 1 and 2; an operation without a rule leaves it undefined.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Geometry:
    """Where a tensor stands between image and output.

    Attributes
    ----------
    channels:
        The axis of the channels; None where it was lost.
    grid:
        Height and width of the maps from which the tensor was made.
    stride, field:
        Down and across, in pixels of the input: the way from one position to the next, and the
        side of what a position depends on; ``field`` is None where that has no fixed size.
    """

    channels: int | None
    grid: Pair
    stride: Pair
    field: Pair | None


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """An operation with its arguments, and the tensors among them that come from the image."""

    name: str
    args: Sequence[Any]
    known: list[tuple[Tensor, Geometry]]

    @property
    def main(self) -> tuple[Tensor, Geometry]:
        """The largest tensor: the maps, where others are gates or scales."""
        return max(self.known, key=lambda pair: pair[0].numel())

    def joined(self) -> Geometry:
        """The main tensor's place, its field widened to that of the others."""
        fields = [place.field for _, place in self.known]
        seen = [field for field in fields if field is not None]
        widest = (max(f[0] for f in seen), max(f[1] for f in seen)) if seen else None
        return replace(self.main[1], field=widest if len(seen) == len(fields) else None)


def geometry_of(call: Call, made: Tensor) -> Geometry:
    """The place of what an operation gives."""
    rule = _RULES.get(call.name)
    if rule is not None:
        return rule(call, made)
    place = replace(call.joined(), field=None)
    return place if made.shape == call.main[0].shape else replace(place, channels=None)


def _elementwise(call: Call, made: Tensor) -> Geometry:
    """One position of the result depends on the same position of what is read."""
    place = call.joined()
    axis = place.channels if made.ndim == call.main[0].ndim else None
    return replace(place, channels=axis)


def _window(call: Call, made: Tensor, kernel: Pair, step: Pair, spread: Pair) -> Geometry:
    """A convolution or pooling: every position reads a window of the one before."""
    before = call.joined()
    field = before.field and tuple(
        f + d * (k - 1) * s
        for f, d, k, s in zip(before.field, spread, kernel, before.stride, strict=True)
    )
    stride = (before.stride[0] * step[0], before.stride[1] * step[1])
    grid = (made.shape[-2], made.shape[-1])
    return Geometry(1, grid, stride, (field[0], field[1]) if field else None)


def _convolution(call: Call, made: Tensor) -> Geometry:
    weight, step, spread, transposed = call.args[1], call.args[3], call.args[5], call.args[6]
    if made.ndim != 4 or transposed:
        return replace(_elementwise(call, made), channels=1, field=None)
    kernel = (weight.shape[2], weight.shape[3])
    return _window(call, made, kernel, _pair(step), _pair(spread))


def _pooling(call: Call, made: Tensor) -> Geometry:
    kernel = _pair(call.args[1])
    step = _pair(call.args[2]) if len(call.args) > 2 and call.args[2] else kernel
    spread = (1, 1)
    if call.name.startswith("max_pool") and len(call.args) > 4:
        spread = _pair(call.args[4])
    return _window(call, made, kernel, step, spread)


def _pair(value: int | Sequence[int]) -> Pair:
    if isinstance(value, int):
        return value, value
    return value[0], value[-1]


def _permute(call: Call, made: Tensor) -> Geometry:
    order = [axis % made.ndim for axis in call.args[1]]
    return _moved(call, {before: after for after, before in enumerate(order)})


def _transpose(call: Call, made: Tensor) -> Geometry:
    one, other = (axis % made.ndim for axis in call.args[1:3])
    return _moved(call, {one: other, other: one})


def _t(call: Call, made: Tensor) -> Geometry:
    return _moved(call, {0: 1, 1: 0} if made.ndim == 2 else {})


def _moved(call: Call, axes: Mapping[int, int]) -> Geometry:
    place = call.joined()
    axis = place.channels
    return replace(place, channels=None if axis is None else axes.get(axis, axis))


def _view(call: Call, made: Tensor) -> Geometry:
    """Axes joined or split: harmless to the channels if it happens on one side of them."""
    (before, place), after = call.main, made.shape
    axis = place.channels
    if axis is not None:
        for moved, length in enumerate(after):
            count = math.prod(after[:moved]) == math.prod(before.shape[:axis])
            if count and length == before.shape[axis]:
                return _coarser(replace(place, channels=moved), made)
    if tuple(after[-2:]) == place.grid == tuple(before.shape[-2:]):  # channels in groups
        return replace(place, channels=1 if made.ndim == 4 else None)
    return replace(place, channels=None, field=None)


def _coarser(place: Geometry, made: Tensor) -> Geometry:
    """Neighbouring positions that a linear layer has merged into one: timm's Swin."""
    merged = place.grid[0] // made.shape[1] if made.ndim == 4 else 1
    grid = tuple(made.shape[1:3])
    if merged < 2 or place.channels != 3 or tuple(side * merged for side in grid) != place.grid:
        return place
    if made.shape[0] != 1:  # windows
        return place
    stride = (place.stride[0] * merged, place.stride[1] * merged)
    return replace(place, grid=(grid[0], grid[1]), stride=stride, field=None)


def _without(call: Call, made: Tensor) -> Geometry:
    """One or several axes are taken away, or shrunk to one."""
    place, ndim = call.joined(), call.main[0].ndim
    axis = place.channels
    dims = call.args[1] if len(call.args) > 1 and call.args[1] is not None else range(ndim)
    gone = {d % ndim for d in ([dims] if isinstance(dims, int) else dims)}
    if axis is None or axis in gone:
        return replace(place, channels=None)
    moved = axis - sum(d < axis for d in gone) if made.ndim < ndim else axis
    return replace(place, channels=moved)


def _reduced(call: Call, made: Tensor) -> Geometry:
    """A mean over positions: of the whole image."""
    place = replace(_without(call, made), field=None)
    whole = made.numel() == (made.shape[place.channels] if place.channels is not None else 0)
    return replace(place, grid=(1, 1)) if whole else place


def _unsqueeze(call: Call, made: Tensor) -> Geometry:
    place, new = call.joined(), call.args[1] % made.ndim
    axis = place.channels
    return replace(place, channels=None if axis is None else axis + (new <= axis))


def _matrix(call: Call, made: Tensor) -> Geometry:
    """A linear layer: it mixes the last axis, mostly the channels', into new channels.

    Where the last axis are positions (MLP-Mixer), channels stay where they are.
    """
    tensor, place = call.main
    own = len(call.known) == 1 and place.channels == tensor.ndim - 1
    last = place.channels in (None, tensor.ndim - 1)
    axis = made.ndim - 1 if last else place.channels
    return replace(place, channels=axis, field=place.field if own else None)


def _layer_norm(call: Call, made: Tensor) -> Geometry:
    place = _elementwise(call, made)
    channels_alone = len(call.args[1]) == 1 and place.channels == made.ndim - 1
    return place if channels_alone else replace(place, field=None)


def _batch_norm(call: Call, made: Tensor) -> Geometry:
    place = _elementwise(call, made)
    return replace(place, field=None) if call.args[5] else place  # statistics of the image itself


def _slice(call: Call, made: Tensor) -> Geometry:
    """Every position, or every second one: then the way from one to the next is longer."""
    place = _elementwise(call, made)
    step = call.args[4] if len(call.args) > 4 else 1
    axis = call.args[1] % made.ndim if len(call.args) > 1 else 0
    if step == 1 or place.channels is None:
        return place
    space = [each for each in range(1, made.ndim) if each != place.channels]
    if len(space) != 2 or axis not in space:
        return replace(place, field=None)
    stride, grid = list(place.stride), list(place.grid)
    down_or_across = space.index(axis)
    stride[down_or_across] *= step
    grid[down_or_across] = made.shape[axis]
    return replace(place, stride=_pair(stride), grid=_pair(grid), field=None)


def _joined(call: Call, made: Tensor) -> Geometry:
    """Beside one another; tokens only where those of the image are the last."""
    place, parts = _elementwise(call, made), call.args[0]
    along = call.args[1] % made.ndim if len(call.args) > 1 else 0
    tokens = made.ndim == 3 and place.channels == 2 and along == 1
    return replace(place, channels=None) if tokens and parts[-1] is not call.main[0] else place


def _pooled_to_size(call: Call, made: Tensor) -> Geometry:
    grid = (made.shape[-2], made.shape[-1])
    return replace(_elementwise(call, made), grid=grid, field=None)


_RULES: dict[str, Callable[[Call, Tensor], Geometry]] = {
    "convolution": _convolution,
    "max_pool2d_with_indices": _pooling,
    "avg_pool2d": _pooling,
    "_adaptive_avg_pool2d": _pooled_to_size,
    "adaptive_max_pool2d": _pooled_to_size,
    "upsample_nearest2d": _pooled_to_size,
    "upsample_bilinear2d": _pooled_to_size,
    "upsample_bicubic2d": _pooled_to_size,
    "permute": _permute,
    "transpose": _transpose,
    "t": _t,
    "view": _view,
    "_unsafe_view": _view,
    "reshape": _view,
    "select": _without,
    "squeeze": _without,
    "mean": _reduced,
    "sum": _reduced,
    "amax": _reduced,
    "unsqueeze": _unsqueeze,
    "addmm": _matrix,
    "mm": _matrix,
    "native_layer_norm": _layer_norm,
    "native_batch_norm": _batch_norm,
    "slice": _slice,
    "cat": _joined,
    **dict.fromkeys(
        (
            *("add", "sub", "mul", "div", "neg", "pow", "sqrt", "rsqrt", "clamp", "clamp_min"),
            *("relu", "relu6", "leaky_relu", "elu", "celu", "selu", "gelu", "silu", "mish"),
            *("hardswish", "hardsigmoid", "hardtanh", "sigmoid", "tanh", "softplus", "exp"),
            *("_prelu_kernel", "log_sigmoid_forward", "threshold", "abs", "minimum", "maximum"),
            *("clone", "alias", "detach", "expand", "contiguous", "_to_copy", "copy"),
            *("split", "split_with_sizes", "chunk", "constant_pad_nd", "dropout", "lift_fresh"),
        ),
        _elementwise,
    ),
}

# Operations after which every position is where it was.
STILL = frozenset(
    name
    for name, rule in _RULES.items()
    if rule in (_elementwise, _layer_norm, _batch_norm, _matrix)
)
ANEW = frozenset(
    name for name, rule in _RULES.items() if rule in (_convolution, _pooling, _pooled_to_size)
)
