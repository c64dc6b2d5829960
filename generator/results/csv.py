"""CSV files for spreadsheets, safe from formulas."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

from generator.findings.findings import ClaimFinding, Findings
from generator.findings.test_records import Detection, Estimate, OccludedPhotograph
from generator.results.paths import picture_path, six_digits

Cell = str | int | float | bool | None

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # wide signs too: East Asian spreadsheets run them


def responses_csv(found: ClaimFinding) -> str:
    """One row for each photograph of a claim: what it is, and how the tested filter responds.

    The last columns are T6's: responses with the thing covered, the same shape elsewhere covered,
    and everything but the thing covered; the shares of the map's strongest 1 % and of the picture
    that lie on the thing.
    """
    covered = {each.photograph: each for each in found.t6.photographs} if found.t6 else {}
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
    header = (
        "id layer filter statement verdict sentence positives lookalikes controls removed"
        " t1 t1_low t1_high t1_p t2 t2_low t2_high t2_p rank rank_low rank_high of rival"
        " margin margin_low margin_high hits hits_low hits_high false_alarms average_precision r"
        " top top_low top_high t6 t6_low t6_high t6_photographs t7 t7_low t7_high t7_rank t7_of"
        " p p_holm review by on"
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
    claim, rank, review = found.claim, found.t3, found.claim.review
    place: tuple[Cell, ...] = (None,) * 5
    if rank:
        place = (rank.value, rank.low, rank.high, rank.of, rank.rival)
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
        *_estimate(found.t1),
        *_estimate(found.t2),
        *place,
        *_estimate(rank.margin if rank else None)[:3],
        *_estimate(found.t4.hits if found.t4 else None)[:3],
        *_agreement(found.t4),
        *_estimate(found.t5.top if found.t5 else None)[:3],
        *_estimate(found.t6.drop if found.t6 else None)[:3],
        found.t6.paired if found.t6 else None,
        *_estimate(found.t7.drop if found.t7 else None)[:3],
        found.t7.rank if found.t7 else None,
        found.t7.of if found.t7 else None,
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


def _estimate(estimate: Estimate | None) -> tuple[Cell, ...]:
    if estimate is None:
        return (None,) * 4
    return estimate.value, estimate.low, estimate.high, estimate.p


def _agreement(t4: Detection | None) -> tuple[Cell, ...]:
    return (t4.controls.value, t4.average_precision, t4.r) if t4 else (None,) * 3


def _csv(header: str, rows: Iterable[tuple[Cell, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header.split())
    writer.writerows([cell(value) for value in row] for row in rows)
    return text.getvalue()
