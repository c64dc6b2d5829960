"""Can a picture be believed? Figures beside every rendered picture, from the real photographs.

A picture made by optimisation always looks like something. What these figures ask is whether it
excites the filter as real things do, this filter more than others, and the same way twice.
``ordinary`` holds what photographs do to a layer, computed once for all of its filters;
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
from generator.findings.trust.ordinary import Ordinary, ordinary
from generator.findings.trust.path_similarity import LIKE, Path, Station

__all__ = [
    "LIKE",
    "RISING",
    "SELECTIVE",
    "STABLE",
    "Ordinary",
    "Path",
    "Station",
    "Trust",
    "gain",
    "ordinary",
    "stands_out",
    "trust",
]
