"""The results of a claim's tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from generator.findings.claim_tests import T1, T2, T3, T4, T5, T6, T7, T8
from generator.findings.claim_tests.auc_test import AucEstimate
from generator.findings.claim_tests.base import ClaimTest
from generator.findings.claim_tests.t1_more_than_ordinary import OrdinaryEstimate
from generator.findings.claim_tests.t3_which_filter import Rank
from generator.findings.claim_tests.t4_detects import Detection
from generator.findings.claim_tests.t5_whole_range import ResponseRange
from generator.findings.claim_tests.t6_in_the_image import Localisation
from generator.findings.claim_tests.t7_network_uses_it import AblationEffect
from generator.findings.claim_tests.t8_picture_agrees import PictureAgreement

R = TypeVar("R")


@dataclass(frozen=True, slots=True, eq=False)
class TestResults:
    """What each test of `TESTS` found, by its name; a test without a result is None.

    ``t1`` is None only where nothing could be measured (the verdict is ``invalid``).
    """

    __test__ = False  # pytest collects classes of this name

    by_name: Mapping[str, Any] = field(default_factory=dict)

    def of(self, test: ClaimTest[R]) -> R | None:
        """The result of a test."""
        result: R | None = self.by_name.get(test.name)
        return result

    @property
    def t1(self) -> OrdinaryEstimate | None:
        """AUC of positives against controls."""
        return self.of(T1)

    @property
    def t2(self) -> AucEstimate | None:
        """AUC of positives against look-alikes."""
        return self.of(T2)

    @property
    def t3(self) -> Rank | None:
        """Rank of the filter in its layer."""
        return self.of(T3)

    @property
    def t4(self) -> Detection | None:
        """The filter as a detector."""
        return self.of(T4)

    @property
    def t5(self) -> ResponseRange | None:
        """Share of positives over the whole range."""
        return self.of(T5)

    @property
    def t6(self) -> Localisation | None:
        """What occlusion does."""
        return self.of(T6)

    @property
    def t7(self) -> AblationEffect | None:
        """What ablation does."""
        return self.of(T7)

    @property
    def t8(self) -> PictureAgreement | None:
        """How the rendered picture excites the filter."""
        return self.of(T8)
