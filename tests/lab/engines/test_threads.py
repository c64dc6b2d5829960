"""Whatever a task leaves is the same to the last byte with 1, 2 and 4 threads and cores."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import nn

from generator.images.photographs import Photograph, open_photograph
from generator.lab import cancellation, devices
from generator.lab.engines.thread_pool import on_every_core
from generator.lab.hooks import hooked
from generator.lab.loading.models import Bench
from generator.models.card import ModelCard
from generator.models.layers import Catalogue, Layer
from tests.lab.conftest import PREPROCESSING
from tests.lab.every_task import EveryTask, write_photographs


@pytest.fixture
def deep() -> Iterator[Bench]:
    """Small maps of many channels and a classifier: threads share such sums.

    oneDNN's convolutions of 1 × 1 and MKL's products gave other last digits with two threads.
    """
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Conv2d(3, 32, 3, stride=2), nn.ReLU(inplace=True), nn.MaxPool2d(2),
        nn.Conv2d(32, 256, 3, padding=1), nn.ReLU(inplace=True), nn.MaxPool2d(4),
        nn.Conv2d(256, 48, 1), nn.ReLU(inplace=True),
        nn.Conv2d(48, 64, 3, padding=1), nn.ReLU(inplace=True),
        nn.Conv2d(64, 256, 1), nn.ReLU(inplace=True),
        nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(1024, 1000),
    ).eval().requires_grad_(False)  # fmt: skip
    layers = (Layer("0", 32, "1"), Layer("6", 48, "7"), Layer("10", 256, "11"))
    card = ModelCard(
        "deep", "random", "0" * 64, "made here", "none", PREPROCESSING,
        Catalogue("deep", layers), tuple(map(str, range(1000))),
    )  # fmt: skip
    yield Bench(card, network, torch.device("cpu"))
    assert hooked(network) == ()


@pytest.fixture
def photographs(tmp_path: Path) -> tuple[Photograph, ...]:
    return tuple(open_photograph(path, path.name) for path in write_photographs(tmp_path, 3))


def test_no_artifact_depends_on_the_number_of_threads(
    deep: Bench, photographs: tuple[Photograph, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = EveryTask(deep, deep.card.catalogue.layers, photographs, steps=3)
    found = {}
    for count in (1, 2, 4):
        monkeypatch.setattr(devices, "usable_cores", lambda count=count: count)
        devices.settle(deep.device)
        assert torch.get_num_threads() == count
        found[count] = tasks.digests()
    monkeypatch.undo()
    devices.settle(deep.device)
    assert len(found[1]) == 4 * 4 + 3 * 3 * 3 + 3 + 3 + 3 + 3 + 1 + 3
    for count in (2, 4):
        assert [name for name in found[1] if found[1][name] != found[count][name]] == []


def test_work_that_nobody_waits_for_stops(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "usable_cores", lambda: 2)
    stopped: list[int] = []

    def work(item: int, _: Bench) -> int:
        try:
            while item:  # all but the first go on until they are cancelled
                cancellation.check()
        except cancellation.CancelledError:
            stopped.append(item)
            raise
        return item

    results = on_every_core(work, range(50), bench)
    assert next(results) == 0
    results.close()
    assert stopped
    cancellation.check()  # this thread is nobody's
