"""The tests of a claim: one module and one line of `TESTS` each."""

from __future__ import annotations

from typing import Any

from generator.findings.claim_tests.base import ClaimTest
from generator.findings.claim_tests.t1_more_than_ordinary import T1
from generator.findings.claim_tests.t2_more_than_lookalikes import T2
from generator.findings.claim_tests.t3_which_filter import T3
from generator.findings.claim_tests.t4_detects import T4
from generator.findings.claim_tests.t5_whole_range import T5
from generator.findings.claim_tests.t6_in_the_image import T6
from generator.findings.claim_tests.t7_network_uses_it import T7
from generator.findings.claim_tests.t8_picture_agrees import T8

__all__ = ["T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "TESTS"]

# The order of the claim's page, of results.json and of claims.csv.
TESTS: tuple[ClaimTest[Any], ...] = (T1, T2, T3, T4, T5, T6, T7, T8)
