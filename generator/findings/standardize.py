"""Standardizes responses: z in standard deviations of a reference group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.statistics.auc import Numbers


@dataclass(frozen=True, slots=True)
class Scale:
    """Mean and standard deviation that make z of a response."""

    mean: float
    deviation: float

    def z(self, response: float) -> float:
        """Standard deviations above the mean; NaN where the reference does not vary."""
        return (response - self.mean) / self.deviation if self.deviation > 0 else float("nan")


def scale_of(responses: Numbers) -> Scale:
    """Standardise on these responses, shape (n,); the deviation is the sample's (n − 1)."""
    values = responses[np.isfinite(responses)].astype(np.float64)
    varies = len(values) > 1 and np.ptp(values) > 0
    return Scale(
        float(values.mean()) if len(values) else float("nan"),
        float(values.std(ddof=1)) if varies else 0.0,
    )
