"""Hostile text in every field and file name of a report that is really built: what comes out."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from selectolax.lexbor import LexborHTMLParser

from generator.errors import visible
from tests.conftest import SMALL
from tests.faults.nursery import Ended, Nursery
from tests.faults.project import Report
from tests.hostile import HOSTILE

FORMULAS = (
    "=1+1",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
)
VISIBLE = tuple(text for text in HOSTILE if all(visible(c) == c or c == "\n" for c in text))
NAMES = (
    '"><img src=x onerror=alert(1)>.jpg',
    "=1+1.jpg",
    "@SUM(A1).jpg",
    "{{ 7 * 7 }}.jpg",
    "a\x1b[31mb.jpg",
    "a\u202egpj.exe.jpg",
    "{ onclick=x }|`*_.jpg",
    "-rf.jpg",
)


@pytest.fixture(scope="module")
def hostile(
    crew: tuple[Nursery, ...], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Report, Ended]]:
    """A report whose every text and file name is hostile, and how its build ended."""
    root = tmp_path_factory.mktemp("hostile")
    report = Report.new(root / "report")
    spec = yaml.safe_load(SMALL)
    everything = " ".join(VISIBLE)
    spec["title"] = everything[:1500]
    spec["authors"] = [{"name": text} for text in (*VISIBLE, *FORMULAS[:4])]
    spec["layers"][0]["title"] = everything[:150]
    claim = spec["claims"][0]
    claim["statement"] = everything[:1900]
    claim["review"] = {"status": "rejected", "by": "=cmd|x!A0", "note": everything[:1900]}
    spec["claims"] += [
        claim | {"id": f"f{n}", "statement": text.strip(), "review": {"by": text.strip()}}
        for n, text in enumerate(FORMULAS)
    ]
    report.spec.write_text(json.dumps(spec), encoding="utf-8")
    folder = report.folder / "photographs" / "fish"
    for path, name in zip(sorted(folder.iterdir()) * 2, NAMES, strict=False):
        shutil.copy(path, folder / name)
    prelude = ("small_network",)
    yield report, crew[0].run(*report.command(), prelude=prelude)


def files(report: Report, suffix: str) -> list[Path]:
    found = sorted((report.folder / "site").rglob(f"*{suffix}"))
    assert found, suffix
    return found


def test_it_is_built(hostile: tuple[Report, Ended]) -> None:
    assert hostile[1].code == 0, hostile[1].err


def test_no_cell_is_a_formula(hostile: tuple[Report, Ended]) -> None:
    for path in files(hostile[0], ".csv"):
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8"))):
            for cell in row:
                try:
                    float(cell)
                except ValueError:
                    assert not cell.startswith(tuple("=+-@\t\r\n＝＋－＠")), (path.name, cell)


def test_json_is_json_and_says_what_was_written(hostile: tuple[Report, Ended]) -> None:
    results = json.loads((hostile[0].folder / "site" / "results.json").read_text())
    spec = yaml.safe_load(hostile[0].spec.read_text(encoding="utf-8"))
    assert [c["statement"] for c in results["claims"]] == [c["statement"] for c in spec["claims"]]


def test_no_drawing_runs_anything(hostile: tuple[Report, Ended]) -> None:
    drawings = [path.read_text() for path in files(hostile[0], ".svg")]
    pages = [path.read_text(encoding="utf-8") for path in files(hostile[0], ".html")]
    for text in (*drawings, *pages):
        tree = LexborHTMLParser(text)
        for node in tree.css("svg, svg *"):
            assert node.tag not in ("script", "foreignobject", "iframe", "set", "animate")
            assert not [name for name in node.attributes if name.startswith("on")]
            assert not (node.attributes.get("href") or "").startswith(("javascript:", "data:"))


def test_no_new_node_and_no_request(hostile: tuple[Report, Ended]) -> None:
    for path in files(hostile[0], ".html"):
        tree = LexborHTMLParser(path.read_text(encoding="utf-8"))
        body = tree.body
        assert body is not None
        for node in body.css("*"):
            events = [name for name in node.attributes if name.startswith("on")]
            assert not events, (path.name, node.html[:200] if node.html else "")
            source = node.attributes.get("src") or ""
            assert "evil.example" not in source
            assert node.attributes.get("src") != "x"
            assert not (node.attributes.get("href") or "").startswith("javascript:")
        assert not body.css('iframe, object, embed, [class~="evil"], [id="evil"]')
        assert "window.pwned" not in "".join(n.text() or "" for n in tree.css("script"))


def test_no_template_is_executed(hostile: tuple[Report, Ended]) -> None:
    page = (hostile[0].folder / "site" / "claims" / "fish.html").read_text(encoding="utf-8")
    text = LexborHTMLParser(page).body.text()
    assert "{{ 7 * 7 }}" in text


def test_nothing_is_written_elsewhere(hostile: tuple[Report, Ended]) -> None:
    report = hostile[0]
    assert {path.name for path in report.folder.parent.iterdir()} == {"report"}
    assert {path.name for path in report.folder.iterdir()} == {
        *(".filterbook", "build", "photographs", "report.yml", "site")
    }
    for path in (report.folder / "site").rglob("*"):
        relative = path.relative_to(report.folder / "site").as_posix()
        assert relative.isascii(), relative
        assert not set(relative) & set("<>\"'{}|*`$=@ "), relative


def test_nothing_reaches_the_terminal_that_it_obeys(hostile: tuple[Report, Ended]) -> None:
    for line in (hostile[1].err + hostile[1].out).split("\n"):
        assert visible(line) == line


@pytest.mark.parametrize("name", NAMES)
def test_commands_that_name_files(
    name: str, crew: tuple[Nursery, ...], tmp_path: Path, hostile: tuple[Report, Ended]
) -> None:
    """`score` writes names into CSV and onto the terminal."""
    report = hostile[0]
    path = report.folder / "photographs" / "fish" / name
    arguments = ("score", "features.5", path, "--spec", report.spec, "--device", "cpu")
    ended = crew[0].run(*arguments, prelude=("small_network",))
    if ended.code:
        assert ended.code == 2
    else:
        for row in csv.reader(io.StringIO(ended.out)):
            assert not row[0].startswith(tuple("=+-@"))
    for line in ended.err.split("\n"):
        assert visible(line) == line
