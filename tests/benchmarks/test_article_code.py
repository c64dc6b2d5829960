"""The article's code as it was made to work is the recipe ``article``, by another way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.article_code import FilterVisualizer, picture, prepare, sides_up_to
from benchmarks.network import convolutions, index
from benchmarks.runner.job import Job
from generator.lab.loading.models import Bench
from generator.lab.optimize import image_ops
from generator.lab.optimize.render import visualize
from generator.recipes.presets import article


def test_its_sides_are_the_published_ones() -> None:
    assert sides_up_to(408) == [56, 67, 80, 96, 115, 138, 165, 198, 237, 284, 340, 408]
    assert sides_up_to(224) == [56, 67, 80, 96, 115, 138, 165, 198, 224]
    assert sides_up_to(224) == [scale.side for scale in article(224).scales]


@pytest.mark.parametrize(("layer", "number"), [("features.28", 501), ("features.10", 7)])
def test_two_scales_agree_with_the_recipe(
    source: Path,
    vgg16: Bench,
    layer: str,
    number: int,
) -> None:
    """Three steps on each side: twenty amplify the last bits (docs/decisions/chaos.md).

    Even so, other kernels round other gradients to zero, and Adam's first step goes by the sign.
    """
    (noise,) = image_ops.noise([(0, *layer.encode(), number)], 56, vgg16.device)
    theirs = FilterVisualizer(prepare(source, layer)).visualize(
        index(layer), number, noise.permute(1, 2, 0).numpy(), sides=(56, 67), opt_steps=3
    )
    scales = tuple(replace(scale, steps=3) for scale in article(67).scales)
    recipe = replace(article(67), scales=scales)
    (made,) = visualize(vgg16, vgg16.layer(layer), [number], recipe=recipe, seed=0)
    ours = image_ops.from_png(made.png.read()).permute(1, 2, 0).numpy()
    assert np.abs(ours - np.clip(theirs, 0, 1)).mean() * 255 <= 3


def test_the_whole_network_runs_and_no_hook_stays(source: Path) -> None:
    network = prepare(source, "features.5")
    made = picture(network, Job("article code", "features.5", 12, 0, 60, budget=0.05))
    assert made.shape == (60, 60, 3)
    assert made.dtype == np.uint8
    assert len(network) == 1 + 31
    assert len(convolutions(source, upto="features.5")) == 1 + 6
    assert not any(module._forward_hooks for module in network.modules())
