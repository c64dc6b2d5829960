"""The folder that a build works in: what of it is the program's, and what is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.errors import ReportError
from generator.site import build, work_folder
from generator.system import folder_mark
from tests import records

EARLIER = {"INHERIT": "../mkdocs.yml", "docs_dir": "docs", "site_dir": "site.new", "nav": []}
HASH = "0" * 64


def built(folder: Path) -> Path:
    build(records.findings(), folder / "site", work=folder / "build")
    return folder / "build"


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A work folder with the docs of a build, as far as they matter here."""
    work = tmp_path / "build"
    work_folder.claim(work)
    work_folder.begin_docs(work, ["index.md", "claims/birds.md"])
    for name in ("docs/index.md", "docs/claims/birds.md", f"assets/{HASH}.webp", "mkdocs.yml"):
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(name)
    work_folder.end_docs(work, ["index.md", "claims/birds.md"])
    return work


def test_a_folder_without_a_mark_is_refused_and_nothing_is_touched(tmp_path: Path) -> None:
    files = ("docs/notes.md", "docs/index.md", "assets/logo.png", "mkdocs.yml")
    for name in files:
        (tmp_path / "build" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "build" / name).write_text("mine")
    with pytest.raises(ReportError, match=r"build holds files that this program did not make"):
        built(tmp_path)
    assert [(tmp_path / "build" / name).read_text() for name in files] == ["mine"] * 4
    assert not (tmp_path / "site").exists()


def test_a_foreign_page_is_refused_as_it_would_be_published(work: Path) -> None:
    for name in ("notes.md", "claims/private.md"):
        (work / "docs" / name).write_text("mine")
    with pytest.raises(ReportError, match=r"docs/notes.md .* \(and 1 more\)") as refusal:
        work_folder.check(work)
    assert "`pages:`" in refusal.value.remedy


def test_files_that_are_not_published_are_left_alone(work: Path) -> None:
    theirs = ("notes.txt", "assets/logo.png", "docs/.notes", "site.new-backup/x", "lib/x")
    for name in theirs:
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text("mine")
    work_folder.claim(work)
    work_folder.begin_docs(work, ["index.md"])
    assert [(work / name).read_text() for name in theirs] == ["mine"] * len(theirs)
    assert not (work / "docs" / "claims").exists()
    assert set(work_folder.files_of(work)) == {
        *("docs/index.md", "docs/claims/birds.md"),
        *(f"assets/{HASH}.webp", "mkdocs.yml"),
    }


@pytest.mark.parametrize("name", ["docs", "assets", "mkdocs.yml", "lock"])
@pytest.mark.parametrize("is_new", [True, False])
def test_links_in_the_folder_are_refused(tmp_path: Path, name: str, is_new: bool) -> None:
    theirs, work = tmp_path / "theirs", tmp_path / "build"
    theirs.mkdir()
    (theirs / "thesis.md").write_text("years")
    if not is_new:
        work_folder.claim(work)
    work.mkdir(exist_ok=True)
    (work / name).symlink_to(theirs)
    with pytest.raises(ReportError, match="did not make" if is_new else "is a symbolic link"):
        built(tmp_path)
    assert [path.name for path in theirs.iterdir()] == ["thesis.md"]


@pytest.mark.parametrize("name", ["docs", "assets", "mkdocs.yml", "lock"])
def test_what_does_not_belong_there_is_refused(tmp_path: Path, name: str) -> None:
    work = tmp_path / "build"
    work_folder.claim(work)
    if name in ("docs", "assets"):
        (work / name).write_text("mine")
    else:
        (work / name).mkdir()
    with pytest.raises(ReportError, match=f"{name} is not a"):
        built(tmp_path)
    assert (work / name).exists()


def test_a_folder_of_an_earlier_version_is_adopted(tmp_path: Path) -> None:
    work = tmp_path / "build"
    (work / "docs").mkdir(parents=True)
    (work / "assets").mkdir()
    (work / "assets" / f"{HASH}.webp").write_text("an image")
    (work / "docs" / "index.md").write_text("old page")
    (work / "docs" / "notes.md").write_text("mine")
    (work / "mkdocs.yml").write_text(json.dumps(EARLIER))
    said: list[str] = []
    build(records.findings(), tmp_path / "site", work=work, warn=said.append)
    assert (work / "docs.earlier" / "notes.md").read_text() == "mine"
    assert len(said) == 1
    assert "docs.earlier" in said[0]
    assert not (work / "docs" / "notes.md").exists()
    assert folder_mark.listed(work)


def test_the_list_comes_before_the_files(work: Path) -> None:
    """A build that is killed while it writes leaves no file that the next would refuse."""
    work_folder.begin_docs(work, ["index.md", "claims/cats.md"])
    (work / "docs" / "claims").mkdir(exist_ok=True)
    (work / "docs" / "claims" / "cats.md").write_text("half")
    work_folder.check(work)
    work_folder.begin_docs(work, ["index.md"])
    assert not (work / "docs" / "claims").exists()


def test_a_build_lists_exactly_what_it_wrote(tmp_path: Path) -> None:
    work = built(tmp_path)
    docs = {p.relative_to(work / "docs").as_posix() for p in (work / "docs").rglob("*.*")}
    files = {name for name in docs if (work / "docs" / name).is_file()}
    assert work_folder.docs_of(work) == files
    site = tmp_path / "site"
    listed = folder_mark.listed(site)
    assert listed == {p.relative_to(site).as_posix() for p in site.rglob("*") if p.is_file()}


def test_hard_links_to_files_of_the_program_keep_their_content(tmp_path: Path) -> None:
    work = built(tmp_path)
    copies = tmp_path / "copies"
    copies.mkdir()
    names = ("mkdocs.yml", "docs/index.md", "docs/claims/arches.md")
    for number, name in enumerate(names):
        (copies / str(number)).hardlink_to(work / name)
        (copies / str(number)).write_text("mine")
    built(tmp_path)
    assert [path.read_text() for path in sorted(copies.iterdir())] == ["mine"] * len(names)
    assert "mine" not in {(work / name).read_text() for name in names}
