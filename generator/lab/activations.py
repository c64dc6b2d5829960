"""Scanning photographs: how every channel responds, and where on the picture one of them does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from generator.artifacts import FeatureMaps, Responses
from generator.catalogue import Layer
from generator.lab.hooks import record
from generator.lab.models import Bench
from generator.photographs import Photograph, Pixels, as_seen, decode

MAP_SIDE = 56  # maps are kept at this side at most: an overlay shows no more
Places = Sequence[tuple[Layer, Sequence[int]]]  # layers, each with numbers of its filters


def scan(
    bench: Bench, layers: Sequence[Layer], photographs: Sequence[Photograph]
) -> tuple[Responses, ...]:
    """How every channel of each layer responds to each photograph, all in one pass.

    Returns
    -------
    tuple of Responses
        For each photograph, each layer, in that order.
    """
    with record(bench.network, layers, both_sides=True) as recorder, torch.no_grad():
        recorder.run(bench.prepare(load(bench, photographs)))
        sides = {
            layer.name: pooled(recorder.before[layer.name], recorder.after.get(layer.name))
            for layer in layers
        }
    return tuple(
        Responses(layer.name, photograph.sha256, *(values[index] for values in sides[layer.name]))
        for index, photograph in enumerate(photographs)
        for layer in layers
    )


def feature_maps(
    bench: Bench, wanted: Sequence[tuple[Photograph, Places]]
) -> tuple[tuple[FeatureMaps, ...], ...]:
    """The maps of some filters, after their activation function, all photographs in one pass.

    Maps larger than 56 x 56 are averaged down to that.

    Parameters
    ----------
    wanted:
        For each photograph the layers, and of each the numbers of its filters.

    Returns
    -------
    tuple of tuple of FeatureMaps
        For each photograph, one for each of its layers, in that order.
    """
    layers = tuple(dict.fromkeys(layer for _, places in wanted for layer, _ in places))
    with record(bench.network, layers, both_sides=True) as recorder, torch.no_grad():
        recorder.run(bench.prepare(load(bench, [photograph for photograph, _ in wanted])))
        outputs = {
            name: recorder.after.get(name, output) for name, output in recorder.before.items()
        }
    return tuple(
        tuple(
            FeatureMaps(
                layer.name,
                photograph.sha256,
                tuple(filters),
                _small(outputs[layer.name][index, list(filters)]),
            )
            for layer, filters in places
        )
        for index, (photograph, places) in enumerate(wanted)
    )


def load(bench: Bench, photographs: Sequence[Photograph]) -> Tensor:
    """Decode, resize and crop as the weights want it: (batch, 3, crop, crop), RGB in [0, 1]."""
    seen = np.stack([view(bench, photograph) for photograph in photographs])
    return torch.from_numpy(seen).to(bench.device).permute(0, 3, 1, 2).float().div(255)


def view(bench: Bench, photograph: Photograph) -> Pixels:
    """What of a photograph reaches the network: (crop, crop, 3), RGB, 8 bits."""
    wanted = bench.card.preprocessing
    return as_seen(
        decode(Path(photograph.path)),
        resize=wanted.resize,
        crop=wanted.crop,
        interpolation=wanted.interpolation,
    )


def pooled(before: Tensor, after: Tensor | None) -> tuple[np.ndarray, ...]:
    """Mean and maximum over positions of both sides: four arrays (batch, channels)."""
    after = before if after is None else after
    pooled = (before.mean((2, 3)), before.amax((2, 3)), after.mean((2, 3)), after.amax((2, 3)))
    return tuple(values.float().cpu().numpy() for values in pooled)


def _small(maps: Tensor) -> np.ndarray:
    """(filters, height, width), averaged down where it is larger than an overlay shows."""
    if max(maps.shape[1:]) > MAP_SIDE:
        sides = (min(maps.shape[1], MAP_SIDE), min(maps.shape[2], MAP_SIDE))
        maps = functional.adaptive_avg_pool2d(maps.unsqueeze(1), sides).squeeze(1)
    values: np.ndarray = maps.float().cpu().numpy()
    return values
