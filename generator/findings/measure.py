"""Runs T1 to T8 for one claim."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.findings.auc_test import AucTest
from generator.findings.interventions import Interventions
from generator.findings.response_table import Table
from generator.findings.standardize import scale_of
from generator.findings.t1_more_than_ordinary import more_than_ordinary
from generator.findings.t2_more_than_lookalikes import more_than_lookalikes
from generator.findings.t3_which_filter import resampled_layer, which_filter
from generator.findings.t4_detects import detection
from generator.findings.t5_whole_range import whole_range
from generator.findings.t6_in_the_image import in_the_image
from generator.findings.t7_network_uses_it import network_uses_it, peers
from generator.findings.test_records import (
    AblationEffect,
    Detection,
    Localisation,
    Rank,
    ResponseRange,
)
from generator.findings.thresholds import Thresholds
from generator.findings.validity import find_fault
from generator.images.photographs import Photograph
from generator.spec.study import Evidence

NOTHING = Interventions()


@dataclass(frozen=True, slots=True)
class Measurements:
    """What verdicts are made of.

    Attributes
    ----------
    fault:
        Why nothing may be said (the claim is invalid), or empty.
    p:
        max(p of T1, p of T2): the claim needs both, so the weaker decides
        (intersection-union test). 1 where nothing was measured.
    constant:
        The filter responds to all positives and controls with the same number.
    strongest:
        Name of the look-alike that excites the filter most, or empty.
    """

    evidence: Evidence
    fault: str
    t1: AucTest | None = None
    t2: AucTest | None = None
    t3: Rank | None = None
    p: float = 1.0
    constant: bool = False
    strongest: str = ""
    t4: Detection | None = None
    t5: ResponseRange | None = None
    t6: Localisation | None = None
    t7: AblationEffect | None = None


def measure(
    evidence: Evidence,
    table: Table | None,
    *,
    shuffles: int,
    lines: Thresholds,
    done: Interventions = NOTHING,
) -> Measurements:
    """Run T1, T2 (where there are look-alikes) and T3 to T7 on a claim's photographs."""
    fault = find_fault(evidence, table)
    if fault or table is None:
        return Measurements(evidence, fault)
    claim = evidence.claim
    positives, lookalikes, controls = (
        table.pooled[table.rows(group)]
        for group in (evidence.positives, evidence.lookalikes, evidence.controls)
    )
    own = claim.filter
    own_groups = (positives[:, own], lookalikes[:, own], controls[:, own])
    resampled = resampled_layer(claim.id, positives, controls)
    t1 = more_than_ordinary(claim.id, positives[:, own], controls[:, own], shuffles=shuffles)
    t2 = None
    if len(lookalikes):
        t2 = more_than_lookalikes(
            claim.id, positives[:, own], lookalikes[:, own], shuffles=shuffles
        )
    return Measurements(
        evidence=evidence,
        fault="",
        t1=t1,
        t2=t2,
        t3=which_filter(positives, controls, own, resampled=resampled),
        t4=detection(*own_groups, lines=lines),
        t5=whole_range(claim.id, *own_groups),
        t6=in_the_image(
            claim.id,
            done.coverings_of(evidence),
            column=done.column,
            scale=scale_of(controls[:, own]),
        ),
        t7=network_uses_it(
            claim, done.ablations_of(evidence, peers(table, evidence.positives, own)), done.classes
        ),
        p=max(test.estimate.p or 0.0 for test in (t1, t2) if test),
        constant=bool(np.ptp(np.concatenate([positives[:, own], controls[:, own]])) == 0),
        strongest=_strongest(evidence.lookalikes, lookalikes[:, own]),
    )


def _strongest(photographs: tuple[Photograph, ...], responses: np.ndarray) -> str:
    return photographs[int(np.argmax(responses))].name if len(photographs) else ""
