"""T6: whether the response comes from the object, by occlusion.

Covering the thing must lower the response more than covering as much of the same shape beside it.
Known only where the library says where the thing is: by boxes, or by a cut-out's transparency.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from generator.artifacts.artifact import Occlusion
from generator.findings.claim_tests import t1_more_than_ordinary as t1_test
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
from generator.findings.number_text import NONE, fixed, interval, percent, plural, probability
from generator.findings.standardize import Scale, scale_of
from generator.findings.thresholds import Thresholds
from generator.spec.study import Evidence
from generator.statistics import mean_interval, sign_flip_p

CHANCE = 0.025  # the largest p of the sign-flip test


@dataclass(frozen=True, slots=True)
class OcclusionEffect:
    """What covering does: to one photograph, or to the mean of several.

    Attributes
    ----------
    covered, elsewhere, alone:
        The response with the thing covered; with the same shape covered beside it (the mean over
        the places, NaN without any); with everything but the thing covered.
    inside, area:
        Share of the map's strongest 1 % that lies on the thing (NaN for a flat map), and of the
        picture that the thing takes.
    """

    covered: float
    elsewhere: float
    alone: float
    inside: float
    area: float


@dataclass(frozen=True, slots=True)
class OccludedPhotograph(OcclusionEffect):
    """T6 on one photograph, by its SHA-256; responses are the pooled ones that decide."""

    photograph: str
    plain: float


@dataclass(frozen=True, slots=True)
class Localisation(OcclusionEffect):
    """T6: what the filter says when the thing in the image is covered.

    Responses are means, as shares of the mean response to the whole photographs; NaN where that is
    not above 0. ``covered`` and ``elsewhere`` are those of ``paired`` photographs.

    Attributes
    ----------
    photographs:
        The positives on which it is known where the thing is, in the order of their hashes.
    paired:
        How many of them have room for the same shape beside the thing; 0 where ``drop`` is None.
    drop:
        Mean of (response with the same shape covered elsewhere − response with the thing covered),
        in standard deviations of the controls; its p is that of a sign-flip test.
    preferred:
        Whether T1 passes: a response that is not there cannot fall.
    """

    photographs: tuple[OccludedPhotograph, ...]
    paired: int
    drop: Estimate | None
    preferred: bool


def in_the_image(
    claim: str, coverings: tuple[Occlusion, ...], *, column: int, scale: Scale, preferred: bool
) -> Localisation | None:
    """What covering does, over all positives on which it is known where the thing is.

    Parameters
    ----------
    column:
        Which of a covering's four numbers decides.
    scale:
        That of the controls.
    """
    every = [_covered(each, column) for each in coverings if each.area > 0]
    sound = tuple(
        each for each in every if np.isfinite([each.plain, each.covered, each.alone]).all()
    )
    if not sound:
        return None
    paired = [each for each in sound if np.isfinite(each.elsewhere)]
    return Localisation(
        photographs=sound,
        paired=len(paired),
        drop=_drop(claim, paired, scale),
        preferred=preferred,
        covered=_share(paired, "covered"),
        elsewhere=_share(paired, "elsewhere"),
        alone=_share(sound, "alone"),
        inside=_mean([each.inside for each in sound]),
        area=_mean([each.area for each in sound]),
    )


def _covered(found: Occlusion, column: int) -> OccludedPhotograph:
    places = found.elsewhere[:, column].astype(np.float64)
    return OccludedPhotograph(
        photograph=found.photograph,
        plain=float(found.plain[column]),
        covered=float(found.covered[column]),
        elsewhere=float(places.mean()) if len(places) else float("nan"),
        alone=float(found.alone[column]),
        inside=found.inside,
        area=found.area,
    )


def _drop(claim: str, paired: list[OccludedPhotograph], scale: Scale) -> Estimate | None:
    if not paired:
        return None
    drops = np.array([each.elsewhere - each.covered for each in paired])
    drops /= scale.deviation if scale.deviation > 0 else 1.0
    interval = mean_interval(drops, seeded(claim, "T6 bootstrap"))
    p = sign_flip_p(drops, seeded(claim, "T6 signs"))
    return Estimate(float(drops.mean()), *interval, p)


def _share(
    photographs: list[OccludedPhotograph] | tuple[OccludedPhotograph, ...], name: str
) -> float:
    """The mean of a response as a share of the mean response to the whole photographs."""
    whole = _mean([each.plain for each in photographs])
    return _mean([getattr(each, name) for each in photographs]) / whole if whole > 0 else np.nan


def _mean(values: list[float]) -> float:
    finite = [value for value in values if np.isfinite(value)]
    return float(np.mean(finite)) if finite else float("nan")


def passes(t6: Localisation | None, lines: Thresholds) -> bool | None:
    """Whether the filter responds to the thing itself; None where too few photographs can tell."""
    if t6 is None or t6.drop is None or t6.paired < lines.t6_photographs:
        return None
    p = t6.drop.p if t6.drop.p is not None else 1.0
    is_large = t6.drop.low > 0 and t6.drop.value >= lines.t6_drop
    return t6.preferred and is_large and p <= CHANCE


def occlusions_of(evidence: Evidence, made: ClaimArtifacts) -> tuple[Occlusion, ...]:
    """Those of a claim's filter on its positives, in the order of their hashes."""
    claim, hashes = evidence.claim, {each.sha256 for each in evidence.positives}
    found = (
        each
        for each in made.occlusions
        if (each.layer, each.filter) == (claim.layer, claim.filter) and each.photograph in hashes
    )
    return tuple(sorted(found, key=lambda each: each.photograph))


class InTheImage(ClaimTest[Localisation]):
    """Occlusion of the object."""

    name = "T6"
    heading = "is it the thing in the image?"
    question = "Is it the thing in the image, or what surrounds it?"
    explanation = (
        "Where it is known where the thing is (by boxes in the library’s index, or by a cut-out’s "
        "transparency): how much more the response falls when the thing is covered by the "
        "photograph’s mean colour than when the same shape is covered beside it, in up to four "
        "random places. The mean over the positives, in standard deviations of the controls. To "
        "pass, it has to be at least half of one, its studentised bootstrap 95 % interval has to "
        "lie above 0, and a sign-flip test has to find it too large for chance; and T1 has to "
        "pass. Beside it: the response to the thing alone, and the share of the map’s strongest "
        "1 % that lies on it. A supported claim that passes is “supported, localised”; one that "
        "does not, or has no boxes, loses nothing."
    )
    record = Localisation
    columns = ("t6", "t6_low", "t6_high", "t6_photographs")

    def measure(self, sample: Sample) -> Localisation | None:
        """What covering the thing does; None where no photograph says where the thing is."""
        return in_the_image(
            sample.claim.id,
            occlusions_of(sample.evidence, sample.made),
            column=sample.made.column,
            scale=scale_of(sample.filter(sample.evidence.controls)),
            preferred=t1_test.passes(sample.earlier["T1"], sample.lines),
        )

    def row(self, result: Localisation | None, lines: Thresholds) -> TestRow:
        """The drop has to be large and no chance, on enough photographs."""
        passed, drop = passes(result, lines), result.drop if result else None
        cost = f"covering costs {fixed(drop.value)} more" if drop else "no room beside the thing"
        return TestRow(
            statistic=f"{cost}, {plural(result.paired, 'photograph')}"
            if result and drop
            else cost
            if result
            else "no photograph says where the thing is",
            interval=interval(drop),
            p=probability(drop.p if drop else None),
            limit=f"{fixed(lines.t6_drop)} or more, p up to {CHANCE:g}, from"
            f" {lines.t6_photographs} photographs",
            passed=passed,
            outcome="too few" if drop and passed is None else "",
        )

    def json(self, result: Localisation, lines: Thresholds) -> dict[str, Any]:
        """With whether the claim is localised."""
        return {**asdict(result), "localised": passes(result, lines)}

    def cells(self, result: Localisation | None) -> tuple[Cell, ...]:
        """The drop, and on how many photographs."""
        drop = estimate_cells(result.drop if result else None)
        return (*drop, result.paired if result else None)

    def details(self, result: Localisation) -> Details:
        """The figures beside the drop."""
        return Details(
            "T6 in numbers: with the thing covered",
            "T6: the thing is covered by the photograph’s mean colour; so is, in up to four other "
            "places, an area of the same shape. Responses are shares of the mean response to the "
            "whole photographs; the drop is in standard deviations of the controls",
            (
                (
                    "Positives on which it is known where the thing is",
                    str(len(result.photographs)),
                ),
                ("Of these, with room beside the thing for as much again", str(result.paired)),
                ("Response with the thing covered", _part(result.covered)),
                ("Response with the same shape covered elsewhere", _part(result.elsewhere)),
                ("Response to the thing alone", _part(result.alone)),
                ("Share of the map’s strongest 1 % on the thing", _part(result.inside)),
                ("Share of the picture that the thing takes", _part(result.area)),
            ),
        )


def _part(share: float) -> str:
    return percent(share) if np.isfinite(share) else NONE


T6 = InTheImage()
