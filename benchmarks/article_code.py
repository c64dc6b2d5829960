"""The article's code as published, made to work: plain PyTorch, one filter at a time.

Nothing of the engine is used. What had to change for today's PyTorch, and nothing else: the hook
keeps the activation itself (``torch.tensor(output)`` detaches), as a copy, because the in-place
ReLU behind a convolution would overwrite it; the fast.ai calls are spelled out. As published, the
whole of ``features`` runs in every step, and the result is clipped only when it is saved.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.network import MEAN, STD, convolutions, index
from benchmarks.runner.job import Job, Pixels, eight_bits


class SaveFeatures:
    """What a module put out when it last ran."""

    features: Tensor

    def __init__(self, module: nn.Module) -> None:
        self.hook = module.register_forward_hook(self._keep)

    def _keep(self, _module: nn.Module, _inputs: object, output: Tensor) -> None:
        self.features = output.clone()

    def close(self) -> None:
        """Take the hook off."""
        self.hook.remove()


class FilterVisualizer:
    """Noise, optimised and enlarged in turns."""

    def __init__(self, model: nn.Sequential) -> None:
        self.model = model

    def visualize(  # noqa: PLR0913 (the article's own signature)
        self,
        layer: int,
        filter: int,  # noqa: A002
        image: np.ndarray,
        *,
        sides: Sequence[int],
        lr: float = 0.1,
        opt_steps: int = 20,
        blur: int = 5,
    ) -> np.ndarray:
        """The picture, (side, side, 3), not clipped; ``image`` is the noise, RGB in [0, 1]."""
        mean, std = (np.array(values, np.float32) for values in (MEAN, STD))
        activations = SaveFeatures(self.model.get_submodule(str(layer)))
        for side in (*sides[1:], None):
            normalised = ((image - mean) / std).astype(np.float32)
            variable = torch.from_numpy(normalised).permute(2, 0, 1)[None].contiguous()
            variable.requires_grad_()
            optimizer = torch.optim.Adam([variable], lr=lr, weight_decay=1e-6)
            for _ in range(opt_steps):
                optimizer.zero_grad()
                self.model(variable)
                loss = -activations.features[0, filter].mean()
                loss.backward()  # type: ignore[no-untyped-call]
                optimizer.step()
            output = variable.detach().numpy()[0].transpose(1, 2, 0) * std + mean
            if side is None:
                break
            image = cv2.resize(output, (side, side), interpolation=cv2.INTER_CUBIC)
            image = cv2.blur(image, (blur, blur))
        activations.close()
        return np.asarray(output)


def sides_up_to(size: int, *, start: int = 56, factor: float = 1.2) -> list[int]:
    """56, 67, 80, ... as published; ``size`` comes last."""
    sides = [start]
    while int(factor * sides[-1]) < size:
        sides.append(int(factor * sides[-1]))
    return [*(side for side in sides if side < size), size]


def prepare(source: Path, layer: str) -> nn.Sequential:
    """The whole of ``features``, whatever the layer, as published."""
    return convolutions(source)


def picture(network: nn.Sequential, job: Job) -> Pixels:
    """One picture; a smaller budget takes fewer steps on each side."""
    rng = np.random.RandomState(job.seed)
    sides = sides_up_to(job.size)
    noise = rng.uniform(150, 180, (sides[0], sides[0], 3)).astype(np.uint8) / 255
    steps = max(1, round(20 * job.budget))
    made = FilterVisualizer(network).visualize(
        index(job.layer), job.filter, noise, sides=sides, opt_steps=steps
    )
    return eight_bits(made)


def version(job: Job) -> str:
    """It was published once."""
    return "as published"
