"""T7: whether the classifier uses the filter, by ablation. Reported; decides nothing.

The filter's channel is set to zero, and so is, one by one, each of fifty others that are about as
active on the same photographs: silencing anything moves the logits, and the more so the more it
spoke.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from generator.artifacts.artifact import Ablation
from generator.findings.claim_tests.auc_test import seeded
from generator.findings.claim_tests.base import (
    Cell,
    ClaimArtifacts,
    ClaimTest,
    Details,
    Sample,
    TestRow,
    estimate_cells,
)
from generator.findings.estimate import Estimate
from generator.findings.number_text import fixed, interval
from generator.findings.response_table import Table
from generator.findings.thresholds import Thresholds
from generator.images.photographs import Photograph
from generator.spec.report import Claim
from generator.spec.study import Evidence
from generator.statistics import mean_interval
from generator.statistics.auc import Array

PEERS = 50
PHOTOGRAPHS = 16  # each costs the whole network, once for each of the channels
LINKED = 5


@dataclass(frozen=True, slots=True)
class AblationEffect:
    """T7: what the classifier loses without the filter.

    Attributes
    ----------
    classes:
        Numbers and names of the linked classes.
    named:
        Whether the spec names them; else they are those that the network gives the positives.
    drop:
        Mean of (logit − logit without the filter) over the positives and the linked classes.
    rank, of:
        Place of that drop among those of the filter and of others of like mean activation.
    others:
        The median drop of those others.
    everywhere:
        The filter's mean drop over all classes: far below ``drop`` where it serves these.
    photographs:
        How many positives were used.
    """

    classes: tuple[tuple[int, str], ...]
    named: bool
    drop: Estimate
    rank: int
    of: int
    others: float
    everywhere: float
    photographs: int


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


def ablations_of(
    evidence: Evidence, channels: tuple[int, ...], made: ClaimArtifacts
) -> tuple[Ablation, ...]:
    """Those of a claim's filter on the positives that were chosen for it."""
    hashes = {photograph.sha256 for photograph in chosen(evidence.positives)}
    wanted = (evidence.claim.layer, channels)
    found = (
        each
        for each in made.ablations
        if (each.layer, each.channels) == wanted and each.photograph in hashes
    )
    return tuple(sorted(found, key=lambda each: each.photograph))


class NetworkUsesIt(ClaimTest[AblationEffect]):
    """Ablation of the filter."""

    name = "T7"
    heading = "does the network use it?"
    question = "Does the network use it for what is claimed?"
    explanation = (
        "Where the weights have a classifier: the filter’s channel is set to zero after its "
        "activation function, and so is, one by one, each of the fifty others whose mean "
        "activation on the positives is nearest to its own. By how much the logits of the "
        "linked classes fall (those that the claim names, else the five that the network finds "
        "most probable on the positives), and at which place among these that stands. Up to "
        "sixteen positives. It is reported, and no verdict depends on it."
    )
    record = AblationEffect
    columns = ("t7", "t7_low", "t7_high", "t7_rank", "t7_of")

    def measure(self, sample: Sample) -> AblationEffect | None:
        """What the linked classes lose; None without a classifier."""
        evidence, made = sample.evidence, sample.made
        channels = peers(sample.table, evidence.positives, sample.claim.filter)
        done = ablations_of(evidence, channels, made)
        return network_uses_it(sample.claim, done, made.classes)

    def row(self, result: AblationEffect | None, lines: Thresholds) -> TestRow:
        """By how much the logits fall; nothing is decided."""
        if result is None:
            return TestRow(statistic="not measured: it needs a classifier", limit="reported")
        return TestRow(
            statistic=f"logits fall by {fixed(result.drop.value)}, rank {result.rank} of"
            f" {result.of}",
            interval=interval(result.drop),
            limit="reported",
            outcome="reported",
        )

    def cells(self, result: AblationEffect | None) -> tuple[Cell, ...]:
        """The drop, and its rank."""
        if result is None:
            return super().cells(None)
        return (*estimate_cells(result.drop), result.rank, result.of)

    def details(self, result: AblationEffect) -> Details:
        """The figures beside the rank."""
        whose = (
            "named by the claim" if result.named else "those the network gives these photographs"
        )
        fall = f"{fixed(result.drop.value)} ({interval(result.drop)})"
        return Details(
            "T7 in numbers: the network without the filter",
            "T7: the filter’s channel is set to zero; so is, one by one, each of the channels "
            "whose mean activation on the positives is nearest to its own",
            (
                (f"Classes, {whose}", ", ".join(f"{name} ({k})" for k, name in result.classes)),
                ("Their logits fall without the filter by", fall),
                ("Without one of the other channels (median)", fixed(result.others)),
                ("Channels compared, of like mean activation", str(result.of - 1)),
                ("Place of the filter’s fall among all of these", f"{result.rank} of {result.of}"),
                ("All logits fall by", fixed(result.everywhere)),
                ("Positives used", str(result.photographs)),
            ),
        )


T7 = NetworkUsesIt()
