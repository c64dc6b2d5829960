"""Devices: one is chosen, or the one that was named is refused in words."""

from __future__ import annotations

import pytest
import torch

from generator.errors import ExitCode, MachineError
from generator.lab import devices, timing
from generator.lab.loading.models import Bench
from generator.lab.optimize.render import RenderSettings
from generator.recipes.presets import RECIPES


def test_there_is_always_one() -> None:
    assert devices.choose("auto").type in ("cpu", "cuda", "mps")
    assert devices.choose("cpu") == torch.device("cpu")
    assert devices.describe(torch.device("cpu")) == "cpu"


@pytest.mark.parametrize("name", ["cuda:99", "cpux", "", "meta", "hpu", "privateuseone", "GPU"])
def test_one_that_is_not_there(name: str) -> None:
    with pytest.raises(MachineError) as refusal:
        devices.choose(name)
    assert repr(name) in refusal.value.cause
    assert "\n" not in refusal.value.cause
    assert "--device cpu" in refusal.value.remedy
    assert refusal.value.exit_code == ExitCode.ENVIRONMENT


@pytest.mark.parametrize(
    ("limit", "cores"), [("1", 1), ("2", 2), ("64", 8), ("", 8), ("0", 8), ("2,1", 8), ("-1", 8)]
)
def test_cores_are_those_of_this_process(
    monkeypatch: pytest.MonkeyPatch, limit: str, cores: int
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(8)), raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", limit)
    assert devices.usable_cores() == cores


def test_a_batch_fits_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    assert devices.room(torch.device("cpu")) == devices.MemoryBudget(0)
    assert devices.MemoryBudget(0).pictures(408) == devices.MemoryBudget(0).photographs == 1
    gpu = torch.device("cuda", 0)
    for free, least, most in ((0, 1, 1), (2**30, 1, 8), (80 * 2**30, 16, 512)):
        monkeypatch.setattr("torch.cuda.mem_get_info", lambda _, free=free: (free, free))
        found = devices.room(gpu)
        assert least <= found.pictures(408) <= most
        assert found.pictures(2048) <= found.pictures(64)


def test_the_pace_is_measured_where_no_affinity_is_known(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on macOS."""
    monkeypatch.delattr("os.sched_getaffinity", raising=False)
    layers = [bench.layer("3")]
    found = timing.measure(
        bench, layers, (), way=RenderSettings(RECIPES["fourier"](64)), reported=layers
    )
    assert found.cores >= 1
    assert found.steps[0][0] == "3"
