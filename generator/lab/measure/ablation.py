"""Classifier logits with channels set to zero (T7)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from generator.artifacts.artifact import Ablation, Floats
from generator.images.photographs import Photograph
from generator.lab.hooks import ablate_channels
from generator.lab.loading.models import Bench
from generator.lab.measure.activations import load
from generator.models.layers import Layer

ROWS_AT_ONCE = 16


def ablate(bench: Bench, layer: Layer, channels: Sequence[int], photograph: Photograph) -> Ablation:
    """The logits of one photograph, and those without each of some channels of a layer.

    A channel is set to zero where the network reads it: after the layer's activation function,
    or at the layer's own output where it has none.
    """
    pixels = bench.prepare(load(bench, [photograph]))
    plain = _logits(bench, pixels)[0]
    parts: list[Floats] = []
    for start in range(0, len(channels), ROWS_AT_ONCE):
        part = channels[start : start + ROWS_AT_ONCE]
        with ablate_channels(bench.network, layer, part):
            parts.append(_logits(bench, pixels.expand(len(part), -1, -1, -1)))
    return Ablation(
        layer.name, tuple(channels), photograph.sha256, plain=plain, without=np.concatenate(parts)
    )


def _logits(bench: Bench, inputs: torch.Tensor) -> Floats:
    """What the classifier says: (batch, classes)."""
    with torch.no_grad():
        logits: Floats = bench.network(inputs).float().cpu().numpy()
    return logits
