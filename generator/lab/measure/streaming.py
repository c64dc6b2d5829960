"""Summarises the responses to the images of a shard.

Every core takes whole batches: it loads, decodes and sends them through the network by itself,
with one thread. Nothing waits for the others as the threads of one large convolution do, and no
number depends on how many cores there are. On a GPU the cores decode, and take turns at it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from threading import Lock

import torch
from torch import Tensor

from generator.images.photographs import PhotographError, Pixels, decode_bytes
from generator.images.sources.base import Item, UnreadableImageError
from generator.lab.accelerate.inference import quick
from generator.lab.engines.thread_pool import on_every_core
from generator.lab.hooks import record
from generator.lab.loading.models import Bench
from generator.lab.measure.activations import fitted, stacked
from generator.models.layers import Layer
from generator.spec.report import Pooling, Side
from generator.summaries import Accumulator, BatchResponses, ImageId, Summary

Gate = AbstractContextManager[object]  # one at a time, on a GPU
_FILLING = 32  # channels that fill the registers
ON_CPU, ON_GPU = 8, 64  # images to a batch: what fits the caches, and what fills a GPU


@dataclass(frozen=True, slots=True)
class Fault:
    """An image, or ``rows`` of them, that could not be read or decoded."""

    name: str
    reason: str
    rows: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class _BatchResult:
    """A batch that went through: its images, its faults, and each layer's responses."""

    images: list[ImageId]
    faults: list[Fault]
    remarks: list[str]
    responses: tuple[BatchResponses, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """A network, and how its responses are read; ``summarise`` one shard after the other."""

    bench: Bench
    pooling: Pooling
    unit: Side

    def summarise(
        self, layers: Sequence[Layer], shard: str, items: Iterable[Item], *, top: int
    ) -> tuple[Summary, ...]:
        """How each layer responded to the images of a shard, in the order of the layers.

        Batches are cut from the shard's order, so that its numbers depend on nothing else.
        """
        cpu, network = self.bench.device.type == "cpu", self.bench.network
        source = quick(self.bench, layers) if self.unit == "after" else network
        gate: Gate = nullcontext() if cpu else Lock()
        folds = [Accumulator.of(layer.name, layer.channels, top) for layer in layers]
        see = partial(self._see, layers=layers, shard=shard, gate=gate)
        batches = _batches(items, ON_CPU if cpu else ON_GPU)
        for seen in on_every_core(see, batches, replace(self.bench, network=source)):
            for fold, responded in zip(folds, seen.responses, strict=False):
                fold.add(seen.images, responded)
            for fold in folds:
                for fault in seen.faults:
                    fold.spoil(fault.name, fault.reason, fault.rows)
                for remark in seen.remarks:
                    fold.remark(remark)
        return tuple(fold.summary() for fold in folds)

    def _see(
        self, batch: list[Item], bench: Bench, *, layers: Sequence[Layer], shard: str, gate: Gate
    ) -> _BatchResult:
        """Load, decode and show one batch; runs in a thread with modules of its own."""
        images: list[ImageId] = []
        pixels: list[Pixels] = []
        faults: list[Fault] = []
        for item in batch:
            try:
                data = item.load()
                pixels.append(fitted(bench, decode_bytes(data, item.name)))
            except (UnreadableImageError, PhotographError) as error:
                reason = error.reason if isinstance(error, PhotographError) else error.cause
                faults.append(Fault(item.name, reason, item.rows))
                continue
            said = (item.subject, item.source, item.licence)
            digest = hashlib.sha256(data).hexdigest()
            images.append(ImageId(item.name, shard, item.position, digest, *said))
        with gate:
            responses = self._respond(layers, pixels, bench) if pixels else ()
        remarks = [remark for item in batch for remark in item.remarks]
        return _BatchResult(images, faults, remarks, responses)

    def _respond(
        self, layers: Sequence[Layer], pixels: Sequence[Pixels], bench: Bench
    ) -> tuple[BatchResponses, ...]:
        after = self.unit == "after"
        # No inference mode: constants that others keep for climbing may first be made here.
        with torch.no_grad():
            tensor = stacked(bench, pixels)
            with record(
                bench.network,
                layers,
                both_sides=after,
                keep=self._pooled,
                keep_before=_nothing,
            ) as recorder:
                recorder.run(bench.prepare(tensor))
            return tuple(
                self._responded(recorder.after.get(layer.name, recorder.before[layer.name]))
                for layer in layers
            )

    def _pooled(self, maps: Tensor) -> Tensor:
        """What is wanted of maps, (batch, channels, …) → (2, batch, channels): response and peak.

        Where a map is highest is not asked: of the few images that are shown, maps are made again.
        """
        peaks = highest(maps)
        return torch.stack((maps.mean((2, 3)) if self.pooling == "mean" else peaks, peaks)).float()

    def _responded(self, kept: Tensor) -> BatchResponses:
        """As arrays; the maps of the layer where the network stopped are still whole."""
        values, peaks = (kept if kept.dim() == 3 else self._pooled(kept)).cpu().numpy()
        return BatchResponses(values, peaks)


def highest(maps: Tensor) -> Tensor:
    """The largest value of each map: (batch, channels, height, width) → (batch, channels).

    Maps of few channels row by row: side by side, the channels of a row fill the processor's
    registers, which 16 alone do not; that took ten times as long.
    """
    if maps.shape[1] >= _FILLING:
        return maps.amax((2, 3))
    lines = maps.permute(0, 2, 3, 1)  # as maps lie in memory
    return lines.flatten(2).amax(1).view(len(maps), *lines.shape[2:]).amax(1)


def _nothing(maps: Tensor) -> Tensor:
    """Nothing of maps that are read again behind their activation function."""
    return maps[:0]


def _batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
