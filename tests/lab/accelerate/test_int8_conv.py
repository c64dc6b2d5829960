"""Convolutions of levels: few channels are multiplied in blocks, to the same numbers."""

from __future__ import annotations

import copy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from generator.lab.accelerate import int8_conv as convolutions
from generator.lab.accelerate.int8_conv import Int8Conv
from generator.lab.accelerate.int8_tensor import Int8Tensor

pytestmark = pytest.mark.usefixtures("exact_int8")


@settings(max_examples=60, deadline=None)
@given(
    outputs=st.integers(1, 6),
    kernel=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    side=st.tuples(st.integers(5, 12), st.integers(5, 12)),
    padded=st.booleans(),
    biased=st.booleans(),
    seed=st.integers(0, 99),
)
def test_blocks_give_the_same_as_one_after_the_other(
    *,
    outputs: int,
    kernel: tuple[int, int],
    side: tuple[int, int],
    padded: bool,
    biased: bool,
    seed: int,
) -> None:
    torch.manual_seed(seed)
    padding = [each // 2 * padded for each in kernel]
    bias = torch.randn(outputs) if biased else None
    weight = torch.randn(outputs, 8, *kernel)
    kernels, levels = Int8Conv.of(weight, bias, padding), Int8Tensor.of(torch.randn(2, 8, *side))
    made = kernels.numbers_of(levels, torch.float32)
    assert (kernels.blocks is not None) == (outputs <= 4)
    kernels.blocks = None
    plain = kernels.numbers_of(levels, torch.float32)
    assert torch.equal(made, plain)
    numbers = levels.numbers(torch.float32)
    wanted = functional.conv2d(numbers, weight, bias, padding=padding)
    half = (weight.abs().amax(dim=(1, 2, 3), keepdim=True) / convolutions.SIGNED / 2).expand_as(
        weight
    )
    within = functional.conv2d(numbers.abs(), half, padding=padding)
    assert ((made - wanted).abs() <= 1.001 * within + 1e-5).all()


def test_levels_come_in_blocks_as_well() -> None:
    torch.manual_seed(0)
    kernels = Int8Conv.of(torch.randn(3, 8, 3, 3), None, [1, 1])
    plainly = copy.copy(kernels)
    plainly.blocks = None
    levels = Int8Tensor.of(torch.randn(1, 8, 6, 8))
    for back in (False, True):
        each, plain = (some.levels_of(levels, 0.3, back=back) for some in (kernels, plainly))
        assert torch.equal(each.values, plain.values)
        assert each.values.dtype == (torch.int8 if back else torch.uint8)
