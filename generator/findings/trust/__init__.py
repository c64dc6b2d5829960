"""Can a picture be believed? Figures beside every rendered picture, from the real photographs.

A picture made by optimisation always looks like something. What these figures ask is whether it
excites the filter as real things do, this filter more than others, and the same way twice.
``photograph_means`` holds what photographs do to a layer, computed once for all of its filters;
``figures`` compares a picture with that.
"""

from generator.findings.trust.figures import (
    RISING,
    SELECTIVE,
    STABLE,
    Trust,
    gain,
    stands_out,
    trust,
)
from generator.findings.trust.path_similarity import LIKE, PathLayer, PathSimilarity
from generator.findings.trust.photograph_means import PhotographMeans, mean_activations

__all__ = [
    "LIKE",
    "RISING",
    "SELECTIVE",
    "STABLE",
    "PathLayer",
    "PathSimilarity",
    "PhotographMeans",
    "Trust",
    "gain",
    "mean_activations",
    "stands_out",
    "trust",
]
