"""Mean activations over photographs: the scale for pictures of a layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generator.statistics.auc import Numbers


@dataclass(frozen=True, slots=True, eq=False)
class PhotographMeans:
    """Mean activations of every channel over the photographs, before the activation function.

    All arrays have the shape (channels,); ``photographs`` is how many they were measured on.
    """

    photographs: int
    mean: Numbers
    deviation: Numbers
    largest: Numbers

    def z(self, response: npt.ArrayLike) -> Numbers:
        """Responses (…, channels) in standard deviations; a channel that never varies stays 0."""
        above = np.asarray(response, dtype=float) - self.mean
        return np.divide(above, self.deviation, out=np.zeros_like(above), where=self.deviation > 0)

    def rank(self, response: npt.ArrayLike, channel: int) -> int | None:
        """Place of a channel among all by z of a response (channels,); 1 is the best.

        None where the channel never varies, or its response is no number: no rank may hang on a
        scale that is not there.
        """
        standard = self.z(response)
        if not (self.deviation[channel] > 0 and np.isfinite(standard).all()):
            return None
        return 1 + int((standard > standard[channel]).sum())


def mean_activations(responses: npt.NDArray[np.floating]) -> PhotographMeans | None:
    """Measure what is ordinary; photographs whose responses are no numbers are left out.

    Parameters
    ----------
    responses:
        Shape (photographs, channels); with fewer than two usable photographs there is no scale,
        and the answer is None.
    """
    usable = responses[np.isfinite(responses).all(axis=1)].astype(float)
    if len(usable) < 2:
        return None
    # A constant's deviation is its last bit's rounding, not 0.
    spread = np.where(np.ptp(usable, axis=0) > 0, usable.std(axis=0), 0.0)
    return PhotographMeans(len(usable), usable.mean(axis=0), spread, usable.max(axis=0))
