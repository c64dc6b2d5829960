"""CSV files for spreadsheets, safe from formulas."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

from generator.findings import claim_tests
from generator.findings.claim_tests.base import Cell
from generator.findings.claim_tests.t6_in_the_image import OccludedPhotograph
from generator.findings.findings import ClaimFinding, Findings
from generator.results.paths import picture_path, six_digits

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # wide signs too: East Asian spreadsheets run them


def responses_csv(found: ClaimFinding) -> str:
    """One row for each photograph of a claim: what it is, and how the tested filter responds.

    The last columns are T6's: responses with the thing covered, the same shape elsewhere covered,
    and everything but the thing covered; the shares of the map's strongest 1 % and of the picture
    that lie on the thing.
    """
    t6 = found.results.t6
    covered = {each.photograph: each for each in t6.photographs} if t6 else {}
    return _csv(
        "role name subject mean max z rank sha256 licence source"
        " covered elsewhere alone inside area",
        (
            (
                score.role,
                score.photograph.name,
                score.photograph.subject,
                score.mean,
                score.max,
                score.z,
                score.rank,
                score.photograph.sha256,
                score.photograph.licence,
                score.photograph.source,
                *_covered(covered.get(score.photograph.sha256)),
            )
            for score in found.scores
        ),
    )


def claims_csv(findings: Findings) -> str:
    """One row for each claim: verdict, group sizes and every statistic with its interval."""
    tests = " ".join(column for test in claim_tests.TESTS for column in test.columns)
    header = (
        "id layer filter statement verdict sentence positives lookalikes controls removed"
        f" {tests} p p_holm review by on"
    )
    return _csv(header, (_claim(found) for found in findings.claims))


def filters_csv(findings: Findings) -> str:
    """One row for each filter's picture."""
    return _csv(
        "layer filter recipe size seed activation dead device picture claims",
        (
            (
                found.layer,
                found.filter,
                found.rendering.recipe,
                found.rendering.size,
                found.rendering.seed,
                found.rendering.activation,
                found.rendering.dead,
                found.rendering.device,
                picture_path(found.layer, found.filter) if found.original else "",
                " ".join(found.claims),
            )
            for layer in findings.layers
            for found in layer.filters
        ),
    )


def cell(value: Cell) -> str:
    """One cell's text; a leading apostrophe disarms what a spreadsheet would run.

    Text that begins like a formula but is a number (−0.5) stays as it is.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        digits = six_digits(value)
        return "" if digits is None else repr(digits)
    text = str(value)
    harmless = not text.startswith(_FORMULA) or _NUMBER.fullmatch(text) is not None
    return text if harmless else f"'{text}"


def _claim(found: ClaimFinding) -> tuple[Cell, ...]:
    claim, review = found.claim, found.claim.review
    return (
        claim.id,
        claim.layer,
        claim.filter,
        claim.statement,
        found.verdict.code,
        found.verdict.sentence,
        found.count("positive"),
        found.count("lookalike"),
        found.count("control"),
        len(found.removed),
        *(cell for test in claim_tests.TESTS for cell in test.cells(found.results.of(test))),
        found.p,
        found.p_holm,
        review.status,
        review.by,
        review.on.isoformat() if review.on else None,
    )


def _covered(found: OccludedPhotograph | None) -> tuple[Cell, ...]:
    if found is None:
        return (None,) * 5
    return found.covered, found.elsewhere, found.alone, found.inside, found.area


def _csv(header: str, rows: Iterable[tuple[Cell, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header.split())
    writer.writerows([cell(value) for value in row] for row in rows)
    return text.getvalue()
