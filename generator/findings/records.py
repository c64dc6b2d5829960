"""What the evidence says: the records that pages and results.json are made of. No torch."""

from __future__ import annotations

from dataclasses import dataclass

from generator.artifacts import FeatureMap, Floats, ModelCard, Rendering
from generator.photographs import Photograph
from generator.spec.models import Claim, VerdictCode
from generator.spec.study import Removed, Role, Study


@dataclass(frozen=True, slots=True)
class Estimate:
    """A statistic with its 95 % interval and, where it was tested, its one-sided p-value."""

    value: float
    low: float
    high: float
    p: float | None = None


@dataclass(frozen=True, slots=True)
class Rank:
    """Where the filter stands among all filters of its layer by T1's AUC; 1 is the best.

    ``margin`` is the tested filter's AUC minus that of the best other filter (paired bootstrap);
    ``rival`` is that other filter.
    """

    value: int
    low: int
    high: int
    of: int
    rival: int
    margin: Estimate


@dataclass(frozen=True, slots=True)
class Verdict:
    """``code`` decides; ``sentence`` gives the numbers, ``change`` says what would alter it."""

    code: VerdictCode
    sentence: str
    change: str


@dataclass(frozen=True, slots=True)
class Score:
    """The tested filter's response to one photograph.

    ``mean`` and ``max`` are the two poolings of the map on the side that the spec names; ``z`` is
    the pooled value that decides, standardised on the controls; ``rank`` is the filter's place
    among all filters of the layer on this photograph by raw mean (1 is the strongest). Outside of
    a claim ``role`` is None and ``z`` is standardised on all photographs that were scanned.
    """

    photograph: Photograph
    role: Role | None
    mean: float
    max: float
    z: float
    rank: int


@dataclass(frozen=True, slots=True, eq=False)
class Exhibit:
    """A photograph that a page shows: its score, the filter's map, and the article's profile.

    ``profile`` is the mean activation of every feature map of the layer, shape (channels,).
    """

    score: Score
    map: FeatureMap | None
    profile: Floats


@dataclass(frozen=True, slots=True, eq=False)
class ClaimFinding:
    """A claim with everything that was measured for it and against it.

    ``best`` are the positives that excite the filter most, ``worst`` those that excite it least,
    ``counterexamples`` the look-alikes and controls that excite it most, strongest first.
    ``profile`` is the mean activation of every feature map over all positives: (channels,).
    ``t1`` is None only when nothing could be measured (verdict ``invalid``).
    """

    claim: Claim
    verdict: Verdict
    t1: Estimate | None
    t2: Estimate | None
    t3: Rank | None
    p: float
    p_holm: float
    scores: tuple[Score, ...]
    removed: tuple[Removed, ...]
    best: tuple[Exhibit, ...]
    worst: tuple[Exhibit, ...]
    counterexamples: tuple[Exhibit, ...]
    profile: Floats

    def count(self, role: Role) -> int:
        """How many photographs were tested in that role."""
        return sum(score.role == role for score in self.scores)


@dataclass(frozen=True, slots=True, eq=False)
class FilterFinding:
    """A filter's picture and the photographs that excite it most (of all that were scanned)."""

    layer: str
    filter: int
    rendering: Rendering
    top: tuple[Exhibit, ...]
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class LayerFinding:
    layer: str
    title: str
    channels: int
    filters: tuple[FilterFinding, ...]


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition of ``gates:`` and whether it held."""

    name: str
    held: bool
    detail: str


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """Everything that the pages may say."""

    study: Study
    model: ModelCard
    layers: tuple[LayerFinding, ...]
    claims: tuple[ClaimFinding, ...]
    gates: tuple[Gate, ...]
