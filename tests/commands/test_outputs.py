"""Commands that write where their user says: files of others are refused at the start."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import Run


@pytest.fixture
def thesis(tmp_path: Path) -> Path:
    path = tmp_path / "thesis.txt"
    path.write_text("years of work")
    return path


@pytest.mark.parametrize(
    "words",
    [
        ("render", "conv2_1", "33", "-o"),
        ("score", "conv2_1", "FISH", "-o"),
        ("build", "--junit"),
    ],
    ids=lambda words: words[0],
)
def test_a_user_s_file_is_not_overwritten(
    run: Run, built: Path, thesis: Path, words: tuple[str, ...]
) -> None:
    fish = next((built.parent / "photographs" / "fish").iterdir())
    named = [str(fish) if word == "FISH" else word for word in words]
    for target in (thesis, fish, built):
        before = target.read_bytes()
        ended = run(*named, target, "--spec", built, "--device", "cpu")
        assert ended.code == 2
        assert "is there already, and this program did not write it" in ended.err
        assert target.read_bytes() == before


def test_a_user_s_page_in_the_folder_of_contact_sheets_is_not_overwritten(
    run: Run, built: Path, tmp_path: Path
) -> None:
    page = tmp_path / "features.5-33.html"
    page.write_text("mine")
    ended = run("explore", "5", 33, "-o", tmp_path, "--spec", built, "--device", "cpu")
    assert ended.code == 2
    assert page.read_text() == "mine"


def test_junit_of_a_finished_report_replaces_its_own_file_alone(
    run: Run, built: Path, tmp_path: Path, thesis: Path
) -> None:
    check = ("check", "--results", "--spec", built, "--junit")
    for _ in range(2):
        assert run(*check, tmp_path / "junit.xml").code == 0
    assert run(*check, thesis).code == 2
    assert thesis.read_text() == "years of work"


def test_a_provenance_of_somebody_else_stays(run: Run, built: Path, tmp_path: Path) -> None:
    shutil.copytree(built.parent, tmp_path / "report")
    place = tmp_path / "report" / "provenance.json"
    for content in ('{"of": "a painting"}', "no JSON"):
        place.write_text(content)
        ended = run("build", "--record", "--spec", place.with_name("report.yml"))
        assert ended.code == 2
        assert "did not write it" in ended.err
        assert place.read_text() == content
