"""T7: whether the classifier uses the filter, by ablation. Reported; decides nothing.

The filter's channel is set to zero, and so is, one by one, each of fifty others that are about as
active on the same photographs: silencing anything moves the logits, and the more so the more it
spoke.
"""

from __future__ import annotations

import numpy as np
import scipy

from generator.artifacts.artifact import Ablation
from generator.findings.auc_test import seeded
from generator.findings.response_table import Table
from generator.findings.test_records import AblationEffect, Estimate
from generator.images.photographs import Photograph
from generator.spec.report import Claim
from generator.statistics import mean_interval
from generator.statistics.auc import Array

PEERS = 50
PHOTOGRAPHS = 16  # each costs the whole network, once for each of the channels
LINKED = 5


def peers(table: Table, positives: tuple[Photograph, ...], own: int) -> tuple[int, ...]:
    """The claimed channel, then those whose mean activation on the positives is nearest to its."""
    active = table.mean[table.rows(positives)].mean(axis=0, dtype=np.float64)
    order = np.argsort(np.abs(active - active[own]), kind="stable").tolist()
    return (own, *[channel for channel in order if channel != own][:PEERS])


def chosen(positives: tuple[Photograph, ...]) -> tuple[Photograph, ...]:
    """Which positives are used: the first by their hashes, so that no one has picked them."""
    return tuple(sorted(positives, key=lambda photograph: photograph.sha256)[:PHOTOGRAPHS])


def network_uses_it(
    claim: Claim, ablations: tuple[Ablation, ...], classes: tuple[str, ...]
) -> AblationEffect | None:
    """What the linked classes lose without the filter; None without a classifier or positives."""
    if not ablations or not classes:
        return None
    plain = np.stack([each.plain for each in ablations]).astype(np.float64)
    without = np.stack([each.without for each in ablations]).astype(np.float64)
    if not (np.isfinite(plain).all() and np.isfinite(without).all()):
        return None
    linked = named(claim, classes) or _given(plain)
    drops = plain[:, None] - without  # (photographs, channels, classes)
    own = drops[:, 0, linked].mean(axis=1)
    every = drops[:, :, linked].mean(axis=(0, 2))
    return AblationEffect(
        classes=tuple((index, classes[index]) for index in linked),
        named=bool(claim.classes),
        drop=Estimate(float(own.mean()), *mean_interval(own, seeded(claim.id, "T7 bootstrap"))),
        rank=int(np.count_nonzero(every >= every[0])),
        of=len(every),
        others=float(np.median(every[1:])) if len(every) > 1 else float("nan"),
        everywhere=float(drops[:, 0].mean()),
        photographs=len(ablations),
    )


def named(claim: Claim, classes: tuple[str, ...]) -> list[int]:
    """The numbers of the classes that a claim names; what the network does not have is left out."""
    folded = [name.casefold() for name in classes]
    numbers = (
        written if isinstance(written, int) else _number(written, folded)
        for written in claim.classes
    )
    known = (number for number in numbers if number is not None and number < len(classes))
    return list(dict.fromkeys(known))


def _number(name: str, folded: list[str]) -> int | None:
    return folded.index(name.casefold()) if name.casefold() in folded else None


def _given(plain: Array) -> list[int]:
    """The classes that the network finds most probable on these photographs, on average."""
    mean = scipy.special.softmax(plain, axis=1).mean(axis=0)
    found: list[int] = np.argsort(-mean, kind="stable")[:LINKED].tolist()
    return found
