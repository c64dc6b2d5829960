"""Lucent (torch-lucent 0.1.8): Lucid for PyTorch, 512 steps with its standard transforms."""

from __future__ import annotations

import random
from importlib import metadata
from pathlib import Path

import numpy as np
import torch
from lucent.optvis import objectives, param, render, transform
from torch import nn

from benchmarks.network import convolutions, imagenet_normalise, index
from benchmarks.runner.job import Job, Pixels, eight_bits

STEPS = 512


def prepare(source: Path, layer: str) -> nn.Sequential:
    """The network up to the layer: Lucent itself does not stop there."""
    return convolutions(source, upto=layer)


def picture(network: nn.Sequential, job: Job) -> Pixels:
    """As its tutorial does it, at another size; its own normalisation is handed in as a transform.

    Its ``set_seed`` forgets NumPy, which draws the transforms; it leaves its hooks behind.
    """
    random.seed(job.seed)
    np.random.seed(job.seed)
    torch.manual_seed(job.seed)
    (made,) = render.render_vis(
        network,
        objectives.channel(str(index(job.layer)), job.filter),
        lambda: param.image(job.size),
        transforms=[*transform.standard_transforms, imagenet_normalise],
        thresholds=(max(1, round(STEPS * job.budget)),),
        preprocess=False,
        progress=False,
        show_image=False,
    )
    for module in network.modules():
        module._forward_hooks.clear()
    return eight_bits(made[0])


def version(job: Job) -> str:
    """Of the package that is installed."""
    return metadata.version("torch-lucent")
