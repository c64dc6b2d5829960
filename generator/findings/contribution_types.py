"""Records of a filter's contributions: what feeds it and what it feeds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConnectedFilter:
    """A filter at the other end of a connection, of another layer.

    ``contribution`` is what the reading filter's mean response before its activation function owes
    to it, ``weight`` the sum of the kernel between both.
    """

    layer: str
    filter: int
    contribution: float
    weight: float


@dataclass(frozen=True, slots=True)
class Contributions:
    """What feeds a filter, and what it feeds: the largest contributions, the largest first.

    Attributes
    ----------
    excites, inhibits:
        Filters that raise and that lower the mean response of this one.
    drives, damps:
        Filters whose mean response this one raises and lowers.
    raised, lowered:
        All contributions above 0, all below: with the bias, the mean response before the
        activation function.
    photographs:
        Over how many the means are.
    why:
        Why nothing can be said to feed it: image, sum, product, flattened, reused, kernel, other.
    """

    excites: tuple[ConnectedFilter, ...] = ()
    inhibits: tuple[ConnectedFilter, ...] = ()
    drives: tuple[ConnectedFilter, ...] = ()
    damps: tuple[ConnectedFilter, ...] = ()
    raised: float = 0.0
    lowered: float = 0.0
    bias: float = 0.0
    photographs: int = 0
    why: str = ""
