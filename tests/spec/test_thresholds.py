"""Lines between verdicts that a report draws itself."""

from __future__ import annotations

import json

from generator.results.write import results
from generator.spec.thresholds import Thresholds
from tests.findings.studies import case, detector
from tests.spec.conftest import REPORT, Check


def test_a_report_may_draw_its_own_lines(check: Check):
    study = check(REPORT.replace("gates:", "thresholds: {t1_low: 0.9, min_positives: 20}\ngates:"))
    lines = study.spec.thresholds
    assert (lines.t1_low, lines.min_positives, lines.alpha) == (0.9, 20, 0.05)
    assert [row.name for row in lines.rows if row.changed] == ["min_positives", "t1_low"]


def test_a_report_that_draws_none_has_the_protocols(check: Check):
    lines = check().spec.thresholds
    assert lines == Thresholds()
    assert not any(row.changed for row in lines.rows)
    assert all(row.meaning.endswith((".", "…")) for row in lines.rows)


def test_the_verdict_and_the_results_go_by_the_reports_own_lines():
    base = case(*detector(shift=3.5))
    assert base.claim().verdict.code == "supported"
    for update, code in (
        ({"t1_low": 1.0}, "weak"),
        ({"min_positives": 21}, "underpowered"),
        ({"alpha": 1e-9}, "not_significant"),
    ):
        found = base.with_lines(Thresholds(**update)).find()
        assert found.claims[0].verdict.code == code
        rows = {row["name"]: row for row in json.loads(results(found))["thresholds"]}
        ((name, value),) = update.items()
        assert (rows[name]["value"], rows[name]["changed"]) == (value, True)
        assert not rows["t2_auc"]["changed"]


def test_the_prevalence_changes_figures_and_no_verdict():
    base = case(*detector(shift=3))
    rare, common = (base.with_lines(Thresholds(prevalence=share)).claim() for share in (0.01, 0.5))
    assert rare.results.t4 is not None
    assert common.results.t4 is not None
    assert rare.results.t4.average_precision < common.results.t4.average_precision
    assert (rare.results.t4.hits, rare.results.t4.r) == (
        common.results.t4.hits,
        common.results.t4.r,
    )
    assert rare.verdict == common.verdict
