"""Classifies photographs of known classes under several preprocessings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from generator.artifacts.artifact import Recognition
from generator.lab.engines.thread_pool import on_every_core
from generator.lab.loading.models import Bench
from generator.lab.measure.activations import load
from generator.models.preprocessing import (
    CLASSES,
    LabelledPhotograph,
    PreprocessingVariant,
    preprocessing_variants,
)
from generator.plan import RecognitionTask

_AT_ONCE = 5  # photographs
_Batch = tuple[PreprocessingVariant, Tensor]  # photographs, (some, 3, side, side) in [0, 1]


def recognition(task: RecognitionTask, bench: Bench) -> Recognition:
    """What the network makes of each photograph, prepared in each way."""
    ways = preprocessing_variants(bench.card.preprocessing)
    found = _log_likelihoods(load(bench, [each.photograph for each in task.known]), bench, ways)
    if found is None:
        empty = np.zeros((0, len(task.known)), dtype=np.float32)
        return Recognition(empty, empty)
    named = [[_named(row, k.classes) for row, k in _each(task, each)] for each in found]
    right = [
        [float(row[list(k.classes)].logsumexp(0)) for row, k in _each(task, each)] for each in found
    ]
    return Recognition(np.array(named, dtype=np.float32), np.array(right, dtype=np.float32))


def _each(task: RecognitionTask, rows: Tensor) -> Iterator[tuple[Tensor, LabelledPhotograph]]:
    yield from zip(rows, task.known, strict=True)


def _named(row: Tensor, classes: Sequence[int]) -> bool:
    return bool(set(row.topk(5).indices.tolist()) & set(classes))


def _log_likelihoods(
    pixels: Tensor, bench: Bench, ways: Sequence[PreprocessingVariant]
) -> list[Tensor] | None:
    """For each way (photographs, 1000) on the CPU; None where the network does not give that.

    A network whose weights end early gives nothing: what comes after them cannot be run.
    """
    if len(bench.card.classes) != CLASSES:
        return None
    parts = [pixels[at : at + _AT_ONCE] for at in range(0, len(pixels), _AT_ONCE)]
    batches = [(way, part) for way in ways for part in parts]
    found: list[Tensor] = []
    on_cpu = bench.device.type == "cpu"
    for each in on_every_core(_classify, batches, bench) if on_cpu else _in_turn(batches, bench):
        if each is None:
            return None
        found.append(each)
    logits = torch.cat(found)
    return [logits[at : at + len(pixels)] for at in range(0, len(logits), len(pixels))]


def _in_turn(batches: Iterable[_Batch], bench: Bench) -> Iterator[Tensor | None]:
    for batch in batches:
        yield _classify(batch, bench)


def _classify(batch: _Batch, bench: Bench) -> Tensor | None:
    """Logarithms of likelihoods, (photographs, 1000); None where the network gives others."""
    way, pixels = batch
    prepared = replace(bench, card=replace(bench.card, preprocessing=way.preprocessing))
    with torch.no_grad():
        logits = bench.network(prepared.prepare(pixels.flip(1) if way.swapped else pixels))
        if not isinstance(logits, Tensor) or logits.shape[1:] != (CLASSES,):
            return None
        return logits.cpu().float().log_softmax(1)
