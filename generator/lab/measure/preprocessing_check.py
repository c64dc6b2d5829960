"""Classifies photographs of known classes under several preprocessings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from generator.artifacts.artifact import Recognition
from generator.lab.loading.models import Bench
from generator.lab.measure.activations import load
from generator.models.preprocessing import (
    CLASSES,
    LabelledPhotograph,
    PreprocessingVariant,
    preprocessing_variants,
)
from generator.plan import RecognitionTask

_AT_ONCE = 5


def recognition(task: RecognitionTask, bench: Bench) -> Recognition:
    """What the network makes of each photograph, prepared in each way."""
    likelihoods: list[Tensor] = []
    pixels = load(bench, [each.photograph for each in task.known])
    for way in preprocessing_variants(bench.card.preprocessing):
        logits = _logits(pixels, bench, way)
        if logits is None:
            empty = np.zeros((0, len(task.known)), dtype=np.float32)
            return Recognition(empty, empty)
        likelihoods.append(logits.float().log_softmax(1))
    named = [[_named(row, k.classes) for row, k in _each(task, each)] for each in likelihoods]
    right = [
        [float(row[list(k.classes)].logsumexp(0)) for row, k in _each(task, each)]
        for each in likelihoods
    ]
    return Recognition(np.array(named, dtype=np.float32), np.array(right, dtype=np.float32))


def _each(task: RecognitionTask, rows: Tensor) -> Iterator[tuple[Tensor, LabelledPhotograph]]:
    yield from zip(rows, task.known, strict=True)


def _named(row: Tensor, classes: Sequence[int]) -> bool:
    return bool(set(row.topk(5).indices.tolist()) & set(classes))


def _logits(pixels: Tensor, bench: Bench, way: PreprocessingVariant) -> Tensor | None:
    """(photographs, 1000) on the CPU; None where that is not what the network gives.

    A network whose weights end early gives nothing: what comes after them cannot be run.
    """
    if len(bench.card.classes) != CLASSES:
        return None
    prepared = replace(bench, card=replace(bench.card, preprocessing=way.preprocessing))
    found: list[Tensor] = []
    with torch.no_grad():
        for some in torch.split(pixels.flip(1) if way.swapped else pixels, _AT_ONCE):
            logits = bench.network(prepared.prepare(some))
            if not isinstance(logits, Tensor) or logits.shape[1:] != (CLASSES,):
                return None
            found.append(logits.cpu())
    return torch.cat(found)
