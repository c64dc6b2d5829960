"""What each chart shows, as plain numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Svg:
    """A drawing as inline markup of this program's own making; templates print it as it is."""

    markup: str

    def __html__(self) -> str:
        return self.markup


@dataclass(frozen=True, slots=True)
class Dots:
    """The responses of one role's photographs; ``shape`` and ``css`` tell roles apart.

    ``names`` says in words what each dot stands for.
    """

    label: str
    shape: str
    css: str
    values: tuple[float, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """One row of dots for each role over a common axis. ``alt`` says the same in words."""

    rows: tuple[Dots, ...]
    axis: str
    alt: str


@dataclass(frozen=True, slots=True)
class Interval:
    """A statistic with its interval, on a line of its own; ``text`` says both in words."""

    label: str
    value: float
    low: float
    high: float
    text: str


@dataclass(frozen=True, slots=True)
class Intervals:
    """Intervals under each other, with the threshold that their lower ends have to reach."""

    rows: tuple[Interval, ...]
    threshold: float
    axis: str
    alt: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A count, and what the bar stands for in words."""

    count: int
    text: str


Chart = Strip | Intervals
