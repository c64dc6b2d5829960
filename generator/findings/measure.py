"""Everything that is measured for one claim, before anything is judged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.findings.contrast import Contrast
from generator.findings.records import Detection, Rank, Spread
from generator.findings.t1_more_than_ordinary import more_than_ordinary
from generator.findings.t2_more_than_lookalikes import more_than_lookalikes
from generator.findings.t3_which_filter import resampled_layer, which_filter
from generator.findings.t4_detects import detection
from generator.findings.t5_whole_range import whole_range
from generator.findings.tables import Table
from generator.findings.thresholds import Thresholds
from generator.photographs import Photograph
from generator.spec.study import Evidence


@dataclass(frozen=True, slots=True)
class Measured:
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
    t1: Contrast | None = None
    t2: Contrast | None = None
    t3: Rank | None = None
    p: float = 1.0
    constant: bool = False
    strongest: str = ""
    t4: Detection | None = None
    t5: Spread | None = None


def measure(
    evidence: Evidence, table: Table | None, *, shuffles: int, lines: Thresholds
) -> Measured:
    """Run T1, T2 (where there are look-alikes) and T3 to T5 on a claim's photographs."""
    fault = find_fault(evidence, table)
    if fault or table is None:
        return Measured(evidence, fault)
    claim = evidence.claim
    positives, lookalikes, controls = (
        table.pooled[table.rows(group)]
        for group in (evidence.positives, evidence.lookalikes, evidence.controls)
    )
    own = claim.filter
    own_groups = (positives[:, own], lookalikes[:, own], controls[:, own])
    resampled = resampled_layer(claim.id, positives, controls)
    t1 = more_than_ordinary(
        claim.id, positives[:, own], controls[:, own], resampled=resampled[own], shuffles=shuffles
    )
    t2 = None
    if len(lookalikes):
        t2 = more_than_lookalikes(
            claim.id, positives[:, own], lookalikes[:, own], shuffles=shuffles
        )
    return Measured(
        evidence=evidence,
        fault="",
        t1=t1,
        t2=t2,
        t3=which_filter(positives, controls, own, resampled=resampled),
        t4=detection(claim.id, *own_groups, lines=lines),
        t5=whole_range(claim.id, *own_groups),
        p=max(test.estimate.p or 0.0 for test in (t1, t2) if test),
        constant=bool(np.ptp(np.concatenate([positives[:, own], controls[:, own]])) == 0),
        strongest=_strongest(evidence.lookalikes, lookalikes[:, own]),
    )


def find_fault(evidence: Evidence, table: Table | None) -> str:
    """Why the evidence may not be used at all, in words that end a sentence; empty if it may."""
    used = evidence.photographs
    hashes = [photograph.sha256 for photograph in used]
    discovery = {photograph.sha256 for photograph in evidence.discovery}
    leaked = [photograph for photograph in used if photograph.sha256 in discovery]
    if leaked:
        return f"{named(leaked)} chose the filter, and may not count as evidence for it as well"
    if len(set(hashes)) < len(hashes):
        twice = [each for each in used if hashes.count(each.sha256) > 1]
        return f"{named(twice)} stand in the evidence more than once"
    for role, group in (("positives", evidence.positives), ("controls", evidence.controls)):
        if not group:
            return f"there are no {role} left to test it on"
    lost = [photograph for photograph in used if table is None or table.row(photograph) is None]
    if table is None or lost:
        return (
            f"no response was recorded for {named(lost)} (the file's hash differs, or is unknown)"
        )
    broken = [photograph for photograph in used if not table.finite(photograph)]
    return f"the responses to {named(broken)} are not all finite numbers" if broken else ""


def named(photographs: list[Photograph]) -> str:
    """The first photograph by name, and how many more."""
    names = list(dict.fromkeys(photograph.name for photograph in photographs))
    return names[0] + (f" and {len(names) - 1} more" if len(names) > 1 else "")


def _strongest(photographs: tuple[Photograph, ...], responses: np.ndarray) -> str:
    return photographs[int(np.argmax(responses))].name if len(photographs) else ""
