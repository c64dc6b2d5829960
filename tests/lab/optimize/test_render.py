"""The loop: deterministic, independent of its batch, and the article's where it is to be that."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import cv2
import numpy as np
import pytest
import torch

from generator.artifacts.artifact import Rendering
from generator.artifacts.blobs import Blob
from generator.errors import ReportError
from generator.lab.loading.models import Bench
from generator.lab.optimize import image_ops
from generator.lab.optimize.render import PictureRequest, RenderSettings, picture, visualize
from generator.recipes.objective import Objective, Term, of_channel
from generator.recipes.presets import RECIPES, Recipe, Scale, article, multiscale

SHORT = Recipe("short", 1, (Scale(24, 6, 0.2, 3), Scale(40, 3, 0.2, 3)), (0.5, 0.9), 0.0, True)


def levels(png: bytes) -> torch.Tensor:
    return image_ops.from_png(png) * 255


def test_the_same_request_gives_the_same_bytes(bench: Bench) -> None:
    layer = bench.layer("3")
    first, second = (visualize(bench, layer, [2, 5], recipe=SHORT, seed=0) for _ in range(2))
    assert [each.png for each in first] == [each.png for each in second]


def test_seed_filter_and_layer_each_change_the_picture(bench: Bench) -> None:
    def picture(layer: str, number: int, seed: int) -> Blob:
        (made,) = visualize(bench, bench.layer(layer), [number], recipe=SHORT, seed=seed)
        return made.png

    pictures = {picture("3", 2, 0), picture("3", 2, 1), picture("3", 3, 0), picture("5", 2, 0)}
    assert len(pictures) == 4


def test_a_picture_does_not_depend_on_its_company(bench: Bench) -> None:
    layer = bench.layer("3")
    together = visualize(bench, layer, range(8), recipe=SHORT, seed=0)
    (alone,) = visualize(bench, layer, [5], recipe=SHORT, seed=0)
    assert (levels(alone.png.read()) - levels(together[5].png.read())).abs().max() <= 1


def test_optimising_excites_the_filter(bench: Bench) -> None:
    for made in visualize(bench, bench.layer("3"), range(8), recipe=SHORT, seed=0):
        (start,) = image_ops.noise([(0, *b"3", made.filter)], 24, bench.device)
        with torch.no_grad():
            silent = bench.network[:4](bench.prepare(start[None]))[0, made.filter].mean()
        assert made.activation > float(silent)
        assert not made.dead
        assert made.sides == (24, 40)
        assert len(made.history) == 2


def test_published_activation_is_what_the_file_gives(bench: Bench) -> None:
    (made,) = visualize(bench, bench.layer("3"), [4], recipe=SHORT, seed=3)
    with torch.no_grad():
        maps = bench.network[:4](bench.prepare(image_ops.from_png(made.png.read())[None]))
    assert made.activation == pytest.approx(float(maps[0, 4].mean()), rel=1e-5)


def made_of(bench: Bench, *objectives: Objective, layer: str = "3") -> tuple[Rendering, ...]:
    subjects = [PictureRequest(each) for each in objectives]
    return picture(bench, bench.layer(layer), subjects, RenderSettings(SHORT))


def maps_of(bench: Bench, made: Rendering) -> torch.Tensor:
    with torch.no_grad():
        return bench.network[:4](bench.prepare(image_ops.from_png(made.png.read())[None]))[0]


def test_objectives_measure_what_they_say(bench: Bench) -> None:
    neuron, centre, silence, mixture, direction = made_of(
        bench,
        Objective((Term(4, at=(3, 7)),)),
        Objective((Term(4, at="centre"),)),
        Objective((Term(4, -1.0),)),
        Objective((Term(4), Term(2, -0.5, (0, 19)))),
        Objective((Term(1, 3.0), Term(2, 4.0)), direction=True),
    )
    near = partial(pytest.approx, rel=1e-4, abs=1e-5)
    assert neuron.activation == near(float(maps_of(bench, neuron)[4, 3, 7]))
    assert centre.activation == near(float(maps_of(bench, centre)[4, 10, 10]))
    assert silence.activation == near(-float(maps_of(bench, silence)[4].mean()))
    maps = maps_of(bench, mixture)
    assert mixture.activation == near(float(maps[4].mean() - 0.5 * maps[2, 0, 19]))
    maps = maps_of(bench, direction)
    assert direction.activation == near(float(0.6 * maps[1].mean() + 0.8 * maps[2].mean()))
    assert [each.filter for each in (neuron, mixture, direction)] == [4, 4, 1]
    assert (
        mixture.objective == "the mean of filter 4 − 0.5 × filter 2 at row 0, column 19 of its map"
    )


def test_objectives_climb_each_on_its_own(bench: Bench) -> None:
    wanted = (Objective((Term(4, at="centre"),)), Objective((Term(4, -1.0),)), of_channel(4))
    together = made_of(bench, *wanted)
    for each, objective in zip(together, wanted, strict=True):
        (alone,) = made_of(bench, objective)
        assert alone.png == each.png
        assert each.curve[-1] > each.curve[0]
        assert not each.dead


def test_a_neuron_changes_only_what_it_sees(bench: Bench) -> None:
    (made,) = made_of(bench, Objective((Term(4, at=(0, 0)),)))
    changed = (levels(made.png.read())[:, 12:, 12:] - levels(made.png.read())[:, -1:, -1:]).abs()
    assert changed.max() < 40  # the enlarged noise: far from the neuron nothing pulls at it


def test_a_place_beyond_the_map_is_refused(bench: Bench) -> None:
    with pytest.raises(ReportError, match="is 20 × 20 in the published picture") as refusal:
        made_of(bench, Objective((Term(4, at=(3, 20)),)))
    assert refusal.value.remedy


def test_variants_differ_and_the_first_is_the_picture_itself(bench: Bench) -> None:
    layer, subject = bench.layer("3"), PictureRequest(of_channel(4))
    subjects = [replace(subject, variant=number) for number in range(3)]
    three = picture(
        bench, layer, [PictureRequest(of_channel(1)), *subjects], RenderSettings(SHORT)
    )[1:]
    two = picture(bench, layer, subjects[:2], RenderSettings(SHORT))
    (plain,) = visualize(bench, layer, [4], recipe=SHORT, seed=0)
    assert [each.png for each in two] == [each.png for each in three[:2]]
    assert plain.png == two[0].png
    assert len({each.png for each in three}) == 3
    assert [each.variant for each in three] == [0, 1, 2]


def test_a_filter_that_nothing_excites_is_called_dead(bench: Bench) -> None:
    with torch.no_grad():
        bench.network[3].weight[1] = 0
        bench.network[3].bias[1] = -1
    (made,) = visualize(bench, bench.layer("3"), [1], recipe=SHORT, seed=0)
    assert made.dead


def test_the_published_size_is_the_one_asked_for() -> None:
    for make in RECIPES.values():
        for size in (56, 57, 64, 100, 224, 408, 1000):
            recipe = make(size)
            sides = [scale.side for scale in recipe.scales]
            assert recipe.size == size
            assert sides == sorted(set(sides))


def test_the_article_s_sides() -> None:
    sides = [scale.side for scale in article().scales]
    assert sides == [56, 67, 80, 96, 115, 138, 165, 198, 237, 284, 340, 408]
    assert multiscale().cost < article().cost / 3


def straightforward(bench: Bench, layer: int, number: int, start: np.ndarray) -> np.ndarray:
    """The article's forty lines, two scales of them: whole network, one filter, OpenCV.

    As published but for the hook, which keeps the activation itself so that there is a gradient,
    and for the conversion to the weights' own preprocessing.
    """
    mean = np.array([0.485, 0.456, 0.406], dtype=np.float32)
    std = np.array([0.229, 0.224, 0.225], dtype=np.float32)
    kept: list[torch.Tensor] = []
    handle = bench.network.features[layer].register_forward_hook(
        lambda _module, _inputs, output: kept.append(output.clone())
    )
    image, side = start, 56
    for _ in range(2):
        normalised = torch.tensor(((image - mean) / std).transpose(2, 0, 1)[None])
        normalised.requires_grad_()
        adam = torch.optim.Adam([normalised], lr=0.1, weight_decay=1e-6)
        for _ in range(20):
            kept.clear()
            adam.zero_grad()
            scale = torch.tensor(std).view(1, 3, 1, 1)
            shift = torch.tensor(mean).view(1, 3, 1, 1)
            bench.network.features(bench.prepare(normalised * scale + shift))
            loss = -kept[0][0, number].mean()
            loss.backward()
            adam.step()
        image = normalised.detach().numpy()[0].transpose(1, 2, 0) * std + mean
        output, side = image, int(1.2 * side)
        image = cv2.resize(image, (side, side), interpolation=cv2.INTER_CUBIC)
        image = cv2.blur(image, (5, 5))
    handle.remove()
    return np.clip(output, 0, 1)


@pytest.mark.parametrize(("layer", "number"), [(28, 501), (10, 7)])
def test_the_recipe_article_is_the_article(vgg16: Bench, layer: int, number: int) -> None:
    name = f"features.{layer}"
    (noise,) = image_ops.noise([(0, *name.encode(), number)], 56, vgg16.device)
    wanted = straightforward(vgg16, layer, number, noise.permute(1, 2, 0).numpy())
    (made,) = visualize(vgg16, vgg16.layer(name), [number], recipe=article(67), seed=0)
    ours = levels(made.png.read()).permute(1, 2, 0).numpy()
    assert np.abs(ours - wanted * 255).mean() <= 2


def test_real_filters_do_not_depend_on_their_company(vgg16: Bench) -> None:
    layer, recipe = vgg16.layer("features.28"), multiscale(64)
    together = visualize(vgg16, layer, [501, 286, 303], recipe=recipe, seed=0)
    (alone,) = visualize(vgg16, layer, [286], recipe=recipe, seed=0)
    assert (levels(alone.png.read()) - levels(together[1].png.read())).abs().max() <= 1
