"""Chains in 8 bits: pictures as strong, which depend on nothing beside them."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from generator.lab import capabilities
from generator.lab.accelerate.fusion import fused
from generator.lab.accelerate.int8_chain import ChainStage, Int8Chain, chains_in
from generator.lab.loading.models import Bench
from generator.lab.optimize.render import PictureRequest, RenderSettings, picture
from generator.models.layers import Layer
from generator.recipes.objective import Objective, Term, of_channel
from generator.recipes.presets import RECIPES, multiscale

pytestmark = pytest.mark.usefixtures("exact_int8")
needs_vnni = pytest.mark.skipif(
    not capabilities.convolves_in_int8(), reason="needs a CPU with VNNI"
)


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """int8 may be asked for, whatever this processor has."""
    found = replace(capabilities.of(torch.device("cpu")), int8="unknown")
    monkeypatch.setattr(capabilities, "of", lambda _device: found)


def convolution(inputs: int, outputs: int, seed: int, **changes: int) -> nn.Conv2d:
    torch.manual_seed(seed)
    made = nn.Conv2d(inputs, outputs, 3, **{"padding": 1, **changes})
    return made.to(memory_format=torch.channels_last).requires_grad_(False)  # type: ignore[call-overload]


def network(*more: nn.Module) -> nn.Sequential:
    return nn.Sequential(
        convolution(3, 16, 0),
        nn.ReLU(inplace=True),
        convolution(16, 24, 1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        convolution(24, 32, 2),
        nn.ReLU(),
        *more,
        convolution(32, 8, 3),
    ).eval()


def ways(made: nn.Module, inputs: Tensor, pull: Tensor) -> tuple[Tensor, Tensor]:
    given = inputs.clone().requires_grad_()
    maps = made(given)
    return maps.detach(), torch.autograd.grad(maps, given, pull)[0]


def likeness(one: Tensor, other: Tensor) -> float:
    return float(nn.functional.cosine_similarity(one.flatten(), other.flatten(), dim=0))


@pytest.mark.parametrize("side", [16, 31])
def test_maps_and_gradients_are_those_of_the_modules(side: int) -> None:
    plain = network()
    chain = fused(plain, Layer("7", 8), quantized=True)
    assert [type(each).__name__ for each in chain] == [
        "Int8Chain", *["Identity"] * 6, "Conv2d",
    ]  # fmt: skip
    inputs, pull = torch.randn(2, 3, side, side), torch.randn(2, 8, side // 2, side // 2)
    wanted = ways(plain, inputs, pull)
    for _ in range(3):  # the second one knows what the first one reached
        found = ways(chain, inputs, pull)
        assert likeness(found[0], wanted[0]) > 0.999
        assert likeness(found[1], wanted[1]) > 0.97
    assert found[0].dtype == found[1].dtype == torch.float32


def test_ranges_follow_what_is_reached_and_belong_to_one_picture() -> None:
    (chain,) = chains_in(fused(network(), Layer("7", 8), quantized=True))
    faint = torch.randn(1, 3, 16, 16) / 1000
    chain.turn(0)
    alone = [chain(faint) for _ in range(3)]
    chain.forget()
    beside = []
    for _ in range(3):
        for number, inputs in enumerate((faint, faint * 1e6)):
            chain.turn(number)
            made = chain(inputs)
            beside += [made] if number == 0 else []
    assert all(map(torch.equal, alone, beside))
    chain.forget()
    for size in (1.0, 1e3, 1e-3, 0.0, 1.0):
        for _ in range(25):  # 1.6 times a step is what the range follows by
            made = chain(faint * size)
        sizes = made.abs().amax(dim=(2, 3)).mean()
    chain.forget()
    assert sizes == pytest.approx(float(chain(faint).abs().amax(dim=(2, 3)).mean()), rel=0.1)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, "Int8Chain"),
        ({"stride": 2}, "PackedConvolution"),
        ({"dilation": 2}, "PackedConvolution"),
        ({"groups": 8}, "PackedConvolution"),
        ({"padding": 3}, "PackedConvolution"),
    ],
)
def test_what_leads_back_otherwise_is_left_to_bf16(changes: dict[str, int], kind: str) -> None:
    plain = nn.Sequential(
        convolution(16, 16, 0, **changes), nn.ReLU(), convolution(16, 16, 1), nn.ReLU(),
        convolution(16, 2, 2),
    )  # fmt: skip
    assert type(fused(plain, Layer("4", 2), quantized=True)[0]).__name__ == kind


def test_a_chain_ends_at_the_layer_and_one_stage_is_none() -> None:
    plain = network()
    kinds = [type(each).__name__ for each in fused(plain, Layer("5", 32), quantized=True)]
    assert kinds[:6] == ["Int8Chain", *["Identity"] * 4, "Conv2d"]
    assert not chains_in(fused(plain, Layer("2", 24), quantized=True))
    assert not chains_in(fused(plain, Layer("7", 8), quantized=False))


@pytest.mark.parametrize("spoiled", [1e5, torch.nan])
def test_what_8_bits_cannot_hold_is_left_to_bf16(spoiled: float) -> None:
    plain = network()
    plain[2].weight[:, 3] *= spoiled  # one map counts for a hundred thousand
    if spoiled == 1e5:
        plain[0].weight[3] /= spoiled
    assert not chains_in(fused(plain, Layer("7", 8), quantized=True))


@needs_vnni
def test_no_two_pictures_of_a_batch_know_of_each_other(vgg16: Bench) -> None:
    way, layer = RenderSettings(multiscale(96), "int8"), vgg16.layer("features.10")
    subjects = [PictureRequest(of_channel(number)) for number in (7, 60)]
    subjects.append(PictureRequest(Objective((Term(2, -1.0), Term(1, 0.5, (3, 7))))))
    together = picture(vgg16, layer, subjects, way)
    alone = [picture(vgg16, layer, [each], way)[0] for each in reversed(subjects)]
    assert {each.arithmetic for each in together} == {"int8"}
    assert [each.png for each in together] == [each.png for each in reversed(alone)]


@pytest.mark.usefixtures("allowed")
def test_what_was_really_done_is_recorded_and_said(bench: Bench) -> None:
    """The small network has but one convolution before this layer."""
    said: list[str] = []
    way = RenderSettings(multiscale(48), "int8", said.append)
    (made,) = picture(bench, bench.layer("3"), [PictureRequest(of_channel(0))], way)
    assert made.arithmetic != "int8"
    assert said == [f"3: in {made.arithmetic}, for want of a chain of convolutions for int8"]


@needs_vnni
@pytest.mark.parametrize("name", ["multiscale", "fourier", "maco"])
def test_vgg_s_pictures_are_as_strong_whatever_the_number_of_threads(
    vgg16: Bench, name: str
) -> None:
    recipe, layer = RECIPES[name](96), vgg16.layer("features.10")
    subjects = [PictureRequest(of_channel(number)) for number in (7, 60, 181, 20)]
    usual, eighths = (
        picture(vgg16, layer, subjects, RenderSettings(recipe, precision))
        for precision in ("bf16", "int8")
    )
    assert {each.arithmetic for each in eighths} == {"int8"}
    ratio = sum(each.activation for each in eighths) / sum(each.activation for each in usual)
    assert ratio == pytest.approx(1, abs=0.02)
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        again = picture(vgg16, layer, subjects[1:2], RenderSettings(recipe, "int8"))
    finally:
        torch.set_num_threads(threads)
    assert again[0].png == eighths[1].png


@pytest.mark.usefixtures("allowed")
def test_article_stays_what_it_was(vgg16: Bench) -> None:
    recipe = replace(RECIPES["article"](64), scales=RECIPES["article"](64).scales[:1])
    made = picture(
        vgg16,
        vgg16.layer("features.10"),
        [PictureRequest(of_channel(7))],
        RenderSettings(recipe, "int8"),
    )
    assert made[0].arithmetic != "int8"


def test_a_stage_s_way_back_has_the_kernels_turned() -> None:
    stage = ChainStage.of(convolution(4, 6, 0, padding=0), pooled=False)
    assert stage.there.padding == [0, 0]
    assert stage.back.padding == [2, 2]
    assert tuple(stage.back.levels.shape) == (4, 6, 3, 3)
    assert Int8Chain([stage]).stages == (stage,)
