"""Measures how fast this machine renders and scores, for `plan`."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import torch

from generator.images.photographs import Photograph
from generator.lab import devices
from generator.lab.loading.models import Bench
from generator.lab.measure.activations import scan
from generator.lab.optimize.render import PictureRequest, RenderSettings, picture
from generator.models.layers import Layer
from generator.plan.cost import Speed
from generator.recipes.objective import of_channel
from generator.recipes.presets import Scale

SIDE, STEPS = 112, 4
SAMPLED = 4  # layers; the others lie on the line between them


def measure(
    bench: Bench,
    layers: Sequence[Layer],
    photographs: Sequence[Photograph],
    *,
    way: RenderSettings,
    reported: Sequence[Layer],
) -> Speed:
    """Time steps at some of ``layers``, and two photographs through those ``reported``.

    On the CPU in seconds of the processor, which a busy machine hardly changes.
    """
    share = (224 / SIDE) ** 2
    steps: list[tuple[str, float]] = []
    finish: list[float] = []
    for layer in sampled(layers):
        _made(bench, layer, way, 1)
        one = _spent(bench, partial(_made, bench, layer, way, 1))
        more = _spent(bench, partial(_made, bench, layer, way, 1 + STEPS))
        each = max(0.0, (more - one) / STEPS)
        steps.append((layer.name, each * share))
        finish.append(max(0.0, one - each) * share)
    return Speed(
        devices.describe(bench.device),
        0 if bench.device.type != "cpu" else devices.usable_cores(),
        tuple(steps),
        sum(finish) / len(finish) if finish else 0.0,
        _photograph(bench, reported, photographs[:2]),
    )


def sampled(layers: Sequence[Layer]) -> list[Layer]:
    """The first, the last, and some evenly between."""
    last, count = len(layers) - 1, min(SAMPLED, len(layers))
    return [layers[round(k * last / max(1, count - 1))] for k in range(count)]


def _made(bench: Bench, layer: Layer, way: RenderSettings, steps: int) -> None:
    """A few steps of a recipe at one size."""
    few = replace(way.recipe, scales=(Scale(SIDE, steps, 0.1, blur=0),))
    quiet = RenderSettings(few, way.precision, warn=lambda _: None)
    picture(bench, layer, [PictureRequest(of_channel(0), 0)], quiet)


def _photograph(bench: Bench, layers: Sequence[Layer], photographs: Sequence[Photograph]) -> float:
    if not photographs:
        return 0.0
    scan(bench, layers, photographs)
    return _spent(bench, lambda: scan(bench, layers, photographs)) / len(photographs)


def _spent(bench: Bench, work: Callable[[], object]) -> float:
    """Seconds of the processor, of all its cores; of a clock where a GPU works."""
    if bench.device.type != "cuda":
        clock = time.process_time if bench.device.type == "cpu" else time.perf_counter
        before = clock()
        work()
        return clock() - before
    torch.cuda.synchronize(bench.device)
    before = time.perf_counter()
    work()
    torch.cuda.synchronize(bench.device)
    return time.perf_counter() - before
