"""The folders of a build: what is refused before any work."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from generator.errors import MachineError, ReportError
from generator.pipeline.folders import check
from generator.pipeline.request import Request
from generator.system.console import Console
from generator.system.locations import locations_beside
from tests.conftest import Run, make_project

NOBODY = 65534


def refuse(report: Path, **options: str) -> ReportError:
    """The refusal of a build with these options; nothing may be written."""
    paths = {name: Path(place) for name, place in options.items() if name != "store"}
    folders = locations_beside(report / "report.yml", store=options.get("store"), **paths)
    before = sorted(report.parent.rglob("*"))
    with pytest.raises(ReportError) as refusal:
        check(Request(report / "report.yml", folders, Console("plain")))
    assert sorted(report.parent.rglob("*")) == before
    return refusal.value


@pytest.fixture
def report(tmp_path: Path) -> Path:
    make_project(tmp_path / "report")
    return tmp_path / "report"


@pytest.mark.parametrize("option", ["out", "store", "work"])
@pytest.mark.parametrize("place", [".", "..", "photographs"])
def test_folders_of_the_report_are_refused(report: Path, option: str, place: str) -> None:
    refusal = refuse(report, **{option: str(report / place)})
    words = "did not make" if place == "photographs" else "the report itself lies in"
    assert words in refusal.cause
    assert f"--{option}" in refusal.remedy


@pytest.mark.parametrize(
    "options",
    [
        {"store": "site"},
        {"store": "site/store"},
        {"store": "build/store"},
        {"out": ".filterbook"},
        {"out": "build/docs"},
        {"out": "SITE", "store": "site"},
        {"out": "site", "store": "elsewhere/../Site"},
        {"work": "site/work"},
        {"work": ".filterbook/objects"},
    ],
    ids=str,
)
def test_folders_in_one_another_are_refused(report: Path, options: dict[str, str]) -> None:
    refusal = refuse(report, **{name: str(report / place) for name, place in options.items()})
    assert "lies in that of --" in refusal.cause
    assert refusal.remedy == "choose folders that lie apart"


def test_a_folder_under_two_names_is_refused(report: Path) -> None:
    (report / "site").mkdir()
    (report / "link").symlink_to("site")
    assert "lies in that of --" in refuse(report, store=str(report / "link")).cause


@pytest.mark.parametrize(("option", "name"), [("out", "site"), ("store", "s"), ("work", "build")])
@pytest.mark.parametrize("kind", ["files", "file", "dangling"])
def test_what_is_somebody_else_s_is_refused(
    report: Path, option: str, name: str, kind: str
) -> None:
    place = report / name
    if kind == "files":
        place.mkdir()
        (place / "thesis.txt").write_text("years")
    elif kind == "file":
        place.write_text("years")
    else:
        place.symlink_to("nowhere")
    refusal = refuse(report, **{option: str(place)})
    assert str(place) in refusal.cause
    assert f"--{option}" in refusal.remedy


@pytest.mark.parametrize("name", ["objects", "images", "objects/ab", "lock", "ledger.json"])
def test_links_in_a_store_are_refused(report: Path, name: str) -> None:
    store, theirs = report / ".filterbook", report.parent / "theirs"
    theirs.mkdir()
    (store / "objects").mkdir(parents=True)
    (store / "filterbook.txt").write_text("Made by Filterbook.")
    if name == "objects":
        (store / "objects").rmdir()
    (store / name).symlink_to(theirs)
    refusal = refuse(report)
    assert f".filterbook/{name} is a symbolic link" in refusal.cause
    assert "--store" in refusal.remedy


def test_no_file_below_a_user_s_folder_is_taken_for_a_part_of_the_store(
    report: Path, run: Run
) -> None:
    theirs = report.parent / "theirs"
    for name in (".part-notes", "deep/.part-thesis", f"deep/.part-{'0' * 16}"):
        (theirs / name).parent.mkdir(parents=True, exist_ok=True)
        (theirs / name).write_text("mine")
    ended = run("build", "--spec", report / "report.yml", "--store", theirs, "--device", "cpu")
    assert ended.code == 2
    assert "theirs holds files that this program did not make" in ended.err
    assert len([p for p in theirs.rglob(".part-*") if p.read_text() == "mine"]) == 3


@pytest.mark.parametrize("mode", [0o700, 0o755])
@pytest.mark.parametrize("option", ["out", "store", "work"])
def test_a_folder_of_another_user_is_refused(tmp_path: Path, option: str, mode: int) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    for folder in (tmp_path, *list(tmp_path.parents)[:-2]):
        folder.chmod(0o755)
    report, theirs = tmp_path / "report", tmp_path / "theirs"
    make_project(report)
    report.chmod(0o777)
    theirs.mkdir()
    (theirs / "filterbook.txt").write_text("Made by Filterbook.\n\nindex.html\n")
    theirs.chmod(mode)
    os.seteuid(NOBODY)
    try:
        with pytest.raises((MachineError, OSError)) as refusal:
            folders = locations_beside(
                report / "report.yml",
                **{option: str(theirs) if option == "store" else theirs},  # type: ignore[arg-type]
            )
            check(Request(report / "report.yml", folders, Console("plain")))
    finally:
        os.seteuid(0)
    if isinstance(refusal.value, OSError):
        assert refusal.value.errno == errno.EACCES
    else:
        assert f"--{option}" in refusal.value.remedy


def test_a_report_that_cannot_be_written_has_its_work_folder_in_the_store(
    report: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.access
    monkeypatch.setattr(
        "generator.system.locations.os.access",
        lambda path, mode, **_: real(path, mode) and Path(path) != report,
    )
    (report.parent / "store").mkdir()
    folders = locations_beside(report / "report.yml", store=str(report.parent / "store"))
    assert folders.work == report.parent / "store" / "build"
    assert refuse(report).remedy == "name another folder with --out"
    out = str(report.parent / "site")
    assert refuse(report, out=out).remedy == "name another folder with --store"
    store = str(report.parent / "store")
    assert refuse(report, out=out, store=store, work=str(report / "w")).cause == (
        f"{report / 'w'} cannot be written"
    )
    folders = locations_beside(report / "report.yml", out=Path(out), store=store)
    check(Request(report / "report.yml", folders, Console("plain")))
