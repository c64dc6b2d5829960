"""Folders that the program owns: what it removes there, and what it leaves alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from generator.errors import ReportError
from generator.system import folder_mark, own_folder
from generator.system.folder_mark import MARK
from generator.system.scratch import leftovers, remove_leftovers, scratch

REMEDY = "choose another folder"


def test_a_mark_lists_any_names(tmp_path: Path) -> None:
    names = ["a b/ü.html", "line\nbreak", "back\\slash\\n", "\udcff"]
    folder_mark.write(tmp_path, "A note.", names)
    assert folder_mark.listed(tmp_path) == set(names)


@pytest.mark.parametrize("name", ["/etc/passwd", "../above", "a/../../above", "nul\0"])
def test_a_mark_cannot_name_files_elsewhere(tmp_path: Path, name: str) -> None:
    folder_mark.write(tmp_path, "A note.", [name, "index.html"])
    assert folder_mark.listed(tmp_path) == {"index.html"}


@pytest.mark.parametrize("content", ["", "Notes on Filterbook", "\n\nindex.html\n"])
def test_other_files_are_no_marks(tmp_path: Path, content: str) -> None:
    (tmp_path / MARK).write_text(content)
    assert folder_mark.listed(tmp_path) is None


def test_a_link_to_a_mark_is_no_mark(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    folder_mark.write(tmp_path / "one", "A note.")
    (tmp_path / "other" / MARK).symlink_to(tmp_path / "one" / MARK)
    assert folder_mark.listed(tmp_path / "other") is None
    with pytest.raises(ReportError, match="did not make"):
        own_folder.claim(tmp_path / "other", "A note.", REMEDY)


def test_new_and_empty_folders_are_claimed(tmp_path: Path) -> None:
    for name in ("new", "empty"):
        if name == "empty":
            (tmp_path / name).mkdir()
            (tmp_path / name / ".DS_Store").write_text("of the system")
            (tmp_path / name / "lock").touch()
            (tmp_path / name / f".part-{'0' * 16}").write_text("of a killed build")
        own_folder.claim(tmp_path / name, "A note.", REMEDY)
        assert folder_mark.listed(tmp_path / name) == frozenset()


@pytest.mark.parametrize("kind", ["file", "folder", "link", "lock", "dangling"])
def test_folders_of_somebody_else_are_refused(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "theirs"
    if kind == "dangling":
        folder.symlink_to(tmp_path / "nowhere")
    else:
        folder.mkdir()
    if kind == "file":
        (folder / "notes.txt").write_text("mine")
    elif kind == "folder":
        (folder / "notes").mkdir()
    elif kind == "link":
        (folder / "link").symlink_to(tmp_path)
    elif kind == "lock":
        (folder / "lock").write_text("a file of mine")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ReportError) as refusal:
        own_folder.claim(folder, "A note.", REMEDY)
    assert str(folder) in refusal.value.cause
    assert refusal.value.remedy == REMEDY
    assert sorted(tmp_path.rglob("*")) == before


def test_only_named_files_are_removed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    folder = tmp_path / "own"
    for name in ("own/a/one", "own/a/two", "own/b/c/one", "own/d/one", "elsewhere/one"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (folder / "link").symlink_to(elsewhere)
    (folder / "one").symlink_to(elsewhere / "one")
    os.link(elsewhere / "one", folder / "hard")
    (folder / "folder").mkdir()
    names = ["a/one", "b/c/one", "link/one", "one", "hard", "folder", "absent", "absent/one"]
    own_folder.remove(folder, names)
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")) == [
        "elsewhere",
        "elsewhere/one",
        "own",
        "own/a",
        "own/a/two",
        "own/d",
        "own/d/one",
        "own/folder",
        "own/link",
        "own/one",
    ]
    assert (elsewhere / "one").read_text() == "elsewhere/one"


def test_every_link_is_foreign(tmp_path: Path) -> None:
    folder_mark.write(tmp_path, "", ["own", "link"])
    (tmp_path / "own").write_text("")
    (tmp_path / "link").symlink_to("own")
    (tmp_path / "folder").symlink_to(tmp_path)
    (tmp_path / "notes").write_text("")
    (tmp_path / ".DS_Store").write_text("")
    assert own_folder.foreign(tmp_path, {"own", "link"}) == ["folder", "link", "notes"]


def test_where_names_ignore_case_theirs_are_compared_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "About.md").write_text("")
    assert own_folder.foreign(tmp_path, {"about.md"}) == ["About.md"]
    folder_mark.write(tmp_path, "", ["about.md"])
    (tmp_path / MARK.upper()).hardlink_to(tmp_path / MARK)  # as such a file system answers
    assert own_folder.foreign(tmp_path, {"about.md", MARK.upper()}) == []


def test_parts_are_removed_in_their_places_alone(tmp_path: Path) -> None:
    part = f".part-{'0' * 16}"
    for name in (part, ".part-notes", f"deep/{part}", f"other/{part}"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "other")
    own_folder.remove_parts([tmp_path, tmp_path / "link", tmp_path / "absent"])
    left = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob(".part-*"))
    assert left == [".part-notes", f"deep/{part}", f"other/{part}"]


def test_temporary_folders_go_and_those_of_a_user_stay(tmp_path: Path) -> None:
    with scratch(tmp_path, "site.new-") as folder:
        (folder / "site").mkdir()
        assert leftovers(tmp_path, "site.new-") == [folder]
    assert not folder.exists()
    ours, blank, theirs = (tmp_path / f"site.new-{letter * 16}" for letter in "abc")
    for each in (ours, blank, theirs, tmp_path / "site.new-backup01"):
        each.mkdir()
    folder_mark.write(ours, "")
    (theirs / "notes").write_text("mine")
    (tmp_path / f"site.new-{'d' * 16}").symlink_to(theirs)
    remove_leftovers(tmp_path, "site.new-")
    left = sorted(path.name[:10] for path in tmp_path.iterdir())
    assert left == ["site.new-b", "site.new-c", "site.new-d"]
    assert (theirs / "notes").read_text() == "mine"
