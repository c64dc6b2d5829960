"""Responses to photographs with the object occluded (T6)."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from generator.artifacts.artifact import Floats, Occlusion
from generator.images.occlusion_masks import Mask, OccludedImages, mask_of, occlude
from generator.images.photographs import Photograph
from generator.lab.hooks import record
from generator.lab.loading.models import Bench
from generator.lab.measure.activations import pooled, view
from generator.models.layers import Layer

TOP = 0.01  # share of the map's positions that count as its strongest


def covered(
    bench: Bench, wanted: Sequence[tuple[Layer, int]], photograph: Photograph
) -> tuple[Occlusion, ...]:
    """What some filters say of one photograph, as it is and with parts covered, in one pass."""
    fit = bench.card.preprocessing
    mask = mask_of(photograph, resize=fit.resize, crop=fit.crop)
    seed = f"{photograph.sha256} {photograph.boxes}"
    covers = occlude(view(bench, photograph), mask, seed=seed)
    layers = tuple(dict.fromkeys(layer for layer, _ in wanted))
    with record(bench.network, layers, both_sides=True) as recorder, torch.no_grad():
        recorder.run(bench.prepare(_stacked(bench, covers)))
        sides = {
            layer.name: (recorder.before[layer.name], recorder.after.get(layer.name))
            for layer in layers
        }
    return tuple(
        _covering(layer, number, photograph, covers=covers, sides=sides[layer.name])
        for layer, number in wanted
    )


def _stacked(bench: Bench, covers: OccludedImages) -> Tensor:
    views = np.stack([covers.plain, covers.covered, covers.alone, *covers.elsewhere])
    return torch.from_numpy(views).to(bench.device).permute(0, 3, 1, 2).float().div(255)


def _covering(
    layer: Layer,
    number: int,
    photograph: Photograph,
    *,
    covers: OccludedImages,
    sides: tuple[Tensor, Tensor | None],
) -> Occlusion:
    before, after = sides
    values = np.stack([each[:, number] for each in pooled(before, after)], axis=1)
    top = (before if after is None else after)[:1, number : number + 1]
    return Occlusion(
        layer=layer.name,
        filter=number,
        photograph=photograph.sha256,
        plain=values[0],
        covered=values[1],
        alone=values[2],
        elsewhere=values[3:],
        inside=inside(_enlarged(top, covers.mask), covers.mask),
        area=float(covers.mask.mean()),
    )


def _enlarged(feature_map: Tensor, mask: Mask) -> Floats:
    """A map (1, 1, height, width) at the size of the mask, bilinear."""
    size = (mask.shape[0], mask.shape[1])
    whole = functional.interpolate(
        feature_map.float(), size=size, mode="bilinear", align_corners=False
    )
    values: Floats = whole[0, 0].cpu().numpy()
    return values


def inside(values: Floats, mask: Mask) -> float:
    """Share of the strongest 1 % of a map that lies within a mask, both (height, width).

    Positions that tie at the edge of the 1 % share what is left of it. NaN where the map is
    constant or holds what is not a number.
    """
    if not np.isfinite(values).all() or np.ptp(values) == 0:
        return float("nan")
    count = ceil(TOP * values.size)
    edge = np.partition(values, -count, axis=None)[-count]
    above, level = values > edge, values == edge
    share = (count - above.sum()) / level.sum()
    return float((above[mask].sum() + share * level[mask].sum()) / count)
