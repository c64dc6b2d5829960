"""DreamLens (0.1.1): ``maximize``, 120 steps with its default transforms."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import numpy as np
import torch
from dreamlens import FeatureVisualizer, RenderConfig
from torch import nn

from benchmarks.network import convolutions, index
from benchmarks.runner.job import Job, Pixels, eight_bits

STEPS = 120


def prepare(source: Path, layer: str) -> nn.Sequential:
    """The network up to the layer."""
    return convolutions(source, upto=layer)


def picture(network: nn.Sequential, job: Job) -> Pixels:
    """The channel's mean, maximised; it normalises by ImageNet's mean and deviation itself."""
    np.random.seed(job.seed)
    torch.manual_seed(job.seed)
    steps = max(1, round(STEPS * job.budget))
    config = RenderConfig(width=job.size, height=job.size, steps=steps)
    visualizer = FeatureVisualizer(network, quiet=True, device="cpu")
    made = visualizer.maximize_channel(str(index(job.layer)), job.filter, config=config)
    return eight_bits(made.as_hwc().numpy())


def version(job: Job) -> str:
    """Of the package that is installed."""
    return metadata.version("dreamlens")
