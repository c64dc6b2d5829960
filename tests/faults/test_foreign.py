"""A sample of the foreign files that `make torture` puts everywhere; volumes, and what is moved."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.foreign import try_foreign
from tests.faults.nursery import Nursery
from tests.faults.project import FAST, Report


def test_files_of_others_stay(crew: tuple[Nursery, ...], tmp_path: Path) -> None:
    assert try_foreign(crew, tmp_path, count=12, seed=os.getpid()) == (12, [])


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Report]:
    """A report on a file system that may only be read, with a volume at its ``site``."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount")
    source, place = Report.new(tmp_path / "source"), tmp_path / "report"
    (source.folder / "site").mkdir()
    (tmp_path / "volume" / "lost+found").mkdir(parents=True)
    place.mkdir()
    mounts = (
        ("--bind", source.folder, place),
        ("-o", "remount,bind,ro", place),
        ("--bind", tmp_path / "volume", place / "site"),
    )
    done: list[Path] = []
    try:
        for words in mounts:
            if subprocess.run(["mount", *map(str, words)], check=False).returncode:
                pytest.skip("nothing can be mounted here")
            done += [Path(words[-1])] if "remount,bind,ro" not in words else []
        yield Report(place)
    finally:
        for mounted in reversed(done):
            subprocess.run(["umount", str(mounted)], check=True)


def test_a_report_that_may_only_be_read(
    crew: tuple[Nursery, ...], tmp_path: Path, read_only: Report
) -> None:
    plain = Report.new(tmp_path / "plain")
    assert crew[0].run(*plain.command(), prelude=FAST).code == 0
    refused = crew[0].run(*read_only.command(), prelude=FAST)
    assert refused.code == 3
    assert f"{read_only.folder}/.filterbook cannot be written" in refused.err
    assert "name another folder with --store" in refused.err
    store = ("--store", tmp_path / "store")
    for _ in range(2):  # the first site on the volume, and another one
        built = crew[0].run(*read_only.command(), *store, prelude=FAST)
        assert built.code == 0, built.err
        assert read_only.site == plain.site
        assert (read_only.folder / "site" / "lost+found").is_dir()
    assert sorted(path.name for path in (tmp_path / "store").iterdir()) == [
        *("build", "filterbook.txt", "ledger.json", "lock", "objects")
    ]
    recorded = crew[0].run(*read_only.command(), *store, "--record", prelude=FAST)
    assert recorded.code == 3
    assert "provenance.json cannot be written beside the spec" in recorded.err


def test_all_folders_elsewhere(crew: tuple[Nursery, ...], tmp_path: Path) -> None:
    plain, other = Report.new(tmp_path / "plain"), Report.new(tmp_path / "other")
    assert crew[0].run(*plain.command(), prelude=FAST[:1]).code == 0
    options = [f"--{name}={tmp_path / 'far' / name}" for name in ("out", "store", "work")]
    built = crew[0].run(*other.command(), *options, prelude=FAST[:1])
    assert built.code == 0, built.err
    assert sorted(path.name for path in other.folder.iterdir()) == ["photographs", "report.yml"]
    shutil.copytree(tmp_path / "far" / "out", other.folder / "site")
    assert other.site == plain.site


def test_clean_removes_what_a_build_wrote_and_nothing_else(
    crew: tuple[Nursery, ...], tmp_path: Path
) -> None:
    report = Report.new(tmp_path / "report")
    crew[0].run(*report.command(), prelude=FAST)
    clean = ("clean", "--spec", report.spec)
    assert crew[0].run(*clean).out == ""
    assert not (report.folder / "build").exists()
    assert not (report.folder / "site").exists()
    assert report.objects
    crew[0].run(*report.command(), prelude=FAST)
    theirs = ("site/CNAME", "build/docs/notes.md", "build/assets/logo.png", ".filterbook/notes")
    for name in theirs:
        (report.folder / name).write_text("mine")
    cleaned = crew[0].run(*clean, "--results")
    assert cleaned.code == 0, cleaned.err
    assert len(cleaned.out.splitlines()) == 3
    left = {
        path.relative_to(report.folder).as_posix()
        for folder in ("site", "build", ".filterbook")
        for path in (report.folder / folder).rglob("*")
        if path.is_file()
    }
    marks = {f"{name}/filterbook.txt" for name in ("site", "build", ".filterbook")}
    assert left == {*theirs, *marks, "build/lock", ".filterbook/lock"}
    (report.folder / "build/docs/notes.md").unlink()
    again = crew[0].run(*report.command(), prelude=FAST)
    assert again.code == 0, again.err
    assert (report.folder / "site" / "CNAME").read_text() == "mine"


def test_clean_leaves_folders_without_a_list(crew: tuple[Nursery, ...], tmp_path: Path) -> None:
    report = Report.new(tmp_path / "report")
    for folder in ("site", "build"):
        (report.folder / folder).mkdir()
        (report.folder / folder / "thesis").write_text("years")
    cleaned = crew[0].run("clean", "--spec", report.spec)
    assert cleaned.code == 0
    assert cleaned.out.count("delete it yourself") == 2
    assert (report.folder / "site" / "thesis").exists()
    assert (report.folder / "build" / "thesis").exists()
