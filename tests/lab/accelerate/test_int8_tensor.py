"""Levels of 8 bits: what torch does to numbers happens to levels."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from generator.lab.accelerate.int8_tensor import (
    SIGNED,
    ZERO,
    Int8Tensor,
    halved,
    through_halving,
    through_relu,
)


def values(shape: tuple[int, ...], low: int, high: int, seed: int) -> Tensor:
    noise = torch.Generator().manual_seed(seed)
    made = torch.randint(low, high + 1, shape, dtype=torch.uint8, generator=noise)
    return made.contiguous(memory_format=torch.channels_last)


def signed(shape: tuple[int, ...], seed: int) -> Tensor:
    return (values(shape, 0, 255, seed).to(torch.int16) - ZERO).to(torch.int8)


SHAPES = st.tuples(
    st.integers(1, 2), st.integers(1, 9), st.integers(2, 9), st.integers(2, 9)
)  # odd sides too


@settings(max_examples=80, deadline=None)
@given(numbers=st.lists(st.floats(-1e6, 1e6, width=32), min_size=4, max_size=60))
def test_numbers_come_back_up_to_half_a_level(numbers: list[float]) -> None:
    given = torch.tensor(numbers).view(1, 1, 1, -1)
    levels = Int8Tensor.of(given)
    largest = float(given.abs().max())
    assert float((levels.numbers(torch.float32) - given).abs().max()) <= 0.51 * largest / SIGNED
    assert levels.highest() == (SIGNED if largest else 0)


def test_a_number_that_is_none_is_not_forgotten() -> None:
    given = torch.tensor([1.0, torch.nan, 3.0]).view(1, 1, 1, 3)
    assert Int8Tensor.of(given).numbers(torch.float32).isnan().all()


@settings(max_examples=80, deadline=None)
@given(shape=SHAPES, most=st.sampled_from([1, 4, 255]), seed=st.integers(0, 99))
def test_halves_and_their_way_back_are_those_of_torch(
    shape: tuple[int, int, int, int], most: int, seed: int
) -> None:
    maps = values(shape, 0, most, seed)
    made, rows = halved(maps)
    numbers = maps.float().requires_grad_()
    wanted = functional.max_pool2d(numbers, 2)
    assert torch.equal(made.float(), wanted)
    gradient = signed(tuple(made.shape), seed + 1)
    (pulled,) = torch.autograd.grad(wanted.relu(), numbers, gradient.float())
    found = through_halving(gradient, maps, made, rows).float() - ZERO
    assert torch.equal(found.count_nonzero(), pulled.count_nonzero())
    if most == 255:  # hardly a tie: where there is one, another of the square may be chosen
        assert (found != pulled).float().mean() < 0.1
    for each in (found, pulled):
        assert torch.equal(each[maps == 0], torch.zeros_like(each[maps == 0]))
    squares = [functional.avg_pool2d(each, 2) for each in (found, pulled)]
    assert torch.equal(*squares)


@settings(max_examples=40, deadline=None)
@given(shape=SHAPES, seed=st.integers(0, 99))
def test_a_relu_lets_gradients_pass_where_its_map_is_not_0(
    shape: tuple[int, int, int, int], seed: int
) -> None:
    maps, gradient = values(shape, 0, 2, seed), signed(shape, seed + 1)
    wanted = gradient.float() * (maps > 0)
    assert torch.equal(through_relu(gradient, maps).float() - ZERO, wanted)


@pytest.mark.parametrize("zero", [0, ZERO])
def test_how_far_levels_reach_is_seen_from_some_rows(zero: int) -> None:
    made = torch.full((1, 2, 200, 3), zero, dtype=torch.uint8)
    made[0, 1, 96, 2] = zero + 7  # every sixth row is looked at
    assert Int8Tensor(made, 1.0, zero).highest() == 7
    made[0, 1, 198, 0] = zero - 9 if zero else 9
    assert Int8Tensor(made, 1.0, zero).highest() == 9
