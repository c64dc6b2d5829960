"""T6: whether the response comes from the object, by occlusion.

Covering the thing must lower the response more than covering as much of the same shape beside it.
Known only where the library says where the thing is: by boxes, or by a cut-out's transparency.
"""

from __future__ import annotations

import numpy as np

from generator.artifacts.artifact import Occlusion
from generator.findings.auc_test import seeded
from generator.findings.standardize import Scale
from generator.findings.test_records import Estimate, Localisation, OccludedPhotograph
from generator.findings.thresholds import Thresholds
from generator.statistics import mean_interval


def in_the_image(
    claim: str, coverings: tuple[Occlusion, ...], *, column: int, scale: Scale
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
    return Estimate(float(drops.mean()), *mean_interval(drops, seeded(claim, "T6 bootstrap")))


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
    return t6.drop.low > 0
