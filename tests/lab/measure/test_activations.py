"""Scanning: the numbers that torchvision's own transforms and a bare forward pass give."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision import transforms

from generator.artifacts.blobs import Blob
from generator.images.photographs import Photograph, PhotographError, open_photograph
from generator.lab.loading.models import Bench
from generator.lab.measure.activations import MAP_SIDE, feature_maps, load, scan, trace
from generator.models.layers import Layer
from tests.records import rendering

SIDES = ("mean_before", "max_before", "mean_after", "max_after")


def by_torchvision(bench: Bench, photograph: Photograph) -> torch.Tensor:
    """(1, 3, crop, crop), normalised, by the usual recipe of torchvision's users."""
    wanted = bench.card.preprocessing
    steps = transforms.Compose(
        [
            transforms.Resize(wanted.resize),
            transforms.CenterCrop(wanted.crop),
            transforms.ToTensor(),
            transforms.Normalize(wanted.mean, wanted.std),
        ]
    )
    with Image.open(photograph.path) as image:
        return steps(image.convert("RGB"))[None]


@pytest.mark.parametrize("index", [10, 28])
def test_responses_are_those_of_a_direct_computation(
    vgg16: Bench, photographs: tuple[Photograph, ...], index: int
) -> None:
    layer = vgg16.layer(f"features.{index}")
    found = scan(vgg16, [layer], photographs)
    for photograph, responses in zip(photographs, found, strict=True):
        with torch.no_grad():
            maps = vgg16.network.features[:index](by_torchvision(vgg16, photograph))
            before = vgg16.network.features[index](maps)
            after = before.clamp(min=0)
        wanted = (
            before.mean((2, 3)),
            before.amax((2, 3)),
            after.mean((2, 3)),
            after.amax((2, 3)),
        )
        assert responses.photograph == photograph.sha256
        for name, values in zip(SIDES, wanted, strict=True):
            scale = float(values.abs().max())
            np.testing.assert_allclose(
                getattr(responses, name), values[0], rtol=1e-4, atol=1e-4 * scale, err_msg=name
            )
        assert (responses.mean_after >= 0).all()
        assert (responses.mean_before < 0).any()


def test_what_the_network_sees_is_what_torchvision_shows_it(
    vgg16: Bench, photographs: tuple[Photograph, ...]
) -> None:
    prepared = vgg16.prepare(load(vgg16, photographs))
    wanted = torch.cat([by_torchvision(vgg16, photograph) for photograph in photographs])
    torch.testing.assert_close(prepared, wanted, rtol=1e-5, atol=1e-3)


@pytest.mark.parametrize("size", [(300, 200), (200, 301), (57, 400), (1000, 999), (64, 64)])
@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
def test_any_shape_is_cropped_as_torchvision_crops_it(
    bench: Bench, tmp_path: Path, size: tuple[int, int], interpolation: str
) -> None:
    pixels = np.random.default_rng(5).integers(0, 256, (size[1], size[0], 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "noise.png")
    photograph = open_photograph(tmp_path / "noise.png", "noise.png")
    preprocessing = replace(bench.card.preprocessing, interpolation=interpolation)
    other = replace(bench, card=replace(bench.card, preprocessing=preprocessing))
    mode = transforms.InterpolationMode(interpolation)
    wanted = transforms.Compose(
        [transforms.Resize(64, mode), transforms.CenterCrop(56), transforms.ToTensor()]
    )(Image.fromarray(pixels))
    torch.testing.assert_close(load(other, [photograph])[0], wanted)


def test_together_as_one_by_one(bench: Bench, photographs: tuple[Photograph, ...]) -> None:
    layers = [bench.layer("3"), bench.layer("5")]
    together = scan(bench, layers, photographs)
    alone = [each for photograph in photographs for each in scan(bench, layers, [photograph])]
    for one, other in zip(together, alone, strict=True):
        assert (one.layer, one.photograph) == (other.layer, other.photograph)
        for name in SIDES:
            np.testing.assert_allclose(
                getattr(one, name), getattr(other, name), rtol=1e-4, atol=1e-5
            )


def test_without_an_activation_function_both_sides_are_the_same(
    bench: Bench, photographs: tuple[Photograph, ...]
) -> None:
    (found,) = scan(bench, [bench.layer("5")], photographs[:1])
    np.testing.assert_array_equal(found.mean_before, found.mean_after)
    np.testing.assert_array_equal(found.max_before, found.max_after)


def by_hand(bench: Bench, photograph: Photograph, last: int) -> torch.Tensor:
    with torch.no_grad():
        value = bench.prepare(load(bench, [photograph]))
        for module in list(bench.network)[: last + 1]:
            value = module(value.clone())
    return value[0]


def test_a_map_is_the_recorded_one(bench: Bench, photographs: tuple[Photograph, ...]) -> None:
    places = [("0", (4,)), ("3", (6, 2)), ("5", (0, 1))]
    wanted = [
        (photographs[0], [(bench.layer(name), numbers) for name, numbers in places]),
        (photographs[1], [(bench.layer("3"), (7,))]),
    ]
    first, second = feature_maps(bench, wanted)
    assert [(each.layer, each.filters) for each in first] == places
    for each in first:
        after = {"0": 1, "3": 4, "5": 5}[each.layer]
        maps = by_hand(bench, photographs[0], after)[list(each.filters)]
        np.testing.assert_allclose(each.values, maps, rtol=1e-4, atol=1e-5)
        assert each.photograph == photographs[0].sha256
        assert each.values.dtype == np.float32
    assert [(each.layer, each.filters, each.photograph) for each in second] == [
        ("3", (7,), photographs[1].sha256)
    ]


def test_a_trace_holds_the_means_of_every_layer_on_the_way(
    bench: Bench, photographs: tuple[Photograph, ...]
) -> None:
    layers = [bench.layer(name) for name in ("1", "3", "5")]
    found = trace(bench, layers, photographs[:2])
    for each, photograph in zip(found, photographs, strict=False):
        assert (each.image, each.layers) == (photograph.sha256, ("1", "3", "5"))
        for name in each.layers:
            maps = by_hand(bench, photograph, int(name))
            np.testing.assert_allclose(each.at(name), maps.mean((1, 2)), rtol=1e-4, atol=1e-5)
        assert each.at("99").shape == (0,)


def test_a_picture_is_followed_as_a_photograph_is(
    bench: Bench, photographs: tuple[Photograph, ...], tmp_path: Path
) -> None:
    path = tmp_path / "same.png"
    with Image.open(photographs[0].path) as image:
        image.convert("RGB").save(path)
    picture = replace(rendering("5", 0), png=Blob.of(path.read_bytes()))
    layers = [bench.layer("1"), bench.layer("3")]
    (one,) = trace(bench, layers, [picture])
    (other,) = trace(bench, layers, [open_photograph(path, "same.png")])
    np.testing.assert_array_equal(one.means, other.means)
    assert one.image == other.image == picture.sha256


def test_large_maps_are_averaged_down(vgg16: Bench, photographs: tuple[Photograph, ...]) -> None:
    layer = vgg16.layer("features.0")
    (((_, found),),) = feature_maps(vgg16, [(photographs[0], [(layer, (5, 3))])])
    assert found.filter == 3
    assert found.values.shape == (MAP_SIDE, MAP_SIDE)
    with torch.no_grad():
        inputs = by_torchvision(vgg16, photographs[0])
        whole = vgg16.network.features[0](inputs).clamp(min=0)[0, 3]
    blocks = whole.view(MAP_SIDE, 4, MAP_SIDE, 4).mean((1, 3))
    np.testing.assert_allclose(found.values, blocks, rtol=1e-3, atol=0.05)


def test_a_photograph_that_went_bad_in_the_meantime(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "gone.png"
    Image.new("RGB", (80, 80)).save(path)
    photograph = open_photograph(path, "gone.png")
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(PhotographError, match=r"gone\.png"):
        scan(bench, [Layer("0", 6, "1")], [photograph])
