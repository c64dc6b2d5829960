"""A further test of claims costs one module and one line: it appears wherever results do."""

from __future__ import annotations

import csv
import html
import io
import json
from dataclasses import dataclass

import pytest

from generator.findings import claim_tests
from generator.findings.claim_tests.base import Cell, ClaimTest, Details, Sample, TestRow
from generator.findings.number_text import fixed
from generator.findings.thresholds import Thresholds
from generator.markdown import Names, Renderer
from generator.markdown.numbers import claim_numbers
from generator.pages import compose
from generator.pages.charts import Svg
from generator.results.write import claims_csv, results
from tests.findings.studies import case, detector
from tests.records import ROOT

TEMPLATES = ROOT / "site_src" / "templates"


@dataclass(frozen=True)
class Distance:
    """A toy statistic."""

    mean: float


class FurtherApart(ClaimTest[Distance]):
    """A toy test: the difference of two means."""

    name = "T9"
    heading = "how far apart?"
    question = "How far are the means apart?"
    explanation = "The difference of two means, see <a href='{calibration}'>calibration</a>."
    record = Distance
    columns = ("distance",)

    def measure(self, sample: Sample) -> Distance:
        positives, _, controls = sample.responses
        return Distance(float(positives.mean() - controls.mean()))

    def row(self, result: Distance | None, lines: Thresholds) -> TestRow:
        return TestRow(statistic=f"{fixed(result.mean)} apart" if result else "not measured")

    def cells(self, result: Distance | None) -> tuple[Cell, ...]:
        return (result.mean if result else None,)

    def details(self, result: Distance) -> Details:
        return Details("T9 in numbers", "Two means", (("Distance", fixed(result.mean)),))


@pytest.fixture
def _toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claim_tests, "TESTS", (*claim_tests.TESTS, FurtherApart()))


@pytest.mark.usefixtures("_toy")
def test_a_further_test_is_wherever_results_are() -> None:
    findings = case(*detector()).find()
    distance = findings.claims[0].results.of(FurtherApart())
    assert distance is not None
    assert distance.mean > 0
    published = json.loads(results(findings))
    assert published["evidence"]["tests"][-1] == "T9"
    assert published["claims"][0]["t9"]["mean"] == pytest.approx(distance.mean, rel=1e-5)
    (row,) = csv.DictReader(io.StringIO(claims_csv(findings)))
    assert float(row["distance"]) == pytest.approx(distance.mean, rel=1e-5)
    names = Names.of(findings.study.spec)
    site = compose(findings)
    renderer = Renderer(site, names, templates=TEMPLATES, draw=lambda _: Svg("<svg/>"))
    pages = {page.path: html.unescape(renderer.generated(page)) for page in site.pages}
    claim = pages[f"claims/{findings.claims[0].claim.id}.md"]
    for words in ("How far are the means apart?", f"{fixed(distance.mean)} apart", "Two means"):
        assert words in claim
    assert "T9: how far apart?" in pages["method.md"]
    assert "href='calibration.html'>calibration</a>" in pages["method.md"]
    assert "t9.mean" in claim_numbers()
