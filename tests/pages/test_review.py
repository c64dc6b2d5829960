"""The table of all claims: what it says, and what it is sorted and filtered by."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.findings.findings import Findings
from generator.findings.test_results import TestResults
from generator.pages.review import COLUMNS, review_page
from tests import records


@pytest.fixture(scope="module")
def findings() -> Findings:
    return records.findings()


def test_every_claim_has_a_row_with_a_cell_for_each_column(findings: Findings):
    view = review_page(findings).view
    assert [row.card.id for row in view.rows] == ["arches", "birds", "cats"]
    assert [column.head for column in view.columns] == [head for head, _ in COLUMNS]
    assert all(len(row.cells) == len(view.columns) for row in view.rows)


def test_cells_are_sorted_by_plain_numbers(findings: Findings):
    n, t1, t2, rank, hits, p = review_page(findings).view.rows[0].cells
    claim = findings.claims[0]
    assert n.text == f"{claim.count('positive')} / 20 / 60"
    assert float(n.key) == claim.count("positive")
    assert (t1.text, t1.key, t1.interval) == ("0.93", "0.93", "0.88 to 0.98")
    assert (t2.text, t2.key, t2.interval) == ("0.86", "0.86", "0.77 to 0.93")
    assert (rank.text, rank.key, rank.interval) == ("1", "1", "1 to 4")
    assert (hits.text, hits.key, hits.interval) == ("70 %", "0.7", "48 % to 86 %")
    assert (p.text, p.key) == ("0.0012", "0.0012")


def test_what_was_not_measured_has_no_key(findings: Findings):
    empty = replace(findings.claims[0], results=TestResults(), p_holm=float("nan"))
    view = review_page(replace(findings, claims=(empty, *findings.claims[1:]))).view
    assert [cell.key for cell in view.rows[0].cells[1:]] == ["", "", "", "", ""]


def test_networks_are_compared_by_the_same_figures(findings: Findings):
    evidence = tuple(replace(each, family="same") for each in findings.study.evidence)
    several = replace(findings, study=replace(findings.study, evidence=evidence))
    (compared,) = review_page(several).view.compared
    assert [row.id for row in compared.rows] == ["arches", "birds", "cats"]
    _, _, rank, hits, p = compared.rows[0].cells
    assert (rank.text, rank.interval) == ("1 of 512", "1 to 4")
    assert (hits.text, hits.interval) == ("70 %", "48 % to 86 %")
    assert len(compared.heads) == len(compared.rows[0].cells)
    assert p.interval == ""
