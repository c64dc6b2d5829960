"""A new report: complete, sound, and never over anything that lies there."""

import csv
import hashlib
from pathlib import Path

import pytest

from generator.system.resources import frame, starter
from tests.conftest import Run


def test_a_new_report_passes_its_own_check(tmp_path: Path, run: Run):
    folder = tmp_path / "my report"
    begun = run("init", folder)
    assert begun.code == 0
    assert f"cd '{folder}'" in begun.out
    checked = run("check", "--spec", folder / "report.yml")
    assert (checked.code, checked.err) == (0, "")
    assert "50 photographs: nothing wrong" in checked.out
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert names >= {"report.yml", "pages/index.md", "pages/references.bib", ".gitignore"}
    assert "@PYTHON@" not in (folder / "Makefile").read_text()
    assert "GPL-2.0" in (folder / "images" / "README.md").read_text()


def test_its_photographs_are_those_of_the_library(tmp_path: Path, run: Run):
    run("init", tmp_path / "new")
    images = tmp_path / "new" / "images"
    with (images / "images.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["file"] for row in rows} == {*(starter() / "photographs.txt").read_text().split()}
    assert {row["licence"] for row in rows} == {"GPL-2.0-only"}
    for row in rows:
        data = (images / row["file"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == row["sha256"]
        assert data == (frame() / "images" / row["file"]).read_bytes()


@pytest.mark.parametrize("kind", ["file in it", "a file", "a link"])
def test_what_is_there_is_left_alone(tmp_path: Path, run: Run, kind: str):
    folder = tmp_path / "mine"
    if kind == "file in it":
        folder.mkdir()
        (folder / ".hidden").write_text("work")
    elif kind == "a file":
        folder.write_text("work")
    else:
        folder.symlink_to(tmp_path / "elsewhere")
    before = sorted(tmp_path.rglob("*"))
    refused = run("init", folder)
    assert refused.code == 2
    assert "new or empty" in refused.err
    assert sorted(tmp_path.rglob("*")) == before


def test_a_disk_that_refuses_is_told(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    refused = run("init", tmp_path / "new")
    assert refused.code == 3
    assert "No space left on device" in refused.err
