"""Horama (0.3.0): MACO, 1,000 steps of six crops each on a picture of 1,280 pixels."""

from __future__ import annotations

import os
from functools import partial
from importlib import metadata
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path
from tempfile import TemporaryDirectory

import horama
import numpy as np
import torch
from horama import maco_fv
from torch import Tensor, nn

from benchmarks.network import MEAN, STD, convolutions
from benchmarks.runner.job import Job, Pixels, eight_bits

STEPS = 1000


def prepare(source: Path, layer: str) -> nn.Sequential:
    """The network up to the layer."""
    return convolutions(source, upto=layer)


def picture(network: nn.Sequential, job: Job) -> Pixels:
    """Its picture in the space of the network's input, turned back to RGB.

    It looks for its spectrum in the working directory; the wheel ``dreamlens`` carries the file.
    """
    torch.manual_seed(job.seed)
    maco_fv.tqdm = partial(maco_fv.tqdm, disable=True)

    def activation(crops: Tensor) -> Tensor:
        maps: Tensor = network(crops)
        return maps[:, job.filter].mean()

    with TemporaryDirectory() as folder, as_file(_spectrum()) as spectrum:
        (Path(folder) / maco_fv.MACO_SPECTRUM_FILENAME).symlink_to(spectrum)
        before = Path.cwd()
        os.chdir(folder)
        try:
            made, _ = horama.maco(
                activation,
                total_steps=max(1, round(STEPS * job.budget)),
                image_size=job.size,
                device="cpu",
            )
        finally:
            os.chdir(before)
    rgb = made.detach().permute(1, 2, 0).numpy() * np.array(STD) + MEAN
    return eight_bits(rgb)


def _spectrum() -> Traversable:
    return files("dreamlens") / "data" / "clean_decorrelated.npy"


def version(job: Job) -> str:
    """Of the package that is installed."""
    return metadata.version("horama")
