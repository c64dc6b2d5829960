"""What every test of a claim has: what it measures, and how pages and files show it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from generator.artifacts.artifact import Ablation, Floats, Occlusion, Rendering
from generator.findings.estimate import Estimate
from generator.findings.number_text import NONE
from generator.findings.response_table import Table
from generator.findings.thresholds import Thresholds
from generator.images.photographs import Photograph
from generator.spec.report import Claim
from generator.spec.study import Evidence

R = TypeVar("R")
Cell = str | int | float | bool | None


@dataclass(frozen=True, slots=True, eq=False)
class ClaimArtifacts:
    """What a claim's tests use beside the responses.

    ``occlusions`` and ``ablations`` are those of all claims; ``classes`` are the classifier's, none
    without one; ``column`` says which of the four numbers of an occlusion decides; ``picture`` is
    the rendered picture of the filter, None where there is none; ``library`` are all photographs of
    the report; ``strata`` the tags that set kinds of photographs apart.
    """

    occlusions: tuple[Occlusion, ...] = ()
    ablations: tuple[Ablation, ...] = ()
    classes: tuple[str, ...] = ()
    column: int = 2
    picture: Rendering | None = None
    library: tuple[Photograph, ...] = ()
    strata: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """What a test is given: the photographs of a claim and how its layer responds to them.

    Attributes
    ----------
    earlier:
        Results of the tests that stand before it in the table, by name.
    """

    evidence: Evidence
    table: Table
    lines: Thresholds
    made: ClaimArtifacts
    earlier: Mapping[str, Any] = field(default_factory=dict)

    @property
    def claim(self) -> Claim:
        """The claim that is tested."""
        return self.evidence.claim

    @property
    def strata(self) -> tuple[str, ...]:
        """The tags that set kinds of photographs apart."""
        return self.made.strata

    def layer(self, photographs: tuple[Photograph, ...]) -> Floats:
        """Pooled responses of every filter of the layer, shape (photographs, channels)."""
        return self.table.pooled[self.table.rows(photographs)]

    def filter(self, photographs: tuple[Photograph, ...]) -> Floats:
        """Pooled responses of the claimed filter, shape (photographs,)."""
        return self.layer(photographs)[:, self.claim.filter]

    @property
    def responses(self) -> tuple[Floats, Floats, Floats]:
        """Those responses to positives, look-alikes and controls."""
        used = self.evidence
        positives, lookalikes, controls = used.positives, used.lookalikes, used.controls
        return self.filter(positives), self.filter(lookalikes), self.filter(controls)

    @property
    def library(self) -> tuple[Photograph, ...]:
        """Every photograph that was scored and neither shows the claim nor chose the filter.

        It is nobody's choice: what an author picks as look-alikes and controls is a part of it.
        """
        evidence = self.evidence
        removed = (each.photograph for each in evidence.removed if each.role == "positive")
        used = {each.sha256 for each in (*evidence.positives, *evidence.discovery, *removed)}
        return tuple(
            each
            for each in self.made.library
            if each.sha256 not in used and self.table.finite(each)
        )


def group_labels(photographs: tuple[Photograph, ...]) -> npt.NDArray[np.int64]:
    """The group of each photograph as a number, (n,); one without a group is its own."""
    names = [each.group or f"/{each.sha256}" for each in photographs]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return np.array([numbers[name] for name in names], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class TestRow:
    """A result as a row of the claim's page; ``limit`` is what it has to reach.

    ``outcome`` stands in place of yes and no; ``passed`` is None where nothing was decided.
    """

    __test__ = False  # pytest collects classes of this name

    statistic: str = "not measured"
    interval: str = NONE
    p: str = NONE
    limit: str = NONE
    passed: bool | None = None
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Details:
    """Further figures of a result: a table that the reader can open below the rows."""

    summary: str
    caption: str
    rows: tuple[tuple[str, str], ...]


class ClaimTest(ABC, Generic[R]):
    """A test of a claim: `measure` gives a result, the other methods show it.

    Attributes
    ----------
    name, heading, explanation:
        As on the method page. The explanation is HTML; ``{calibration}`` becomes the address of
        the calibration page.
    question:
        What the test asks, in the table of a claim's tests.
    record:
        The class of the record whose fields results.json shows: what an article can name.
    columns:
        Its columns in claims.csv.
    """

    name: ClassVar[str]
    heading: ClassVar[str]
    question: ClassVar[str]
    explanation: ClassVar[str]
    record: ClassVar[type]
    columns: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def measure(self, sample: Sample) -> R | None:
        """The result; None where the sample does not allow one."""

    @abstractmethod
    def row(self, result: R | None, lines: Thresholds) -> TestRow:
        """The result, or why there is none, as a row of the claim's page."""

    def json(self, result: R, lines: Thresholds) -> dict[str, Any]:
        """The result as an object of results.json."""
        return asdict(result)  # type: ignore[call-overload, no-any-return]

    def cells(self, result: R | None) -> tuple[Cell, ...]:
        """The result as cells of claims.csv, one for each of `columns`."""
        return (None,) * len(self.columns)

    def details(self, result: R) -> Details | None:
        """Further figures."""
        return None


def estimate_cells(estimate: Estimate | None) -> tuple[Cell, ...]:
    """An estimate and its interval as cells of claims.csv."""
    return (estimate.value, estimate.low, estimate.high) if estimate else (None,) * 3
