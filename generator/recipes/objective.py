"""What a picture maximises: filters, weights, positions."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from hashlib import sha256
from math import hypot
from typing import Literal

Place = tuple[int, int] | Literal["centre"]


@dataclass(frozen=True, slots=True)
class Term:
    """One channel of a layer's output and how much it counts.

    ``at`` is a place of the layer's map for the published picture, (row, column) from 0, or its
    centre; None means the mean over the whole map.
    """

    filter: int
    weight: float = 1.0
    at: Place | None = None

    @property
    def words(self) -> str:
        """The channel, without its weight."""
        if self.at is None:
            return f"the mean of filter {self.filter}"
        if self.at == "centre":
            return f"filter {self.filter} at the centre of its map"
        row, column = self.at
        return f"filter {self.filter} at row {row}, column {column} of its map"


@dataclass(frozen=True, slots=True)
class Objective:
    """A weighted sum of channels of one layer, before its activation function.

    As a ``direction`` the weights are scaled to length 1: the objective is how far the layer's
    output lies along a direction in channel space, whatever the length it was written with.
    """

    terms: tuple[Term, ...]
    direction: bool = False

    @property
    def weights(self) -> tuple[float, ...]:
        """The weight of every term as it enters the sum."""
        length = hypot(*(term.weight for term in self.terms)) if self.direction else 1.0
        return tuple(term.weight / length for term in self.terms)

    @property
    def channel(self) -> int | None:
        """The filter whose mean this is, or None if it is anything else."""
        return self.terms[0].filter if self == of_channel(self.terms[0].filter) else None

    @property
    def words(self) -> str:
        """What is maximised, as a part of a sentence."""
        if self.direction:
            parts = _signed((t.weight, f"filter {t.filter}") for t in self.terms)
            at = self.terms[0].at
            where = "over the map" if at is None else "at the centre of the map"
            if at is not None and at != "centre":
                where = f"at row {at[0]}, column {at[1]} of the map"
            return f"the direction {parts} {where}"
        if len(self.terms) == 1 and self.terms[0].weight < 0:
            times = "" if self.terms[0].weight == -1 else f"{-self.terms[0].weight:g} × "
            return f"the negative of {times}{self.terms[0].words}, which silences it"
        return _signed((term.weight, term.words) for term in self.terms)

    @property
    def digest(self) -> int:
        """A number that is the objective's own, for seeding: 32 bits."""
        text = json.dumps(asdict(self), sort_keys=True)
        return int(sha256(text.encode()).hexdigest()[:8], 16)


def of_channel(number: int) -> Objective:
    """The mean of one channel: what a picture of a filter maximises."""
    return Objective((Term(number),))


def _signed(parts: Iterable[tuple[float, str]]) -> str:
    """Weighted parts joined by their signs: 2 × a − 0.5 × b."""
    text = ""
    for weight, words in parts:
        sign = ("− " if weight < 0 else "+ ") if text else ("−" if weight < 0 else "")
        times = "" if abs(weight) == 1 else f"{abs(weight):g} × "
        text += f"{' ' if text else ''}{sign}{times}{words}"
    return text
