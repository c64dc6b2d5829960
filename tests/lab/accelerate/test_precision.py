"""Arithmetic: the fastest that there are units for, fp32 for what must be as it was."""

from __future__ import annotations

import pytest
import torch

from generator.errors import MachineError
from generator.lab.accelerate import precision
from generator.lab.loading.models import Bench
from generator.lab.optimize.render import PictureRequest, RenderSettings, picture
from generator.recipes.objective import of_channel
from generator.recipes.presets import Recipe, Scale

CPU = torch.device("cpu")
SHORT = Recipe("short", 1, (Scale(24, 12, 0.2, 3), Scale(40, 6, 0.2, 3)), (0.5, 0.9), 0.0, True)


@pytest.mark.parametrize(
    ("able", "fast"),
    [
        ({"cpu_name": "INTEL XEON", "amx_bf16": True, "avx512_bf16": True}, "bf16"),
        ({"cpu_name": "INTEL XEON", "amx_bf16": True, "avx512_vnni": True}, "bf16"),
        ({"cpu_name": "INTEL XEON", "avx512_bf16": True, "avx512_vnni": True}, "fp32"),
        ({"cpu_name": "AMD EPYC", "avx512_bf16": True, "avx512_vnni": True}, "int8"),
        ({"cpu_name": "AMD EPYC", "avx512_bf16": True, "avx512_vnni": False}, "bf16"),
        ({"cpu_name": "AMD EPYC", "avx512_bf16": False, "avx512_vnni": False}, "fp32"),
        ({"architecture": "aarch64"}, "fp32"),
    ],
)
def test_auto_asks_the_processor(
    able: dict[str, object], fast: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: able)
    assert precision.choose("auto", CPU, exact=False).name == fast
    assert precision.choose("auto", CPU, exact=True).name == "fp32"
    assert precision.choose("bf16", CPU, exact=True).name == "bf16"
    assert precision.choose("fp32", CPU, exact=False).name == "fp32"


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_what_the_device_has_no_units_for_is_refused(
    device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_vnni": device == "cuda"})
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: (9, 0))
    with pytest.raises(MachineError, match="need a CPU with VNNI"):
        precision.choose("int8", torch.device(device), exact=False)


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
