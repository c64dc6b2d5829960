"""The GPU's table, on a CPU with a small network: the same batches and the same shares."""

from __future__ import annotations

import pytest
import torch

from benchmarks import gpu
from generator.lab.hooks import hooked
from generator.lab.loading.models import Bench
from generator.recipes.presets import Recipe, Scale

SHORT = Recipe("short", 1, (Scale(24, 3, 0.2, 3), Scale(40, 2, 0.2, 0)), (0.5, 0.9), 0.0, True)


def test_operations_are_those_of_the_convolutions(bench: Bench) -> None:
    forward = {side: 2 * (side**2 * 6 * 27 + (side // 2) ** 2 * 8 * 54) for side in (24, 40)}
    wanted = 2 * (3 * forward[24] + 2 * forward[40])
    assert gpu.operations(bench, bench.layer("3"), SHORT) == wanted
    assert hooked(bench.network) == ()


def test_a_matrix_product_has_a_rate() -> None:
    assert gpu.matrix_rate(torch.device("cpu"), side=64, repeats=2) > 0


def test_shares_follow_from_times() -> None:
    speed = gpu.Speed("features.28", batch=64, seconds=2.0, operations=1e12, rate=1e14)
    assert speed.filters_per_second == 32
    assert speed.share == 0.32


def test_names_of_kernels_are_sorted() -> None:
    assert gpu.kind_of("sm90_xmma_fprop_implicit_gemm_bf16") == "convolutions"
    assert gpu.kind_of("aten::mkldnn_convolution") == "convolutions"
    assert gpu.kind_of("void at::native::upsample_bicubic2d_out_frame") == "resizing and blur"
    assert gpu.kind_of("Memcpy DtoH") == "copies"
    assert gpu.kind_of("anything") == "other"


def test_batches_end_where_the_memory_does(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def narrow(*asked: object, **_: object) -> None:
        if asked[2] == 4:
            raise torch.OutOfMemoryError
        made.append(asked[2])

    made: list[object] = []
    monkeypatch.setattr(gpu, "speed", narrow)
    assert len(list(gpu.by_batch(bench, bench.layer("0"), (5, 4, 1, 2), recipe=SHORT, rate=1))) == 2
    assert made == [1, 2]


def test_every_figure_of_the_block_is_measured(bench: Bench) -> None:
    found = gpu.measured(bench, SHORT, batches=(1, 4, 16), side=64)
    assert [(each["layer"], each["batch"]) for each in found["speeds"]] == [
        ("0", 1), ("0", 4), ("3", 1), ("3", 4), ("5", 1), ("5", 4)
    ]  # fmt: skip
    assert [each["batch"] for each in found["whole"]] == [6, 8, 5]
    assert found["profile"]["convolutions"] > 0
    assert found["profiled"] == "5, 4 at once"
    assert found["profiled_seconds"] == found["speeds"][-1]["seconds"]
    text = gpu.block(found)
    assert text.startswith("cpu, `short`, 40 pixels.")
    assert "| 3 | 4 |" in text
    assert "| all | 19 |" in text
    found |= {"profile": {"convolutions": 3.0, "copies": 1.0}, "profiled_seconds": 8.0}
    assert "for 50 % of which the device is busy" in gpu.block(found)
    assert "| convolutions | 75 % |" in gpu.block(found)
    found["profile"] = {"other": 0.0}  # a container may keep the profiler from the device
    assert "| other | 0 % |" in gpu.block(found)
    assert hooked(bench.network) == ()
