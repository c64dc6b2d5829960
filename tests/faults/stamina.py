"""Ten thousand tasks in one process: memory and open files stay, and nothing is left behind."""

from __future__ import annotations

import os
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

import torch

from generator.artifacts.artifact import Rendering, Responses
from generator.images.photographs import open_photograph
from generator.lab.engines import task_runners
from generator.lab.engines.local import LocalEngine
from generator.lab.hooks import hooked
from generator.lab.loading.models import Bench
from generator.models.card import ModelCard, Preprocessing
from generator.models.layers import Catalogue, Layer
from generator.pipeline.build import TaskRunner
from generator.pipeline.request import Request
from generator.plan import RenderTask, ResponseTask, Step
from generator.recipes.objective import of_channel
from generator.recipes.presets import Recipe, Scale
from generator.store.store import Store
from generator.system.console import Console
from generator.system.locations import locations_beside
from tests.conftest import LIBRARY
from tests.faults.standins import Small

AT_ONCE = 200
SHORT = Recipe("short", 1, (Scale(24, 2, 0.2, 3),), (0.5, 0.9), 0.0, True)
MOST_GROWTH = 24 * 2**20  # bytes between the first fifth and the end: an allocator's breathing


def resident() -> int:
    """Bytes of this process in memory."""
    fields = Path("/proc/self/statm").read_text().split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")


def open_files() -> int:
    """How many descriptors are open."""
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208


def try_stamina(folder: Path, *, count: int) -> tuple[int, list[str]]:
    """Scans and small pictures, ``count`` in all, made and read back through a TaskRunner."""
    bench = _bench()
    asked = Request(
        folder / "report.yml", locations_beside(folder / "report.yml"), Console("plain")
    )
    store = Store(folder / "store")
    maker = TaskRunner(asked, store, LocalEngine(), bench, store.memory())
    photograph = open_photograph(next(iter(sorted(LIBRARY.glob("fish/*.jpg")))), "fish.jpg")
    temporary = set(os.listdir(tempfile.gettempdir()))  # noqa: PTH208
    before = (open_files(), threading.active_count())
    sizes: list[int] = []
    for start in range(0, count, AT_ONCE):
        keys = [f"{number:064x}" for number in range(start, start + AT_ONCE)]
        scans = [
            Step(ResponseTask("features.5", replace(photograph, sha256=key)), key, "new")
            for key in keys[:-4]
        ]
        renders = [
            Step(RenderTask("features.5", of_channel(number), SHORT, start), key, "new")
            for number, key in enumerate(keys[-4:])
        ]
        for _ in range(2):  # made, then read back
            made = maker.make("responses", scans, task_runners.RESPOND, Responses)
            drawn = maker.make("pictures", renders, task_runners.RENDER, Rendering)
            assert len(made) + len(drawn) == AT_ONCE
        sizes.append(resident())
    found = []
    growth = sizes[-1] - sizes[len(sizes) // 5]
    if growth > MOST_GROWTH:
        found.append(f"memory grew by {growth / 2**20:.0f} MiB")
    if (open_files(), threading.active_count()) != before:
        found.append(f"{open_files()} files and {threading.active_count()} threads, not {before}")
    if hooked(bench.network):
        found.append(f"hooks were left on {hooked(bench.network)}")
    left = set(os.listdir(tempfile.gettempdir())) - temporary  # noqa: PTH208
    left = {name for name in left if "filterbook" in name}
    parts = [str(path) for path in folder.rglob(".part-*")]
    found += [f"temporary files: {left or parts}"] if left or parts else []
    return count, found


def _bench() -> Bench:
    layers = (Layer("features.0", 64, "features.1"), Layer("features.5", 128, "features.6"))
    preprocessing = Preprocessing(64, 56, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25))
    card = ModelCard(
        "vgg16", "small", "0" * 64, "made here", "none", preprocessing, Catalogue("vgg16", layers)
    )
    return Bench(card, Small().eval().requires_grad_(False), torch.device("cpu"))
