"""The table of a claim's tests, and the figures beside it."""

from __future__ import annotations

from math import isfinite

from generator.findings import claim_tests
from generator.findings.claim_tests.base import Details
from generator.findings.claim_tests.t5_whole_range import Bin, ResponseRange
from generator.findings.findings import ClaimFinding
from generator.findings.number_text import NONE, fixed, percent
from generator.findings.thresholds import Thresholds
from generator.pages.parts import BinView, Row, TestView


def rows_of_tests(finding: ClaimFinding, lines: Thresholds) -> tuple[TestView, ...]:
    """One line for each test."""
    return tuple(
        TestView(test.name, test.question, test.row(finding.results.of(test), lines))
        for test in claim_tests.TESTS
    )


def details(finding: ClaimFinding) -> tuple[Details, ...]:
    """The further figures of the tests that have any."""
    results = ((test, finding.results.of(test)) for test in claim_tests.TESTS)
    found = (test.details(result) for test, result in results if result is not None)
    return tuple(each for each in found if each)


def bins(t5: ResponseRange | None) -> tuple[BinView, ...]:
    """T5's bins, the strongest responses first."""
    return tuple(_bin(each) for each in reversed(t5.bins)) if t5 else ()


def _bin(found: Bin) -> BinView:
    return BinView(
        span=f"{fixed(found.low)} to {fixed(found.high)}",
        share=percent(found.share),
        width=round(100 * found.share),
        contribution=percent(found.contribution) if isfinite(found.contribution) else NONE,
        counts=(str(found.positives), str(found.lookalikes), str(found.controls)),
    )


def thresholds(lines: Thresholds) -> tuple[Row, ...]:
    """Every line that a verdict depends on, with its meaning."""
    return tuple(
        Row(
            row.name,
            (f"{row.value:g}", f"{row.default:g}" if row.changed else "", row.meaning),
        )
        for row in lines.rows
    )
