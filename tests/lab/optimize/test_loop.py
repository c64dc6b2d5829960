"""One scale's steps: short cuts that change nothing, whole batches, and views of each picture."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from generator.lab import devices
from generator.lab.hooks import stopped
from generator.lab.loading.models import Bench
from generator.lab.optimize import image_ops, loop
from generator.lab.optimize.adam import Adam
from generator.lab.optimize.objectives import Objectives, is_plain
from generator.lab.optimize.render import PictureRequest, RenderSettings, picture
from generator.recipes.objective import Objective, Term, of_channel
from generator.recipes.presets import RECIPES, Crops, Recipe, Scale, Transforms, maco

SHORT = Recipe("short", 1, (Scale(24, 6, 0.2, 3), Scale(40, 3, 0.2, 3)), (0.5, 0.9), 0.0, True)
MOVED = replace(SHORT, transforms=Transforms(jitter=4, zoom=(0.9, 1.1), degrees=10))
CROPPED = replace(SHORT, transforms=Crops(count=3, shown=0.4, share=(0.3, 0.7), noise=0.05))
PHASES = replace(
    maco(40), transforms=CROPPED.transforms, scales=(Scale(24, 3, 0.1, 0), Scale(40, 5, 0.1, 0))
)
SUBJECTS = [
    PictureRequest(of_channel(4)),
    PictureRequest(Objective((Term(2, -1.0), Term(1, 0.5, (3, 7))))),
    PictureRequest(Objective((Term(5, at="centre"),))),
]


@pytest.mark.parametrize("recipe", [SHORT, MOVED, CROPPED, PHASES], ids=lambda r: r.name)
def test_whole_batches_give_the_same_pictures(
    bench: Bench, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a GPU, where a batch goes through the network together."""
    one_by_one = picture(bench, bench.layer("3"), SUBJECTS, RenderSettings(recipe, "fp32"))
    monkeypatch.setattr(devices, "pictures_per_pass", lambda _: 0)
    together = picture(bench, bench.layer("3"), SUBJECTS, RenderSettings(recipe, "fp32"))
    for one, other in zip(one_by_one, together, strict=True):
        assert other.curve == pytest.approx(one.curve, rel=0.02, abs=0.01)
        difference = image_ops.from_png(one.png.read()) - image_ops.from_png(other.png.read())
        assert difference.abs().mean() * 255 < 1


def test_what_follows_from_the_layer_s_input_is_what_the_layer_says(bench: Bench) -> None:
    layer = bench.layer("3")
    objectives = Objectives("3", tuple(each.objective for each in SUBJECTS), (20, 20))
    given = torch.rand(3, 3, 40, 40)
    with stopped(bench.network, layer, before=True) as run:
        inputs = run(bench.prepare(given)).detach().requires_grad_()
    module = bench.network.get_submodule("3")
    pulls = objectives.pulls(module, inputs)
    wanted = objectives.values(module(inputs), slice(0, 3))
    assert torch.allclose(pulls.values(inputs, 1), wanted, rtol=1e-4, atol=1e-5)
    (gradient,) = torch.autograd.grad(wanted.sum(), inputs)
    assert torch.allclose(pulls.gradient, gradient, rtol=1e-4, atol=1e-7)


def test_only_plain_convolutions_are_taken_the_place_of() -> None:
    assert is_plain(torch.nn.Conv2d(4, 4, 3, padding=1))
    assert not is_plain(torch.nn.Conv2d(4, 4, 3, groups=2))
    assert not is_plain(torch.nn.Conv2d(4, 4, 3, padding=1, padding_mode="reflect"))
    assert not is_plain(torch.nn.ReLU())


def test_adam_is_torch_s_to_the_bit() -> None:
    random = torch.Generator().manual_seed(0)
    start = torch.rand(2, 3, 8, 8, generator=random)
    recipe = replace(SHORT, weight_decay=1e-2)
    ours, theirs = start.clone(), start.clone().requires_grad_()
    adam = Adam(ours, Scale(8, 5, 0.1, 0), recipe)
    torchs = torch.optim.Adam([theirs], 0.1, betas=recipe.betas, weight_decay=1e-2)
    for count in range(5):
        theirs.grad = torch.rand(start.shape, generator=random) - 0.5
        adam.step(theirs.grad.clone(), count, torch.tensor([count]))
        torchs.step()
    assert torch.equal(ours, theirs)


def test_in_maco_only_phases_move(bench: Bench) -> None:
    (made,) = picture(bench, bench.layer("3"), SUBJECTS[:1], RenderSettings(PHASES))
    grown = image_ops.from_png(made.png.read()).clamp(0.01, 0.99)
    assert grown.std() > 0.03
    grey = cv2.imdecode(np.frombuffer(made.importance.read(), np.uint8), cv2.IMREAD_UNCHANGED)
    assert grey.shape == (40, 40)
    assert grey.max() == 255
    assert made.curve[-1] > made.curve[0]


def test_the_recipes_of_pixels_keep_no_importance(bench: Bench) -> None:
    (made,) = picture(bench, bench.layer("3"), SUBJECTS[:1], RenderSettings(SHORT))
    assert not made.importance


def test_every_recipe_runs(bench: Bench) -> None:
    for make in RECIPES.values():
        whole = make(56)
        scales = tuple(replace(scale, steps=2) for scale in whole.scales)
        (made,) = picture(
            bench, bench.layer("3"), SUBJECTS[:1], RenderSettings(replace(whole, scales=scales))
        )
        assert image_ops.from_png(made.png.read()).shape == (3, 56, 56)


def test_passes_cover_the_batch_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "pictures_per_pass", lambda _: 2)
    parts = list(loop.passes(torch.arange(5), torch.device("cpu")))
    assert [part.tolist() for part, _ in parts] == [[0, 1], [2, 3], [4]]
