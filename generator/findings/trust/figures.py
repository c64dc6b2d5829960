"""Figures that say whether a picture can be trusted, with their thresholds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.artifacts.artifact import Rendering
from generator.findings.trust.path_similarity import PathSimilarity
from generator.findings.trust.photograph_means import PhotographMeans
from generator.recipes.presets import RECIPES
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
        its mean and deviation over the photographs; 1 is the best of ``of``. None as well where
        the filter responds to all photographs alike: then nothing can be standardised.
    stability:
        Mean correlation of the layer's standardised responses between pictures from other seeds;
        1 means that every seed finds the same thing.
    gain:
        What a step still added to the objective at the end, as a share of it.
    photographs:
        How many photographs the picture was compared with; 0 where there were too few.
    seeds:
        From how many seeds there were pictures to compare.
    path:
        Whether the network processes it as it processes photographs that excite the filter; None
        for the first layer, and where there are too few photographs to say.
    """

    strength: float | None
    selectivity: int | None
    of: int
    stability: float | None
    gain: float
    photographs: int = 0
    path: PathSimilarity | None = None
    seeds: int = 0

    @property
    def strong(self) -> bool | None:
        """Whether no photograph excites the filter more than the picture."""
        return None if self.strength is None else self.strength >= 1

    @property
    def selective(self) -> bool | None:
        """Whether the filter is the first of its layer, or among the first hundredth."""
        return None if self.selectivity is None else stands_out(self.selectivity, self.of)

    @property
    def stable(self) -> bool | None:
        """Whether other seeds find much the same."""
        return None if self.stability is None else self.stability >= STABLE

    @property
    def converged(self) -> bool:
        """Whether the last step gained next to nothing."""
        return self.gain <= RISING


def stands_out(rank: int, of: int) -> bool:
    """Whether a rank among all channels of a layer is the first, or among the first hundredth."""
    return rank <= max(1, SELECTIVE * of)


def trust(
    picture: Rendering, probes: tuple[Rendering, ...], layer: PhotographMeans | None
) -> Trust:
    """The figures of one picture.

    Parameters
    ----------
    probes:
        Small pictures of the same filter from several seeds; fewer than two say nothing.
    layer:
        What photographs do to the layer; None where there are too few to say.
    """
    own = np.asarray(picture.response, dtype=float)
    if layer is None or len(layer.mean) != len(own) or not np.isfinite(own).all():
        return Trust(None, None, len(own), None, gain(picture))
    largest = float(layer.largest[picture.filter])
    comparable = largest > 0 and np.isfinite(picture.activation)
    seeds = [each.response for each in probes if len(each.response) == len(own)]
    return Trust(
        strength=picture.activation / largest if comparable else None,
        selectivity=layer.rank(own, picture.filter),
        of=len(own),
        stability=_stability([layer.z(response) for response in seeds]),
        gain=gain(picture),
        photographs=layer.photographs,
        seeds=len(seeds),
    )


def gain(picture: Rendering) -> float:
    """What the last step still added to the objective, as a share of where it stood.

    Where every step sees the picture at random, two steps differ by chance: there it is the slope
    of a straight line through the second half of the last scale.
    """
    curve = np.asarray(picture.curve[-_steps(picture) :], dtype=float)
    level = abs(float(curve.mean())) if len(curve) > 2 else abs(float(curve[-1:].sum()))
    if len(curve) < 2 or level == 0 or not np.isfinite(curve).all():
        return 0.0
    return float(np.polyfit(np.arange(len(curve)), curve, 1)[0]) / level


def _steps(picture: Rendering) -> int:
    """Over how many of its last steps a picture's gain is read."""
    recipe = RECIPES[picture.recipe](picture.size) if picture.recipe in RECIPES else None
    if recipe is None or recipe.transforms is None or not recipe.scales[-1].moved:
        return 2
    return max(2, recipe.scales[-1].steps // 2)


def _stability(standard: list[Numbers]) -> float | None:
    """Mean correlation over all pairs of seeds."""
    if len(standard) < 2 or len(standard[0]) < 2:
        return None
    if any(not np.isfinite(each).all() or np.ptp(each) == 0 for each in standard):
        return None
    correlations = np.asarray(np.corrcoef(standard))
    return float(correlations[np.triu_indices(len(standard), 1)].mean())
