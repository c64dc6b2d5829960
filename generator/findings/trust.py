"""Can a picture be believed? Figures beside every rendered picture, from the real photographs.

A picture made by optimisation always looks like something. What these figures ask is whether it
excites the filter as real things do, this filter more than others, and the same way twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.artifacts import Rendering, Responses
from generator.statistics.auc import Numbers

RISING = 0.05  # a last step that still gained more than this share had not converged
SELECTIVE = 0.01  # of the layer's channels: a rank beyond this share does not stand out
STABLE = 0.7  # correlation between seeds: half of what differs between channels is shared


@dataclass(frozen=True, slots=True)
class Trust:
    """Figures of one picture; None where the report has no photographs to compare it with.

    Attributes
    ----------
    strength:
        Published activation over the largest mean activation on any photograph of the report
        (both before the activation function). Below 1, photographs excite the filter more.
    selectivity:
        Rank of the filter among all channels of the layer on this picture, each standardised by
        its mean and deviation over the photographs; 1 is the best of ``of``.
    stability:
        Mean correlation of the layer's standardised responses between pictures from other seeds;
        1 means that every seed finds the same thing.
    gain:
        What the last step still added to the objective, as a share of it.
    """

    strength: float | None
    selectivity: int | None
    of: int
    stability: float | None
    gain: float

    @property
    def strong(self) -> bool | None:
        """Whether no photograph excites the filter more than the picture."""
        return None if self.strength is None else self.strength >= 1

    @property
    def selective(self) -> bool | None:
        """Whether the filter is the first of its layer, or among the first hundredth."""
        if self.selectivity is None:
            return None
        return self.selectivity <= max(1, SELECTIVE * self.of)

    @property
    def stable(self) -> bool | None:
        """Whether other seeds find much the same."""
        return None if self.stability is None else self.stability >= STABLE

    @property
    def converged(self) -> bool:
        """Whether the last step gained next to nothing."""
        return self.gain <= RISING


def trust(
    picture: Rendering, probes: tuple[Rendering, ...], responses: tuple[Responses, ...]
) -> Trust:
    """The figures of one picture.

    Parameters
    ----------
    probes:
        Small pictures of the same filter from several seeds; fewer than two say nothing.
    responses:
        How the layer responds to each photograph of the report.
    """
    own = np.asarray(picture.response)
    usable = [each.mean_before for each in responses if np.isfinite(each.mean_before).all()]
    if len(usable) < 2 or len(usable[0]) != len(own):
        return Trust(None, None, len(own), None, gain(picture))
    real = np.asarray(usable, dtype=float)
    largest = float(real[:, picture.filter].max())
    standard = _standardised(own, real)
    return Trust(
        strength=picture.activation / largest if largest > 0 else None,
        selectivity=1 + int((standard > standard[picture.filter]).sum()),
        of=len(own),
        stability=_stability([_standardised(np.asarray(p.response), real) for p in probes]),
        gain=gain(picture),
    )


def gain(picture: Rendering) -> float:
    """What the last step still added to the objective, as a share of where it stood."""
    if len(picture.curve) < 2 or picture.curve[-1] == 0:
        return 0.0
    return (picture.curve[-1] - picture.curve[-2]) / abs(picture.curve[-1])


def _standardised(response: Numbers, real: Numbers) -> Numbers:
    """Responses in standard deviations of the photographs; a channel that never varies stays 0."""
    spread = real.std(axis=0)
    standard = np.zeros_like(response)
    np.divide(response - real.mean(axis=0), spread, out=standard, where=spread > 0)
    return standard


def _stability(standard: list[Numbers]) -> float | None:
    """Mean correlation over all pairs of seeds."""
    if len(standard) < 2 or len(standard[0]) < 2 or any(each.std() == 0 for each in standard):
        return None
    correlations = np.asarray(np.corrcoef(standard))
    return float(correlations[np.triu_indices(len(standard), 1)].mean())
