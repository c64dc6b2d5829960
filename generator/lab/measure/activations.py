"""Responses, feature maps and traces of photographs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from generator.artifacts.artifact import FeatureMaps, Rendering, Responses, Trace
from generator.images.photographs import Photograph, Pixels, as_seen, decode
from generator.lab.hooks import record
from generator.lab.loading.models import Bench
from generator.lab.optimize.image_ops import decode_png
from generator.models.layers import Layer

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


def trace(
    bench: Bench, layers: Sequence[Layer], images: Sequence[Photograph | Rendering]
) -> tuple[Trace, ...]:
    """Follow images through some layers, all in one pass.

    A picture is resized and cropped as a photograph is: its size must not tell them apart.
    """
    pixels = [
        decode(Path(image.path)) if isinstance(image, Photograph) else decode_png(image.png.read())
        for image in images
    ]
    with record(bench.network, layers, keep=_mean) as recorder, torch.no_grad():
        recorder.run(bench.prepare(see(bench, pixels)))
        means = [_mean(recorder.before[layer.name]).flatten(1) for layer in layers]
    widths = tuple(each.shape[1] for each in means)
    rows: np.ndarray = torch.cat(means, dim=1).float().cpu().numpy()
    names = tuple(layer.name for layer in layers)
    return tuple(
        Trace(image.sha256, names, widths, row) for image, row in zip(images, rows, strict=True)
    )


def _mean(maps: Tensor) -> Tensor:
    """Over positions: (batch, channels, 1, 1)."""
    return maps.mean((2, 3), keepdim=True)


def load(bench: Bench, photographs: Sequence[Photograph]) -> Tensor:
    """Decode, resize and crop as the weights want it: (batch, 3, crop, crop), RGB in [0, 1]."""
    return see(bench, [decode(Path(photograph.path)) for photograph in photographs])


def see(bench: Bench, pixels: Sequence[Pixels]) -> Tensor:
    """Resize and crop decoded images as the weights want it: (batch, 3, crop, crop) in [0, 1]."""
    return stacked(bench, [fitted(bench, each) for each in pixels])


def stacked(bench: Bench, seen: Sequence[Pixels]) -> Tensor:
    """Images that are fitted, (crop, crop, 3), on the device: (batch, 3, crop, crop) in [0, 1]."""
    pixels = torch.from_numpy(np.stack(seen)).to(bench.device)
    return pixels.permute(0, 3, 1, 2).float().div(255)


def view(bench: Bench, photograph: Photograph) -> Pixels:
    """What of a photograph reaches the network: (crop, crop, 3), RGB, 8 bits."""
    return fitted(bench, decode(Path(photograph.path)))


def fitted(bench: Bench, pixels: Pixels) -> Pixels:
    """What of a decoded image reaches the network: (crop, crop, 3), RGB, 8 bits."""
    wanted = bench.card.preprocessing
    return as_seen(
        pixels, resize=wanted.resize, crop=wanted.crop, interpolation=wanted.interpolation
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
