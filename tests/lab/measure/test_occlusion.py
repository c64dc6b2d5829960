"""Covered photographs and silenced channels, on a network small enough to know the answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from generator.images.photographs import Photograph, open_photograph
from generator.lab.engines import task_runners
from generator.lab.hooks import hooked
from generator.lab.loading.models import Bench
from generator.lab.measure.ablation import ROWS_AT_ONCE, ablate
from generator.lab.measure.activations import scan
from generator.lab.measure.occlusion import covered, inside
from generator.models.card import ModelCard
from generator.models.layers import Catalogue, Layer
from generator.plan import Step
from generator.plan.interventions import AblationTask, OcclusionTask
from tests.lab.conftest import PREPROCESSING


@pytest.fixture
def spot(tmp_path: Path) -> Photograph:
    """A grey picture with a white square of a tenth of it, and the box around that."""
    pixels = np.full((64, 64, 3), 128, np.uint8)
    pixels[20:40, 20:40] = 255
    path = tmp_path / "spot.png"
    Image.fromarray(pixels).save(path)
    box = (20 / 64, 20 / 64, 40 / 64, 40 / 64)
    return replace(open_photograph(path, "spot.png"), boxes=(box,))


@pytest.fixture
def bright() -> Iterator[Bench]:
    """One convolution that answers to brightness above grey, an activation, and a classifier."""
    network = nn.Sequential(
        nn.Conv2d(3, 20, 1), nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(20, 4, bias=False),
    ).eval().requires_grad_(False)  # fmt: skip
    network[0].weight.zero_()
    network[0].bias.zero_()
    network[0].weight[0] = 1.0  # channel 0 sees what is bright; the others are constant
    network[0].bias[1:] = torch.arange(1.0, 20.0)
    network[4].weight.zero_()
    network[4].weight[2, 0] = 5.0  # class 2 hangs on channel 0
    network[4].weight[3, 7] = 1.0  # class 3 on channel 7
    layers = Catalogue("bright", (Layer("0", 20, "1"),))
    names = ("none", "other", "bright", "seven")
    card = ModelCard("bright", "made", "0" * 64, "made here", "none", PREPROCESSING, layers, names)
    yield Bench(card, network, torch.device("cpu"))
    assert hooked(network) == ()


def test_covering_the_thing_costs_the_response_and_covering_elsewhere_does_not(
    bright: Bench, spot: Photograph
) -> None:
    (found,) = covered(bright, [(bright.layer("0"), 0)], spot)
    (seen,) = scan(bright, [bright.layer("0")], [spot])
    assert found.plain[0] == pytest.approx(seen.mean_before[0], rel=1e-5)
    assert found.plain[3] == pytest.approx(seen.max_after[0], rel=1e-5)
    mean = 2
    assert found.covered[mean] < 0.3 * found.plain[mean]
    assert (found.elsewhere[:, mean] > 0.9 * found.plain[mean]).all()
    assert found.alone[mean] > found.covered[mean]
    assert found.inside == pytest.approx(1)
    assert found.area == pytest.approx((20 / 56) ** 2, abs=0.02)


def test_several_filters_share_a_pass(bright: Bench, spot: Photograph) -> None:
    layer = bright.layer("0")
    both = covered(bright, [(layer, 0), (layer, 5)], spot)
    (alone,) = covered(bright, [(layer, 5)], spot)
    assert np.array_equal(both[1].covered, alone.covered)
    assert np.isnan(alone.inside)  # its map is the same everywhere


def test_a_thing_outside_of_the_view_leaves_no_area(bright: Bench, spot: Photograph) -> None:
    away = replace(spot, boxes=((0.0, 0.0, 0.04, 0.04),))
    (found,) = covered(bright, [(bright.layer("0"), 0)], away)
    assert found.area == 0
    assert found.elsewhere.shape == (0, 4)


def test_the_share_inside_counts_ties_in_part() -> None:
    values, mask = np.zeros((10, 20), np.float32), np.zeros((10, 20), bool)
    values[0, :4] = 1.0  # four share the two places of the strongest hundredth
    mask[0, :1] = True
    assert inside(values, mask) == pytest.approx(0.25)
    assert np.isnan(inside(np.full((4, 4), np.nan), mask[:4, :4]))


@pytest.mark.parametrize("count", [3, ROWS_AT_ONCE + 3])
def test_silencing_a_channel_takes_its_part_of_the_logits(
    bright: Bench, spot: Photograph, count: int
) -> None:
    found = ablate(bright, bright.layer("0"), tuple(range(count)), spot)
    assert found.plain.shape == (4,)
    assert found.without.shape == (count, 4)
    drops = found.plain - found.without
    assert drops[0, 2] == pytest.approx(found.plain[2], rel=1e-5)
    assert np.abs(drops[1:, 2]).max() < 1e-5
    if count > 7:
        assert drops[7, 3] == pytest.approx(7.0, rel=1e-5)


def test_a_layer_without_an_activation_loses_its_own_output(spot: Photograph) -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    network = network.eval().requires_grad_(False)
    layers = Catalogue("plain", (Layer("0", 4),))
    card = ModelCard("plain", "made", "0" * 64, "", "", PREPROCESSING, layers, tuple("abcd"))
    bench = Bench(card, network, torch.device("cpu"))
    found = ablate(bench, bench.layer("0"), (1, 3), spot)
    assert found.without[0, 1] == found.without[1, 3] == 0
    assert hooked(network) == ()


class FirstToken(nn.Module):
    """A transformer without blocks: its classifier reads the class token alone."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens, self.head = nn.Linear(3, 4), nn.Linear(4, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        grid = x.flatten(2).transpose(1, 2)
        token = grid.mean(1, keepdim=True)
        read: torch.Tensor = self.head(self.tokens(torch.cat([token, grid], 1))[:, 0])
        return read


def test_of_tokens_the_class_token_loses_its_channel_too(spot: Photograph) -> None:
    torch.manual_seed(2)
    network = FirstToken().eval().requires_grad_(False)
    layers = Catalogue("plain", (Layer("tokens", 4, layout="tokens", prefix=1),))
    card = ModelCard("plain", "made", "0" * 64, "", "", PREPROCESSING, layers, tuple("abcd"))
    bench = Bench(card, network, torch.device("cpu"))
    found = ablate(bench, bench.layer("tokens"), (1, 3), spot)
    assert np.abs(found.plain - found.without).max(axis=1).min() > 1e-4


def test_steps_become_artifacts(bright: Bench, spot: Photograph) -> None:
    say = lambda words: None  # noqa: E731
    cover = [Step(OcclusionTask("0", index, spot), f"c{index}", "new") for index in (0, 3)]
    ((first, second),) = task_runners.OCCLUDE.run(cover, bright, say)
    assert (first[0], second[0], second[1].filter) == ("c0", "c3", 3)
    ablation = [Step(AblationTask("0", (0, 1), spot), "a", "new")]
    (((key, made),),) = task_runners.ABLATE.run(ablation, bright, say)
    assert (key, made.channels, made.photograph) == ("a", (0, 1), spot.sha256)
