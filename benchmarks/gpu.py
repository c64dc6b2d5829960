"""Filters per second on a GPU, and how much of its arithmetic the loop reaches.

``python -m benchmarks.gpu`` measures, writes ``benchmarks/results/gpu.json`` and the block of
docs/benchmarks.md. It runs on a CPU too, where its figures say little, so that it can be tested.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.profiler import ProfilerActivity, profile

from benchmarks import page
from benchmarks.runner.measure import HOME
from benchmarks.tables import table
from generator.lab import devices
from generator.lab.hooks import record
from generator.lab.loading import models, weights
from generator.lab.loading.models import Bench
from generator.lab.optimize.render import visualize
from generator.models.layers import Layer
from generator.recipes.presets import RECIPES, Recipe
from generator.spec.model import ModelSpec
from generator.system.locations import cache

RESULTS = HOME / "benchmarks" / "results" / "gpu.json"
PAGE = HOME / "docs" / "benchmarks.md"
KINDS = (  # parts of kernels' and operators' names → what they do; the first that fits
    ("convolutions", ("conv", "gemm", "cutlass", "xmma", "cudnn", "nvjet", "mkldnn", "onednn")),
    ("Adam", ("adam", "multi_tensor", "addcdiv", "addcmul", "lerp", "sqrt")),
    ("Fourier transform", ("fft", "cufft")),
    ("resizing and blur", ("upsample", "avg_pool", "grid_sampl", "affine_grid", "pad")),
    ("pooling and ReLU", ("max_pool", "maxpool", "clamp", "threshold", "relu")),
    ("copies", ("copy", "memcpy", "memset", "to_copy", "cat")),
)


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast one layer's filters are rendered, so many at once.

    ``operations`` are those of the convolutions for one picture, forward and back; ``rate`` is the
    measured rate of a matrix product, both in floating point operations (a second).
    """

    layer: str
    batch: int
    seconds: float
    operations: float
    rate: float

    @property
    def filters_per_second(self) -> float:
        """Finished pictures a second."""
        return self.batch / self.seconds

    @property
    def share(self) -> float:
        """Of the matrix product's rate."""
        return self.filters_per_second * self.operations / self.rate


def matrix_rate(device: torch.device, side: int = 8192, repeats: int = 20) -> float:
    """Operations a second of a bf16 product of two square matrices."""
    left, right = (torch.randn(side, side, device=device).bfloat16() for _ in range(2))
    left @ right
    began = _now(device)
    for _ in range(repeats):
        left @ right
    return 2 * side**3 * repeats / (_now(device) - began)


def operations(bench: Bench, layer: Layer, recipe: Recipe) -> float:
    """What the convolutions up to a layer compute for one picture, forward and back to the pixels.

    The gradient of the input costs as much as the convolution itself; no weight has a gradient.
    Shortcuts that the loop takes are not deducted: it is what the task asks for.
    """
    total = 0.0
    for scale in recipe.scales:
        picture = torch.zeros(1, 3, scale.side, scale.side, device=bench.device)
        total += 2 * scale.steps * _forward(bench, layer, picture)
    return total


def speed(bench: Bench, layer: Layer, batch: int, *, recipe: Recipe, rate: float) -> Speed:
    """Render the layer's first ``batch`` filters at once, after a batch that is not timed."""
    filters = range(batch)
    visualize(bench, layer, filters, recipe=recipe, seed=1)
    began = _now(bench.device)
    visualize(bench, layer, filters, recipe=recipe, seed=0)
    seconds = _now(bench.device) - began
    return Speed(layer.name, batch, seconds, operations(bench, layer, recipe), rate)


def by_batch(
    bench: Bench, layer: Layer, batches: Sequence[int], *, recipe: Recipe, rate: float
) -> Iterator[Speed]:
    """``speed`` for every batch, small to large, that the layer and the memory have room for."""
    for batch in sorted(batches):
        if batch > layer.channels:
            return
        try:
            yield speed(bench, layer, batch, recipe=recipe, rate=rate)
        except torch.OutOfMemoryError:
            torch.cuda.empty_cache()
            return


def whole_network(bench: Bench, layers: Sequence[Layer], recipe: Recipe) -> Iterator[Speed]:
    """Every filter of each layer, in batches of what the memory holds; the rate is left out."""
    at_once = devices.room(bench.device).pictures(recipe.size)
    for layer in layers:
        visualize(bench, layer, range(min(at_once, layer.channels)), recipe=recipe, seed=1)
        began = _now(bench.device)
        for start in range(0, layer.channels, at_once):
            filters = range(start, min(start + at_once, layer.channels))
            visualize(bench, layer, filters, recipe=recipe, seed=0)
        yield Speed(layer.name, layer.channels, _now(bench.device) - began, 0, 1)


def where_time_goes(bench: Bench, layer: Layer, batch: int, recipe: Recipe) -> dict[str, float]:
    """Seconds for which the device is busy by kind of work, longest first.

    On a CPU those of its operators, of which several may run at once.
    """
    on_gpu = bench.device.type == "cuda"
    activity = ProfilerActivity.CUDA if on_gpu else ProfilerActivity.CPU
    with profile(activities=[activity]) as profiler:
        visualize(bench, layer, range(batch), recipe=recipe, seed=0)
    spent: dict[str, float] = {}
    for event in profiler.key_averages():
        took = event.self_device_time_total if on_gpu else event.self_cpu_time_total
        kind = kind_of(event.key)
        spent[kind] = spent.get(kind, 0.0) + took / 1e6
    return dict(sorted(spent.items(), key=lambda each: -each[1]))


def kind_of(name: str) -> str:
    """What a kernel or an operator of that name does."""
    small = name.lower()
    return next((kind for kind, parts in KINDS if any(p in small for p in parts)), "other")


def block(found: dict[str, Any]) -> str:
    """What the page says of a GPU. Pure."""
    speeds = [Speed(**each) for each in found["speeds"]]
    body = [
        (each.layer, str(each.batch), f"{each.filters_per_second:.1f}", f"{100 * each.share:.0f} %")
        for each in speeds
    ]
    whole = [Speed(**each) for each in found["whole"]]
    layers = [(each.layer, str(each.batch), f"{each.seconds:.1f}") for each in whole]
    layers.append(("all", str(sum(w.batch for w in whole)), f"{sum(w.seconds for w in whole):.1f}"))
    busy = sum(found["profile"].values())
    shares = [
        (kind, f"{100 * took / (busy or 1.0):.0f} %") for kind, took in found["profile"].items()
    ]
    return "\n\n".join((
        f"{found['device']}, `{found['recipe']}`, {found['size']} pixels. A bf16 product of large "
        f"matrices reaches {speeds[0].rate / 1e12:.3g} Tflop/s.",
        table(("layer", "at once", "filters per second", "of that rate"), body),
        table(("layer", "filters", "seconds for all of them"), layers),
        f"Where the time of {found['profiled']} goes, for "
        f"{100 * min(1.0, busy / found['profiled_seconds']):.0f} % of which the device is busy; "
        "for the rest it waits for the host, which draws the views and encodes the files:",
        table(("kind of work", "share of the device’s busy time"), shares),
    ))  # fmt: skip


def measured(bench: Bench, recipe: Recipe, batches: Sequence[int], side: int) -> dict[str, Any]:
    """Every figure of the block, as it is kept."""
    rate = matrix_rate(bench.device, side)
    convolutions = [
        layer for layer in bench.card.catalogue.layers
        if isinstance(bench.network.get_submodule(layer.name), nn.Conv2d)
    ]  # fmt: skip
    third = max(1, len(convolutions) // 3)
    chosen = convolutions[::-third][::-1]
    speeds = [
        each for layer in chosen
        for each in by_batch(bench, layer, batches, recipe=recipe, rate=rate)
    ]  # fmt: skip
    last = convolutions[-1]
    longest = next(each for each in reversed(speeds) if each.layer == last.name)
    return {
        "device": devices.describe(bench.device), "recipe": recipe.name, "size": recipe.size,
        "speeds": [asdict(each) for each in speeds],
        "whole": [asdict(each) for each in whole_network(bench, convolutions, recipe)],
        "profiled": f"{last.name}, {longest.batch} at once",
        "profiled_seconds": longest.seconds,
        "profile": where_time_goes(bench, last, longest.batch, recipe),
    }  # fmt: skip


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu", description=__doc__)
    parser.add_argument("--recipe", default="multiscale", choices=RECIPES)
    parser.add_argument("--size", type=int, default=408)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--batches", default="1,8,64,256,512")
    asked = parser.parse_args()
    obtained = weights.obtain(ModelSpec(), folder=Path(), cache=cache() / "weights")
    bench = models.assemble("vgg16", obtained, devices.choose(asked.device))
    batches = [int(batch) for batch in asked.batches.split(",")]
    found = measured(bench, RECIPES[asked.recipe](asked.size), batches, side=8192)
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(page.fill(text, {"gpu": block(found)}), encoding="utf-8")
    print(block(found))


def _forward(bench: Bench, layer: Layer, picture: Tensor) -> float:
    """Operations of all convolutions up to the layer, forward: a multiplication and a sum each."""
    counted: list[float] = []

    def count(module: nn.Conv2d, _inputs: object, output: Tensor) -> None:
        counted.append(2.0 * output[0].numel() * module.weight[0].numel())

    convolutions = [m for m in bench.network.modules() if isinstance(m, nn.Conv2d)]
    handles = [module.register_forward_hook(count) for module in convolutions]
    try:
        with record(bench.network, [layer]) as recorder, torch.no_grad():
            recorder.run(bench.prepare(picture))
    finally:
        for handle in handles:
            handle.remove()
    return sum(counted)


def _now(device: torch.device) -> float:
    """Seconds, once everything that the device was given is done."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()


if __name__ == "__main__":
    main()
