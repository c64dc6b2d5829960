"""Recipes are values: any size can be asked for, and it comes last."""

from __future__ import annotations

import itertools
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.recipes import presets
from generator.recipes.presets import RECIPES, article, multiscale

sizes = st.integers(56, 2048)


def test_the_spec_knows_every_recipe() -> None:
    assert set(RECIPES) == set(get_args(presets.RecipeName))
    assert all(RECIPES[name](100).name == name for name in RECIPES)


@pytest.mark.parametrize("name", RECIPES)
@given(size=sizes)
def test_any_size(name: str, size: int) -> None:
    recipe = RECIPES[name](size)
    sides = [scale.side for scale in recipe.scales]
    assert recipe.size == size == sides[-1]
    assert sides == sorted(set(sides))
    assert min(sides) >= 56 if name == "article" else min(sides) >= min(64, size)
    assert all(scale.steps > 0 and 0 <= scale.blur < scale.side for scale in recipe.scales)
    assert RECIPES[name](size) == recipe


@given(sizes)
def test_the_scales_of_the_article_grow_by_a_fifth(size: int) -> None:
    sides = [scale.side for scale in article(size).scales]
    assert all(int(1.2 * one) == next_ for one, next_ in itertools.pairwise(sides[:-1]))
    assert len(sides) < 2 or sides[-1] <= int(1.2 * sides[-2])


@given(sizes)
def test_the_last_enlargement_of_multiscale_is_worth_its_scale(size: int) -> None:
    sides = [scale.side for scale in multiscale(size).scales]
    factors = [after / before for before, after in itertools.pairwise(sides)]
    assert all(1.25 < factor <= 2.5 for factor in factors)
    assert multiscale(size).scales[-1].blur == 0


def test_the_constants_of_the_article() -> None:
    recipe = article()
    assert {(scale.steps, scale.rate, scale.blur) for scale in recipe.scales} == {(20, 0.1, 5)}
    assert (recipe.betas, recipe.weight_decay, recipe.bounded) == ((0.9, 0.999), 1e-6, False)
    assert presets.multiscale().bounded
    assert recipe.cost == pytest.approx(sum(20 * s.side**2 for s in recipe.scales) / 224**2)
