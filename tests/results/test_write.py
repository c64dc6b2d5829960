"""results.json and the CSV files: complete, stable, harmless."""

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest

from generator import __version__
from generator.results.csv import cell, claims_csv, filters_csv, responses_csv
from generator.results.write import picture_path, results
from tests.findings.studies import case, claim, detector, with_claims


def test_results_hold_every_number_of_a_claim():
    base = with_claims(case(*detector()), claim("a"), claim("b", index=3))
    findings = base.find()
    text = results(findings)
    assert text.endswith("}\n")
    read = json.loads(text)
    assert read["format"] == 1
    assert read["software"]["version"] == __version__
    assert set(read["software"]["algorithms"]) >= {"render", "scan", "evidence"}
    assert list(read) == sorted(read)
    first, found = read["claims"][0], findings.claims[0]
    assert found.results.t1 is not None
    assert found.results.t3 is not None
    assert first["t1"]["low"] == pytest.approx(found.results.t1.low, rel=1e-5)
    assert first["t1"]["p"] == pytest.approx(found.results.t1.p, rel=1e-5)
    assert first["t3"]["margin"]["value"] == pytest.approx(found.results.t3.margin.value, rel=1e-5)
    assert first["n"] == {"positives": 20, "lookalikes": 40, "controls": 100, "removed": 0}
    assert first["verdict"]["code"] == found.verdict.code
    assert first["review"]["status"] == "pending"
    assert len(first["photographs"]) == 160
    assert set(first["photographs"][0]) == {
        "photograph",
        "sha256",
        "role",
        "mean",
        "max",
        "z",
        "rank",
    }
    assert {row["name"] for row in read["thresholds"]} >= {"t1_low", "alpha"}


def test_results_hold_every_filter():
    read = json.loads(results(case(*detector()).find()))
    (found,) = read["filters"]
    assert found["files"] == ["pictures/features.24/0.png"] == [picture_path("features.24", 0)]
    assert (found["activation"], found["recipe"], found["seed"]) == (12.5, "multiscale", 0)
    assert found["claims"] == ["claim"]


def test_what_is_no_number_is_null():
    groups = detector()
    groups[1][7, 0] = np.nan
    text = results(case(*groups).find())
    assert "NaN" not in text
    assert "Infinity" not in text
    read = json.loads(text)["claims"][0]
    assert (read["t1"], read["verdict"]["code"]) == (None, "invalid")
    broken = next(p for p in read["photographs"] if p["photograph"] == "control/007.jpg")
    assert broken["mean"] is None


def test_paths_of_this_machine_stay_out():
    assert "/nowhere" not in results(case(*detector()).find())


def test_numbers_have_six_digits():
    read = json.loads(results(case(*detector()).find()))
    value = read["claims"][0]["photographs"][0]["mean"]
    assert value == float(f"{value:.6g}")


def test_responses_as_rows():
    found = case(*detector()).claim()
    rows = list(csv.DictReader(io.StringIO(responses_csv(found))))
    header = "role name subject mean max z rank sha256 licence source"
    assert list(rows[0]) == [*header.split(), "covered", "elsewhere", "alone", "inside", "area"]
    assert len(rows) == 160
    assert float(rows[0]["z"]) == pytest.approx(found.scores[0].z, rel=1e-5)


def test_claims_and_filters_as_rows():
    findings = with_claims(case(*detector()), claim("a"), claim("b", index=3)).find()
    rows = list(csv.DictReader(io.StringIO(claims_csv(findings))))
    assert [row["id"] for row in rows] == ["a", "b"]
    assert rows[0]["verdict"] == findings.claims[0].verdict.code
    assert float(rows[0]["t1_low"]) <= float(rows[0]["t1"]) <= float(rows[0]["t1_high"])
    assert rows[0]["of"] == "40"
    pictures = list(csv.DictReader(io.StringIO(filters_csv(findings))))
    assert [row["picture"] for row in pictures] == [picture_path("features.24", k) for k in (0, 3)]


def test_an_invalid_claim_has_empty_cells():
    base = case(*detector())
    findings = replace(base, responses=()).find()
    (row,) = csv.DictReader(io.StringIO(claims_csv(findings)))
    assert row["t1"] == row["rank"] == row["margin"] == ""
    assert row["p"] == "1.0"


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\tx", "\rx", "\n=x", "-", "=-1"]
)
def test_formulas_are_disarmed(text: str):
    assert cell(text) == "'" + text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("-0.5", "-0.5"),
        ("+1e-3", "+1e-3"),
        (-0.5, "-0.5"),
        (float("nan"), ""),
        (None, ""),
        (True, "true"),
        (7, "7"),
        ("arches, rows", "arches, rows"),
    ],
)
def test_what_is_harmless_stays(value: str | float | None, text: str):
    assert cell(value) == text


def test_hostile_names_survive_quoting():
    found = case(*detector()).claim()
    hostile = replace(found.scores[0].photograph, name='=HYPERLINK("x")', subject='a,"b"\nc')
    changed = replace(found, scores=(replace(found.scores[0], photograph=hostile),))
    (row,) = csv.DictReader(io.StringIO(responses_csv(changed)))
    assert row["name"] == '\'=HYPERLINK("x")'
    assert row["subject"] == 'a,"b"\nc'
