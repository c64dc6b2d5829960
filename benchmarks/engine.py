"""The engine's own recipes as a worker's tool: as a report would render them, one at a time."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import torch

from benchmarks.runner.job import Job, Pixels
from generator.lab import devices
from generator.lab.accelerate import precision
from generator.lab.loading import models, weights
from generator.lab.loading.models import Bench
from generator.lab.optimize import image_ops
from generator.lab.optimize.render import visualize
from generator.recipes.presets import RECIPES, Recipe
from generator.spec.model import ModelSpec
from generator.system.locations import cache


def prepare(source: Path, layer: str) -> Bench:
    """The engine's network with the engine's weights; ``source`` holds the same tensors."""
    obtained = weights.obtain(ModelSpec(), folder=Path(), cache=cache() / "weights")
    return models.assemble("vgg16", obtained, devices.choose("auto"))


def picture(bench: Bench, job: Job) -> Pixels:
    """The published file, decoded; what the engine measures on the way is part of its time."""
    layer = bench.layer(job.layer)
    (made,) = visualize(bench, layer, [job.filter], recipe=recipe(job), seed=job.seed)
    levels = image_ops.from_png(made.png.read()).mul(255).round().to(torch.uint8)
    return levels.permute(1, 2, 0).numpy()


def recipe(job: Job) -> Recipe:
    """The recipe at the job's size, with ``budget`` times its steps at every scale."""
    whole = RECIPES[job.tool](job.size)
    scales = (
        replace(scale, steps=max(1, round(scale.steps * job.budget))) for scale in whole.scales
    )
    return replace(whole, scales=tuple(scales))


def version(job: Job) -> str:
    """A digest of every constant that could change the picture, and the arithmetic."""
    wanted = recipe(job)
    digest = hashlib.sha256(json.dumps(wanted.constants).encode()).hexdigest()[:12]
    chosen = precision.choose("auto", devices.choose("auto"), exact=wanted.exact)
    return f"{digest} in {chosen.name}"
