"""Summaries merge to the same bits in whatever order and grouping."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.summaries import SAMPLE, empty, merge
from tests.summaries.made import LAYER, TOP, UNITS, image, responded, same, summary

shards = st.lists(st.integers(0, 60), max_size=40)


@given(shards, shards, shards)
def test_merging_is_associative(a: list[int], b: list[int], c: list[int]) -> None:
    one, two, three = summary(a, "a.tar"), summary(b, "b.tar"), summary(c, "c.tar")
    assert same(merge(merge(one, two), three), merge(one, merge(two, three)))


@given(shards, shards)
def test_merging_is_commutative(a: list[int], b: list[int]) -> None:
    one, two = summary(a, "a.tar"), summary(b, "b.tar")
    assert same(merge(one, two), merge(two, one))


@given(shards)
def test_no_image_changes_nothing(numbers: list[int]) -> None:
    whole = summary(numbers)
    assert same(merge(whole, empty(LAYER, UNITS, TOP)), whole)
    assert same(merge(empty(LAYER, UNITS, TOP), whole), whole)


@given(st.lists(st.integers(0, 400), max_size=300), st.integers(1, 9), st.data())
def test_parts_in_any_order_make_the_whole(
    numbers: list[int], batch: int, data: st.DataObject
) -> None:
    whole = summary(numbers, batch=batch)
    cut = data.draw(st.integers(0, len(numbers)))
    parts = data.draw(st.permutations([numbers[:cut], numbers[cut:]]))
    assert same(merge(summary(parts[0]), summary(parts[1])), whole)


def test_more_images_than_the_sample_holds() -> None:
    numbers = list(range(3 * SAMPLE))
    whole = summary(numbers, batch=50)
    parts = [summary(numbers[start::3], batch=7) for start in (2, 0, 1)]
    assert same(merge(merge(parts[0], parts[1]), parts[2]), whole)
    assert len(whole.sample_ids) == SAMPLE
    assert len(whole.image_names) <= SAMPLE + TOP * UNITS


def test_faults_and_what_is_unsound_are_counted_and_named() -> None:
    from generator.summaries import Accumulator

    fold = Accumulator.of(LAYER, UNITS, TOP)
    bad = responded([1, 2, 3])
    bad.values[1, 2] = np.nan
    bad.values[2, 0] = 2.0**31
    fold.add([image(number) for number in (1, 2, 3)], bad)
    fold.spoil("4.jpg", "it is cut short")
    made = fold.summary()
    assert (made.count, made.unsound, made.spoiled) == (1, 2, 1)
    assert [each.split(":")[0] for each in made.faults] == ["2.jpg", "3.jpg", "4.jpg"]
    both = merge(made, summary([9]))
    assert (both.count, both.unsound, both.spoiled, both.faults) == (2, 2, 1, made.faults)


def test_other_layers_do_not_merge() -> None:
    with pytest.raises(ValueError, match="cannot be merged"):
        merge(empty("a", UNITS, TOP), empty("b", UNITS, TOP))
    with pytest.raises(ValueError, match="cannot be merged"):
        merge(empty("a", UNITS, TOP), empty("a", UNITS, TOP + 1))
