"""8-bit tensors with scale and zero point; backward through ReLU and max-pooling."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

ZERO = 128  # the level of 0 where numbers with signs are bytes without one
UNSIGNED, SIGNED = 255, 127  # how many levels there are above that of 0
_ROWS = 32  # at least so many are enough to say how large a map's numbers are


@dataclass(frozen=True, slots=True, eq=False)
class Int8Tensor:
    """(values - zero) * scale; ``values`` lie channels last.

    They are of dtype uint8, which convolutions take: around ``ZERO`` where numbers have signs.
    Gradients that come from one are of dtype int8, around 0, until they have passed a ReLU.
    """

    values: Tensor
    scale: float
    zero: int

    @classmethod
    def of(cls, numbers: Tensor) -> Int8Tensor:
        """Of numbers with signs, (batch, channels, height, width): the largest at the last."""
        found = cls.around_0(numbers)
        return cls(_with_zero(found.values.view(torch.uint8)), found.scale, ZERO)

    @classmethod
    def around_0(cls, numbers: Tensor) -> Int8Tensor:
        """The same, with signs of their own."""
        numbers = numbers.detach().contiguous(memory_format=torch.channels_last)
        least, most = numbers.permute(0, 2, 3, 1).aminmax()  # as they lie in memory
        scale = float(torch.maximum(most, -least)) / SIGNED or 1.0
        return cls((numbers / scale).round_().to(torch.int8), scale, 0)

    def numbers(self, dtype: torch.dtype) -> Tensor:
        """They themselves, up to half a level."""
        return self.values.to(dtype).sub_(self.zero).mul_(self.scale)

    def highest(self) -> int:
        """How many levels the one that lies farthest from 0 is away from it; of some rows."""
        some = self.values[:, :, :: max(1, self.values.shape[2] // _ROWS)]
        most = int(some.amax()) - self.zero
        return max(most, self.zero - int(some.amin())) if self.zero else most


def halved(maps: Tensor) -> tuple[Tensor, Tensor]:
    """The maximum of squares of 2 × 2, of values (batch, channels, height, width), and of rows.

    The latter is that of every two rows, (batch, half of the height, width, channels).
    """
    lying = maps.permute(0, 2, 3, 1)
    height, width = lying.shape[1] // 2 * 2, lying.shape[2] // 2 * 2
    rows = torch.maximum(lying[:, 0:height:2], lying[:, 1:height:2])
    made = torch.maximum(rows[:, :, 0:width:2], rows[:, :, 1:width:2])
    return made.permute(0, 3, 1, 2), rows


def through_relu(gradient: Tensor, maps: Tensor) -> Tensor:
    """Values around 0, of dtype int8 → around `ZERO`, of dtype uint8, in the same memory.

    They are 0 where the ReLU's map, of values without signs, is 0.
    """
    values = gradient.view(torch.uint8)
    return _with_zero(_where(values, maps, into=values))


def through_halving(gradient: Tensor, maps: Tensor, made: Tensor, rows: Tensor) -> Tensor:
    """Values around 0 to the one in each square of ``maps`` that is its maximum, around `ZERO`.

    What `halved` makes of the maps is ``made`` and ``rows``; ``gradient`` is changed.

    To one alone where several are. None passes where that is 0: the maps are those of a ReLU. What
    belongs to no square gets 0.
    """
    lying, highest = maps.permute(0, 2, 3, 1), made.permute(0, 2, 3, 1)
    height, width = highest.shape[1] * 2, highest.shape[2] * 2
    top, left = (slice(None), slice(0, height, 2)), (slice(None), slice(None), slice(0, width, 2))
    bottom, right = (slice(None), slice(1, height, 2)), (*left[:2], slice(1, width, 2))
    due = gradient.view(torch.uint8).permute(0, 2, 3, 1)
    _where(due, highest, into=due)
    in_rows, found = torch.empty_like(rows), torch.empty_like(lying)
    in_rows[:, :, width:] = 0
    found[:, height:] = 0
    _share(due, rows[left] ^ highest, in_rows[left], in_rows[right])
    _share(in_rows, lying[top] ^ rows, found[top], found[bottom])
    return _with_zero(found).permute(0, 3, 1, 2)


def _share(due: Tensor, lower: Tensor, first: Tensor, second: Tensor) -> None:
    """What is due goes to the second where the first one is lower, and to the first elsewhere."""
    torch.sub(due, _where(due, lower, into=second), out=first)


def _where(due: Tensor, above: Tensor, *, into: Tensor) -> Tensor:
    """What is due where the other, without signs, is above 0, and 0 elsewhere.

    Bytes stay the bytes that they are: 0 is 0 with signs and without.
    """
    made: Tensor = torch.ops.aten.threshold_backward(due, above, 0, grad_input=into)
    return made


def _with_zero(signed: Tensor) -> Tensor:
    """Bytes in two's complement → around `ZERO`, in place."""
    return signed.bitwise_xor_(ZERO)
