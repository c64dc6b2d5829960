"""Gates of a finished report: words, exit codes and JUnit XML."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.results import junit, read
from generator.results.read import Published
from generator.results.write import results
from tests.conftest import Run
from tests.hostile import ALL
from tests.records import findings

TEXT = results(findings())


def report(**gate: object) -> Published:
    """The hand-made report with a single gate."""
    tree = json.loads(TEXT)
    tree["gates"] = [{"name": "allow", "held": True, "detail": "fine"} | gate]
    return read.parse(json.dumps(tree), "x")


def test_what_held_and_what_failed() -> None:
    found = junit.of_findings(findings())
    assert junit.verdict(found) == 1
    assert list(junit.told(found)) == [
        "arches: supported",
        "birds: contradicted",
        "cats: underpowered",
        "gate min_supported: FAILED: 1 claim supported, 2 required",
        "gate allow: held: every verdict is one of those allowed",
        "1 of 2 gates held",
    ]
    assert junit.verdict(report()) == 0


def test_junit_has_a_case_for_each_gate_and_claim() -> None:
    root = Xml.fromstring(junit.junit(junit.of_findings(findings())))
    suites = {suite.get("name"): suite for suite in root}
    assert suites["gates"].attrib == {
        "name": "gates", "tests": "2", "errors": "0", "failures": "1", "skipped": "0",
    }  # fmt: skip
    assert suites["claims"].get("skipped") == "2"
    outcomes = {
        (case.get("classname"), case.get("name")): (case[0].tag, case[0].get("message"))
        for case in root.iter("testcase")
    }
    assert outcomes["filterbook.gates", "min_supported"] == (
        "failure",
        "1 claim supported, 2 required",
    )
    assert outcomes["filterbook.gates", "allow"][0] == "system-out"
    assert outcomes["filterbook.claims", "arches"][0] == "system-out"
    tag, message = outcomes["filterbook.claims", "birds"]
    assert tag == "skipped"
    assert message and message.startswith("contradicted: The upper end")


@given(st.text(max_size=60))
def test_any_text_makes_valid_xml(text: str) -> None:
    found = report(name=text.encode("utf-8", "replace").decode(), held=False)
    root = Xml.fromstring(junit.junit(found).encode())
    assert len(list(root.iter("testcase"))) == 4


def test_hostile_words_in_xml() -> None:
    text = ALL + "\x00\x1b[2J\ufffe]]>"
    (case, *_) = Xml.fromstring(junit.junit(report(name=text))).iter("testcase")
    assert case.get("name", "").endswith("\\x00\\x1b[2J\\ufffe]]>")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A spec's folder with a finished site in it."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "results.json").write_text(TEXT, encoding="utf-8")
    return tmp_path


def test_check_results(run: Run, site: Path) -> None:
    ended = run("check", "--results", "--spec", site / "report.yml")
    assert ended.code == 1
    assert "gate min_supported: FAILED" in ended.out
    named = run("check", "--results", site / "site/results.json", "--junit", site / "a.xml")
    assert (named.code, named.out) == (1, ended.out)
    assert Xml.parse(site / "a.xml").getroot().tag == "testsuites"


def test_check_results_that_hold(run: Run, tmp_path: Path) -> None:
    (tmp_path / "good.json").write_text(report().model_dump_json(), encoding="utf-8")
    ended = run("check", "--results", tmp_path / "good.json")
    assert ended.code == 0
    assert ended.out.endswith("1 of 1 gates held\n")


def test_check_results_refuses(run: Run, site: Path) -> None:
    nothing = run("check", "--results", "--spec", site / "elsewhere" / "report.yml")
    assert nothing.code == 2
    assert "there is no such file" in nothing.err
    lone = run("check", site / "site" / "results.json")
    assert (lone.code, lone.out) == (2, "")
    assert "--results" in lone.err
    folder = run("check", "--results", site / "site/results.json", "--junit", site)
    assert folder.code == 3
    assert "cannot be written" in folder.err


def test_build_writes_junit(run: Run, built: Path, tmp_path: Path) -> None:
    shutil.copytree(built.parent, tmp_path / "report")
    spec, xml = tmp_path / "report" / "report.yml", tmp_path / "junit.xml"
    spec.write_text(spec.read_text() + "gates: {min_supported: 1}\n")
    ended = run("build", "--spec", spec, "--device", "cpu", "--junit", xml)
    assert ended.code == 1
    names = [case.get("name") for case in Xml.parse(xml).getroot().iter("testcase")]
    assert names == ["min_supported", "fish"]
    refused = run("build", "--spec", spec, "--junit", tmp_path / "no" / "junit.xml")
    assert refused.code == 3
    assert "name a file in a folder that exists" in refused.err
