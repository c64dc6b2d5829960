"""Records of the results of T1 to T8."""

from __future__ import annotations

from dataclasses import dataclass


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
class Detection:
    """T4: the filter as a detector, at a threshold that hardly any control reaches.

    Attributes
    ----------
    threshold:
        The pooled response above which a photograph counts as a hit; ``z`` is the same,
        standardised on the controls (NaN where they do not vary).
    hits:
        Share of positives above that very threshold.
    controls, lookalikes:
        False alarms: shares of these above it; None without look-alikes. The interval of the former
        counts in that the threshold was set by these controls.
    precision, f1, average_precision:
        Against controls, were ``prevalence`` of all photographs positives; NaN where undefined.
    r:
        Pearson's correlation of the response with being a positive, among positives and controls.
    """

    threshold: float
    z: float
    hits: Estimate
    controls: Estimate
    lookalikes: Estimate | None
    prevalence: float
    precision: float
    f1: float
    average_precision: float
    r: float


@dataclass(frozen=True, slots=True)
class Bin:
    """A tenth of the responses: from ``low`` to ``high`` in z, and what is found there.

    ``share`` is that of positives, where positives and all others weigh one half each;
    ``contribution`` the bin's part of the expected response. The counts are of photographs.
    """

    low: float
    high: float
    share: float
    contribution: float
    positives: int
    lookalikes: int
    controls: int


@dataclass(frozen=True, slots=True)
class ResponseRange:
    """T5: ten bins from the weakest responses to the strongest, and the share in the last."""

    bins: tuple[Bin, ...]
    top: Estimate


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
        in standard deviations of the controls.
    """

    photographs: tuple[OccludedPhotograph, ...]
    paired: int
    drop: Estimate | None


@dataclass(frozen=True, slots=True)
class AblationEffect:
    """T7: what the classifier loses without the filter.

    Attributes
    ----------
    classes:
        Numbers and names of the linked classes.
    named:
        Whether the spec names them; else they are those that the network gives the positives.
    drop:
        Mean of (logit − logit without the filter) over the positives and the linked classes.
    rank, of:
        Place of that drop among those of the filter and of others of like mean activation.
    others:
        The median drop of those others.
    everywhere:
        The filter's mean drop over all classes: far below ``drop`` where it serves these.
    photographs:
        How many positives were used.
    """

    classes: tuple[tuple[int, str], ...]
    named: bool
    drop: Estimate
    rank: int
    of: int
    others: float
    everywhere: float
    photographs: int


@dataclass(frozen=True, slots=True)
class PictureAgreement:
    """T8: the rendered picture on the scale of the controls, before the activation function.

    ``rank`` is the tested filter's place among all ``of`` filters of the layer by z on the picture
    (1 is the best); ``control`` is the z of the control that excites the filter most.
    """

    z: float
    rank: int
    of: int
    control: float
