"""A convolution in 8-bit integers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import torch
from torch import Tensor
from torch.nn import functional

from generator.lab.accelerate.int8_tensor import SIGNED, Int8Tensor

_SIZES = 6  # of inputs for which the order of kernels in memory is kept
_LANES = 16  # channels that are multiplied at once, whether there are as many or not


class Int8Conv:
    """A convolution's kernels, each in 8 bits with a scale of its own.

    ``blocks`` are kernels that give four channels for each of these, at every second row and
    column: the four pixels of a square. They are there where channels are so few that most of what
    multiplies them would have nothing to do.
    """

    def __init__(
        self,
        levels: Tensor,
        scales: Tensor,
        bias: Tensor | None,
        padding: Sequence[int],
        *,
        stride: int = 1,
    ) -> None:
        self.levels, self.scales, self.bias = levels, scales, bias
        self.zeros = torch.zeros(len(levels), dtype=torch.long)
        self.padding, self.stride = list(padding), [stride, stride]
        self.blocks: Int8Conv | None = None
        self._ordered: dict[torch.Size, Tensor] = {}

    @classmethod
    def of(cls, weight: Tensor, bias: Tensor | None, padding: Sequence[int]) -> Int8Conv:
        """Of a convolution of stride 1, (outputs, inputs, height, width)."""
        exact = weight.detach().float()
        scales = exact.abs().amax(dim=(1, 2, 3)).clamp_min_(1e-12) / SIGNED
        levels = (exact / scales[:, None, None, None]).round().to(torch.int8)
        made = cls(levels, scales, None if bias is None else bias.detach().float(), padding)
        if 4 * len(levels) <= _LANES:
            made.blocks = made._in_blocks()
        return made

    def _in_blocks(self) -> Int8Conv:
        outputs, inputs, height, width = self.levels.shape
        wide = self.levels.new_zeros(outputs, 2, 2, inputs, height + 1, width + 1)
        for row, column in product(range(2), range(2)):
            place = slice(row, row + height), slice(column, column + width)
            wide[:, row, column, :, *place] = self.levels
        bias = None if self.bias is None else self.bias.repeat_interleave(4)
        scales = self.scales.repeat_interleave(4)
        return Int8Conv(wide.flatten(0, 2), scales, bias, self.padding, stride=2)

    def levels_of(self, given: Int8Tensor, scale: float, *, back: bool) -> Int8Tensor:
        """The convolution: around 0 on the way back, with its ReLU on the way there."""
        dtype, attribute = (torch.int8, "none") if back else (torch.uint8, "relu")
        return Int8Tensor(self._over(given, dtype, scale, attribute), scale, 0)

    def numbers_of(self, given: Int8Tensor, dtype: torch.dtype) -> Tensor:
        """The convolution, without a ReLU, in numbers."""
        return self._over(given, dtype, 1.0, "none")

    def _over(self, given: Int8Tensor, dtype: torch.dtype, scale: float, attribute: str) -> Tensor:
        size = given.values.shape
        if self.blocks and self._even(size):
            return functional.pixel_shuffle(self.blocks._over(given, dtype, scale, attribute), 2)
        geometry = self.stride, self.padding, [1, 1], 1  # in oneDNN's order
        if size not in self._ordered:
            if len(self._ordered) == _SIZES:
                self._ordered.clear()
            self._ordered[size] = torch.ops.onednn.qconv_prepack(
                self.levels, self.scales, given.scale, given.zero, *geometry, list(size)
            )
        made: Tensor = torch.ops.onednn.qconv2d_pointwise(
            given.values, given.scale, given.zero, self._ordered[size], self.scales, self.zeros,
            self.bias, *geometry, scale, 0, dtype, attribute, [], "",
        )  # fmt: skip
        return made

    def _even(self, size: torch.Size) -> bool:
        """Whether the maps of such inputs have even sides; padding lies on either side of them."""
        sides = zip(size[2:], self.levels.shape[2:], strict=True)
        return all((side - kernel) % 2 for side, kernel in sides)
