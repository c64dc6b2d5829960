"""Arithmetic: the fastest that there are units for, fp32 for what must be as it was."""

from __future__ import annotations

import pytest
import torch

from generator.errors import MachineError
from generator.lab import capabilities
from generator.lab.accelerate import precision
from generator.lab.accelerate.precision import Arithmetic
from generator.lab.loading.models import Bench
from generator.lab.optimize.render import PictureRequest, RenderSettings, picture
from generator.recipes.objective import of_channel
from generator.recipes.presets import Precision, Recipe, Scale
from generator.system.precision import Capabilities, Speed

CPU = torch.device("cpu")
SHORT = Recipe("short", 1, (Scale(24, 12, 0.2, 3), Scale(40, 6, 0.2, 3)), (0.5, 0.9), 0.0, True)


def able(monkeypatch: pytest.MonkeyPatch, bf16: Speed, int8: Speed) -> None:
    found = Capabilities("this device", bf16, int8)
    monkeypatch.setattr(capabilities, "of", lambda _device: found)


@pytest.mark.parametrize(
    ("bf16", "int8", "auto"),
    [
        ("none", "none", "fp32"),
        ("slow", "none", "fp32"),
        ("slow", "unknown", "fp32"),
        ("unknown", "none", "fp32"),
        ("slow", "fast", "int8"),
        ("fast", "none", "bf16"),
        ("fast", "unknown", "bf16"),
        ("fast", "fast", "int8"),
    ],
)
def test_auto_takes_the_fastest_that_was_measured(
    bf16: Speed, int8: Speed, auto: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    able(monkeypatch, bf16, int8)
    assert precision.choose("auto", CPU, exact=False).name == auto
    assert precision.choose("auto", CPU, exact=True).name == "fp32"
    assert precision.choose("fp32", CPU, exact=False).name == "fp32"
    if int8 != "none":
        dtype = torch.bfloat16 if bf16 == "fast" else torch.float32
        assert precision.choose("int8", CPU, exact=False) == Arithmetic(dtype, quantized=True)
        assert precision.choose("int8", CPU, exact=True) == Arithmetic(dtype)
    if bf16 != "none":
        assert precision.choose("bf16", CPU, exact=True).name == "bf16"


@pytest.mark.parametrize("precision", ["bf16", "int8"])
def test_what_does_not_work_is_refused_before_any_step(
    precision: Precision, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    able(monkeypatch, "none", "none")
    with pytest.raises(MachineError, match=f"precision {precision} needs") as refusal:
        picture(
            bench,
            bench.layer("3"),
            [PictureRequest(of_channel(0))],
            RenderSettings(SHORT, precision),
        )
    assert refusal.value.remedy == "precisions that work here: auto, fp32"


def test_the_copy_is_made_once_and_leaves_the_network_alone(bench: Bench) -> None:
    copy = precision.network_in(bench.network, torch.bfloat16)
    assert copy is precision.network_in(bench.network, torch.bfloat16)
    assert {p.dtype for p in copy.parameters()} == {torch.bfloat16}
    assert {p.dtype for p in bench.network.parameters()} == {torch.float32}
    assert precision.network_in(bench.network, torch.float32) is bench.network


def test_what_was_really_done_is_recorded_and_measured_in_fp32(bench: Bench) -> None:
    subjects = [PictureRequest(of_channel(number)) for number in range(8)]
    half, full = (
        picture(bench, bench.layer("3"), subjects, RenderSettings(SHORT, precision))
        for precision in ("bf16", "fp32")
    )
    assert {each.arithmetic for each in half} == {"bf16"}
    assert {each.arithmetic for each in full} == {"fp32"}
    ratio = sum(each.activation for each in half) / sum(each.activation for each in full)
    assert ratio == pytest.approx(1, abs=0.05)


def test_in_bf16_a_picture_does_not_depend_on_its_company(bench: Bench) -> None:
    subjects = [PictureRequest(of_channel(number)) for number in range(8)]
    together = picture(bench, bench.layer("3"), subjects, RenderSettings(SHORT, "bf16"))
    (alone,) = picture(bench, bench.layer("3"), subjects[5:6], RenderSettings(SHORT, "bf16"))
    assert alone.png == together[5].png
