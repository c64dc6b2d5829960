"""The Study: a spec with every name resolved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from generator.images.photographs import Photograph
from generator.spec.report import Claim, Spec

Role = Literal["positive", "lookalike", "control"]
DISCOVERED = "used for discovery"


@dataclass(frozen=True, slots=True)
class RemovedPhotograph:
    """A photograph that was taken out of the evidence, and why."""

    photograph: Photograph
    role: Role
    reason: str

    @property
    def discovered(self) -> bool:
        """Whether it chose the filter, or repeats a photograph that did."""
        return DISCOVERED in self.reason


def count_groups(photographs: tuple[Photograph, ...]) -> int:
    """How many independent ones there are: photographs of one group count as one."""
    return len({each.group or f"/{each.sha256}" for each in photographs})


@dataclass(frozen=True, slots=True)
class Evidence:
    """A claim with the photographs of each role, disjoint, in the order of their names.

    ``family`` is the id under which the same is claimed of several filters; empty otherwise.
    ``title`` is what the spec has pages call the claim's layer, or empty.
    """

    claim: Claim
    positives: tuple[Photograph, ...]
    lookalikes: tuple[Photograph, ...]
    controls: tuple[Photograph, ...]
    discovery: tuple[Photograph, ...]
    removed: tuple[RemovedPhotograph, ...]
    family: str = ""
    title: str = ""

    @property
    def layer(self) -> str:
        """What sentences call the claim's layer, as the titles of pages do."""
        return self.title or self.claim.layer

    @property
    def hand_picked(self) -> tuple[Role, ...]:
        """The roles against which it is tested whose photographs the spec lists one by one."""
        roles: tuple[tuple[Role, object], ...] = (
            ("lookalike", self.claim.lookalikes),
            ("control", self.claim.controls),
        )
        return tuple(role for role, selection in roles if isinstance(selection, tuple))

    @property
    def is_choice_declared(self) -> bool:
        """Whether the report says by what the filter was chosen."""
        return bool(self.claim.discovery or self.claim.chosen)

    @property
    def photographs(self) -> tuple[Photograph, ...]:
        """Everything that is tested: positives, look-alikes and controls."""
        return self.positives + self.lookalikes + self.controls


@dataclass(frozen=True, slots=True)
class Study:
    """A checked report: nothing in it is left to be looked up, guessed or refused.

    Attributes
    ----------
    folder:
        The spec's folder; relative paths of the spec count from it.
    pages:
        The folder of hand-written pages, or None.
    library:
        Every photograph that is scanned: the library and whatever the claims name beside it,
        each file once, in the order of their names.
    warnings:
        What was left out and why, for the terminal and the provenance page.
    lines:
        First and last line of each claim in the spec's file, in the order of the claims.
    """

    spec: Spec
    file: Path
    folder: Path
    pages: Path | None
    library: tuple[Photograph, ...]
    evidence: tuple[Evidence, ...]
    warnings: tuple[str, ...]
    lines: tuple[tuple[int, int], ...] = ()
