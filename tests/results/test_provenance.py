"""provenance.json: what differs between the recorded report and the files that lie there now."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from generator import __main__ as program
from tests.conftest import LIBRARY, Run

PAGE = "# T\n\n{{ verdict('fish') }}\n"


@pytest.fixture(scope="module")
def original(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the small report with a page, built and recorded; nothing is rendered again."""
    folder = tmp_path_factory.mktemp("recorded") / "report"
    shutil.copytree(built.parent, folder)
    (folder / "pages").mkdir()
    (folder / "pages" / "index.md").write_text(PAGE)
    spec = folder / "report.yml"
    spec.write_text(spec.read_text() + "pages: pages\n")
    command = ["filterbook", "build", "--record", "--spec", str(spec), "--device", "cpu"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", command)
        assert program._run() == 0
    return folder


@pytest.fixture
def recorded(original: Path, tmp_path: Path) -> Path:
    """The spec of a copy, to change."""
    shutil.copytree(original, tmp_path / "report")
    return tmp_path / "report" / "report.yml"


def replace_in(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


Change = Callable[[Path], object]
CHANGES: list[tuple[str, Change, str]] = [
    ("comment", lambda f: replace_in(f / "report.yml", "title:", "# x\ntitle:"), ""),
    ("title", lambda f: replace_in(f / "report.yml", "small", "large"), "the spec's title changed"),
    (
        "claim",
        lambda f: replace_in(f / "report.yml", "of all kinds", "and more"),
        "the spec's claims changed",
    ),
    ("page", lambda f: (f / "pages" / "index.md").write_text(f"{PAGE}x"), "page pages/index.md"),
    ("new page", lambda f: (f / "pages" / "a.md").write_text("# A\n"), "pages/a.md is new"),
    (
        "photograph",
        lambda f: shutil.copy(
            LIBRARY / "animals" / "cow.jpg", next((f / "photographs" / "birds").iterdir())
        ),
        "changed",
    ),
    ("frame", lambda f: (f / "mkdocs.yml").write_text("site_name: x\n"), "mkdocs.yml is new"),
    ("site", lambda f: (f / "site" / "results.json").write_text("{}"), "the site of another build"),
]


def test_current_is_told_for_every_change(recorded: Path, run: Run):
    said = run("check", "--current", "--spec", recorded)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("up to date")
    for name, change, message in CHANGES:
        folder = recorded.parent.parent / name
        shutil.copytree(recorded.parent, folder)
        change(folder)
        said = run("check", "--current", "--spec", folder / "report.yml")
        assert said.code == (1 if message else 0), name
        assert message in said.out, name
        assert said.out.count("\n") <= 2 or not message


def test_the_record_is_enough_without_a_site(recorded: Path, run: Run):
    shutil.rmtree(recorded.parent / "site")
    said = run("check", "--current", "--spec", recorded)
    assert said.code == 0
    assert "there is no site/ here to compare" in said.out


def test_another_version_of_the_program_is_not_current(recorded: Path, run: Run):
    place = recorded.parent / "provenance.json"
    record = json.loads(place.read_text())
    record["inputs"]["program"]["version"] = "0.0.1"
    place.write_text(json.dumps(record))
    said = run("check", "--current", "--spec", recorded)
    assert said.code == 1
    assert "not 0.0.1" in said.out


@pytest.mark.parametrize("text", [None, "", "{}", "[1", '{"format": 2}'])
def test_a_record_that_is_none_is_refused(recorded: Path, run: Run, text: str | None):
    place = recorded.parent / "provenance.json"
    place.unlink()
    if text is not None:
        place.write_text(text)
    refused = run("check", "--current", "--spec", recorded)
    assert refused.code == 2
    assert "build --record" in refused.err


def test_a_record_names_neither_machine_nor_time(recorded: Path):
    text = (recorded.parent / "provenance.json").read_text()
    assert str(recorded.parent) not in text
    assert set(json.loads(text)) == {"format", "inputs", "results", "verdicts"}
