"""Records of all findings: what pages and results.json are made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.artifacts.artifact import FeatureMap, Floats, Rendering
from generator.findings.contribution_types import Contributions
from generator.findings.test_results import TestResults
from generator.findings.trust import Trust
from generator.images.photographs import Photograph
from generator.models.card import ModelCard
from generator.spec.gates import VerdictCode
from generator.spec.report import Claim
from generator.spec.study import RemovedPhotograph, Role, Study


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
    ``p_choice`` is the max-T p that counts where the choice of the filter is not declared, else
    None. ``hand_picked`` are the roles whose photographs the spec lists one by one.
    """

    claim: Claim
    verdict: Verdict
    results: TestResults
    p: float
    p_holm: float
    p_choice: float | None
    scores: tuple[Score, ...]
    removed: tuple[RemovedPhotograph, ...]
    best: tuple[Exhibit, ...]
    worst: tuple[Exhibit, ...]
    counterexamples: tuple[Exhibit, ...]
    profile: Floats
    hand_picked: tuple[Role, ...] = ()

    def count(self, role: Role) -> int:
        """How many photographs were tested in that role."""
        return sum(score.role == role for score in self.scores)


@dataclass(frozen=True, slots=True, eq=False)
class OtherPicture:
    """A picture beside the main one: ``label`` says in which way it is another."""

    label: str
    rendering: Rendering


@dataclass(frozen=True, slots=True, eq=False)
class RangePhotograph:
    """A photograph on the way down a filter's range; ``share`` of all excite the filter less."""

    share: float
    exhibit: Exhibit


@dataclass(frozen=True, slots=True)
class Histogram:
    """A filter's responses to all photographs that were scanned, by the pooling that decides.

    Attributes
    ----------
    low, high:
        The weakest and the strongest response: the ends of the bins.
    counts:
        Photographs in bins of equal width from ``low`` to ``high``; one bin if these are the same.
    threshold:
        Half way from the median photograph to the strongest one: above it, a photograph is said to
        excite the filter.
    share:
        Of photographs above ``threshold``.
    active:
        Share of photographs on which the filter's map rises above 0 anywhere.
    """

    low: float
    high: float
    counts: tuple[int, ...]
    threshold: float
    share: float
    active: float


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another filter of the layer, and how alike both respond: Pearson's r over photographs."""

    filter: int
    r: float


@dataclass(frozen=True, slots=True, eq=False)
class FilterFinding:
    """A filter's picture and the photographs that excite it most (of all that were scanned).

    ``range`` goes on from there down to the photograph that excites the filter least; ``similar``
    are the filters of the layer whose responses go most alike with it, the most similar first.
    ``others`` are its variants and those of other recipes. ``original`` is whether the site holds
    the picture's PNG as well: in a layer of very many filters, those of claims alone.
    ``scanned`` is how many images of a scan stand behind ``top``, ``range`` and ``histogram``; 0
    where these are of the library.
    """

    layer: str
    filter: int
    rendering: Rendering
    top: tuple[Exhibit, ...]
    claims: tuple[str, ...]
    trust: Trust | None = None
    others: tuple[OtherPicture, ...] = ()
    range: tuple[RangePhotograph, ...] = ()
    histogram: Histogram | None = None
    similar: tuple[Neighbour, ...] = ()
    original: bool = True
    feeding: Contributions | None = None
    scanned: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class ObjectiveFinding:
    """A picture of something else than one filter; ``words`` say what it maximises."""

    id: str
    words: str
    rendering: Rendering
    others: tuple[OtherPicture, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class LayerFinding:
    layer: str
    title: str
    channels: int
    filters: tuple[FilterFinding, ...]
    objectives: tuple[ObjectiveFinding, ...] = ()


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition of ``gates:`` and whether it held."""

    name: str
    held: bool
    detail: str


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """The same claim on several filters, mostly of several networks, in the order of the spec.

    ``id`` is the claim's as it is written; each of ``claims`` has one of its own.
    """

    id: str
    claims: tuple[ClaimFinding, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """Everything that the pages may say.

    ``models`` are the networks in the order of the spec; each but an only one has a name, under
    which the catalogue has the addresses of its layers.
    """

    study: Study
    models: tuple[ModelCard, ...]
    layers: tuple[LayerFinding, ...]
    claims: tuple[ClaimFinding, ...]
    gates: tuple[Gate, ...]

    @property
    def several(self) -> bool:
        """Whether there is more than the one network that needs no name."""
        return bool(self.models[0].name)

    @property
    def renderings(self) -> Iterator[Rendering]:
        """Every picture: of filters, of other objectives, and those beside them."""
        for layer in self.layers:
            pictured: tuple[FilterFinding | ObjectiveFinding, ...]
            pictured = (*layer.filters, *layer.objectives)
            for found in pictured:
                yield found.rendering
                yield from (other.rendering for other in found.others)

    def model_of(self, layer: str) -> ModelCard:
        """The network that a layer of the report belongs to."""
        return model_of(self.models, layer)

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """Every claim that is made on several filters."""
        families: dict[str, list[ClaimFinding]] = {}
        family_of = {each.claim.id: each.family for each in self.study.evidence}
        for claim in self.claims:
            if family := family_of.get(claim.claim.id):
                families.setdefault(family, []).append(claim)
        return tuple(Comparison(name, tuple(claims)) for name, claims in families.items())


def model_of(models: tuple[ModelCard, ...], layer: str) -> ModelCard:
    """The network that a layer belongs to; an only one's are all."""
    return next((each for each in models if each.catalogue.find(layer)), models[0])
