"""A new site in the place of the old one: at once where that can be, and never over other files."""

from __future__ import annotations

import errno
import os
from importlib import import_module
from pathlib import Path

import pytest

from generator.errors import MachineError, ReportError
from generator.site import in_place
from generator.site.atomic_replace import recover, refuse_foreign, swap, tidy
from generator.system import folder_mark
from generator.system.folder_mark import MARK

MODULE = import_module("generator.site.atomic_replace")
OLD = {"index.html": "old", "gone.html": "gone", "assets/style.css": "old style"}
NEW = {"index.html": "new", "more/page.html": "page", "assets/style.css": "new style"}


def site(folder: Path, files: dict[str, str], *, is_listed: bool = True) -> Path:
    """A finished site; one of an earlier version has a mark without a list."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    folder_mark.write(folder, in_place.NOTE, [*files, MARK] if is_listed else [])
    return folder


def contents(folder: Path) -> dict[str, str]:
    """Every file below a folder but its mark."""
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path != folder / MARK
    }


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    return site(tmp_path / "work" / "new", NEW), site(tmp_path / "www" / "site", OLD)


@pytest.fixture(params=["exchange", "two renames", "another disk"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How a folder is put in the place of another."""
    if request.param == "two renames":
        monkeypatch.setattr(MODULE, "exchange", lambda *_: False)
    if request.param == "another disk":
        refuse_renames(monkeypatch, "new", errno.EXDEV, parent="work")
    return str(request.param)


def refuse_renames(
    monkeypatch: pytest.MonkeyPatch, name: str, number: int, parent: str = ""
) -> None:
    real = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if self.name == name and self.parent.name.startswith(parent):
            raise OSError(number, os.strerror(number))
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)


def test_files_and_links_are_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path)
    for name in ("file", "link"):
        with pytest.raises(ReportError, match="not a folder"):
            refuse_foreign(tmp_path / name)
    refuse_foreign(tmp_path / "new")


def test_a_user_s_file_with_the_name_of_the_mark_is_no_mark(tmp_path: Path) -> None:
    (tmp_path / MARK).write_text("Notes on Filterbook.")
    with pytest.raises(ReportError, match="did not make"):
        refuse_foreign(tmp_path)


def test_a_swap_puts_the_new_site_and_leaves_nothing_else(
    pair: tuple[Path, Path], way: str
) -> None:
    new, out = pair
    assert swap(new, out) is None
    assert contents(out) == NEW
    assert [path.name for path in out.parent.iterdir()] == ["site"]


def test_a_swap_that_fails_keeps_the_old_site(
    pair: tuple[Path, Path], way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    new, out = pair

    def refuse(*_: object) -> bool:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(MODULE, "exchange", refuse)
    if way == "two renames":
        monkeypatch.setattr(MODULE, "exchange", lambda *_: False)
        refuse_renames(monkeypatch, "new", errno.ENOSPC, parent=".site.")
    with pytest.raises(MachineError, match="No space left"):
        swap(new, out)
    assert contents(out) == OLD
    assert [path.name for path in out.parent.iterdir()] == ["site"]


@pytest.mark.parametrize("has_foreign", [False, True])
def test_an_old_site_that_cannot_be_removed_is_no_error(
    pair: tuple[Path, Path], way: str, has_foreign: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    new, out = pair
    real = Path.unlink

    def unlink(self: Path, missing_ok: bool = False) -> None:
        if self.name == "gone.html":
            raise OSError(errno.EACCES, os.strerror(errno.EACCES))
        real(self, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", unlink)
    if has_foreign:  # written after the site was found to be the program's own
        monkeypatch.setattr(MODULE, "is_replaced_in_place", lambda _: False)
        (out / "thesis.txt").write_text("years")
    kept = swap(new, out)
    assert contents(out) == NEW
    if has_foreign:
        assert kept is not None
        assert contents(kept)["thesis.txt"] == "years"


def test_a_build_killed_between_its_renames_is_put_to_rights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = tmp_path / f".site.{'0' * 16}"
    site(beside / "old", OLD)
    folder_mark.write(beside, "")
    recover(tmp_path / "site")
    assert contents(tmp_path / "site") == OLD
    tidy(tmp_path / "site")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["site"]


def test_what_a_killed_build_left_beside_is_removed_but_for_foreign_files(tmp_path: Path) -> None:
    site(tmp_path / "site", NEW)
    beside = tmp_path / f".site.{'a' * 16}"
    (site(beside / "old", OLD) / "thesis.txt").write_text("years")
    folder_mark.write(beside, "")
    tidy(tmp_path / "site")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["site", "site.earlier"]
    assert contents(tmp_path / "site.earlier") == {"thesis.txt": "years"}


@pytest.mark.parametrize("name", [".site.old", ".site.new", f".site.{'b' * 16}", ".site.backup"])
def test_folders_of_a_user_beside_the_site_stay(
    pair: tuple[Path, Path], way: str, name: str
) -> None:
    new, out = pair
    theirs = out.parent / name
    theirs.mkdir()
    (theirs / "thesis.txt").write_text("years")
    tidy(out)
    swap(new, out)
    assert contents(theirs) == {"thesis.txt": "years"}
    assert contents(out) == NEW


def test_a_copy_of_a_site_is_not_put_in_its_place(tmp_path: Path) -> None:
    site(tmp_path / ".site.old", OLD)
    recover(tmp_path / "site")
    tidy(tmp_path / "site")
    assert [path.name for path in tmp_path.iterdir()] == [".site.old"]


def test_the_site_of_an_earlier_version_is_kept_beside(pair: tuple[Path, Path]) -> None:
    new, out = pair
    site(out, {"CNAME": "example.org"}, is_listed=False)
    kept = swap(new, out)
    assert kept == out.with_name("site.earlier")
    assert contents(out) == NEW
    assert contents(kept) == OLD | {"CNAME": "example.org"}


def test_a_build_killed_before_it_kept_the_site_of_an_earlier_version(tmp_path: Path) -> None:
    site(tmp_path / "site", NEW)
    beside = tmp_path / f".site.{'c' * 16}"
    site(beside / "new", OLD, is_listed=False)
    folder_mark.write(beside, "")
    tidy(tmp_path / "site")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["site", "site.earlier"]
    assert contents(tmp_path / "site.earlier") == OLD


def test_files_of_a_user_in_a_site_stay(pair: tuple[Path, Path]) -> None:
    new, out = pair
    (out / "CNAME").write_text("example.org")
    (out / "assets" / "own.css").write_text("mine")
    swap(new, out)
    assert contents(out) == NEW | {"CNAME": "example.org", "assets/own.css": "mine"}
    assert folder_mark.listed(out) == {*NEW, MARK}
    swap(site(new.with_name("newer"), {"index.html": "newer"}), out)
    assert contents(out) == {
        "index.html": "newer",
        "CNAME": "example.org",
        "assets/own.css": "mine",
    }


@pytest.mark.parametrize("kind", ["file", "link", "folder", "link above"])
def test_a_user_s_file_with_the_name_of_a_page_is_refused(
    pair: tuple[Path, Path], kind: str
) -> None:
    new, out = pair
    place = out / "more" if kind == "link above" else out / "more" / "page.html"
    place.parent.mkdir(exist_ok=True)
    elsewhere = out.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "page.html").write_text("mine")
    if kind == "file":
        place.write_text("mine")
    elif kind == "folder":
        place.mkdir()
        (place / "notes").write_text("mine")
    else:
        place.symlink_to(elsewhere / "page.html" if kind == "link" else elsewhere)
    before = contents(out)
    with pytest.raises(ReportError, match="is in the way of the site"):
        swap(new, out)
    assert contents(out) == before
    assert contents(elsewhere) == {"page.html": "mine"}


def test_a_mount_point_gets_new_contents(
    pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    new, out = pair
    (out / "lost+found").mkdir()
    monkeypatch.setattr(MODULE, "is_mount", lambda folder: folder == out)
    number = out.stat().st_ino
    swap(new, out)
    assert contents(out) == NEW
    assert out.stat().st_ino == number
    assert sorted(p.name for p in out.iterdir()) == sorted(
        ["assets", "index.html", "more", MARK, "lost+found"]
    )


@pytest.mark.parametrize("number", [errno.EBUSY, errno.EXDEV, errno.EACCES])
def test_a_folder_that_cannot_be_moved_gets_new_contents(
    pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    new, out = pair

    def refuse(*_: object) -> bool:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(MODULE, "exchange", refuse)
    swap(new, out)
    assert contents(out) == NEW


def test_a_disk_that_fails_in_the_middle_leaves_the_old_site(
    pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    new, out = pair
    (out / "CNAME").write_text("example.org")
    before, listed = contents(out), folder_mark.listed(out)
    real = Path.replace
    for failing in ("assets/style.css", "more/page.html", "index.html", MARK):

        def replace(self: Path, target: Path, name: str = failing) -> Path:
            if target == out / name and self.parts[-1 - name.count("/") - 1] == "new":
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return real(self, target)

        monkeypatch.setattr(Path, "replace", replace)
        with pytest.raises(MachineError, match="Input/output error") as refusal:
            swap(new, out)
        assert refusal.value.remedy == "the old site was kept"
        assert contents(out) == before
        assert folder_mark.listed(out) == listed
    monkeypatch.undo()
    swap(new, out)
    assert contents(out) == NEW | {"CNAME": "example.org"}


def test_a_build_killed_while_files_are_replaced_is_completed_by_the_next(
    pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    new, out = pair
    (out / "CNAME").write_text("example.org")
    real = Path.replace

    def die(self: Path, target: Path) -> Path:
        if target == out / "index.html":
            os._exit(9)
        return real(self, target)

    child = os.fork()
    if child == 0:
        monkeypatch.setattr(Path, "replace", die)
        swap(new, out)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert (out / "index.html").read_text() == "old"
    swap(new, out)
    assert contents(out) == NEW | {"CNAME": "example.org"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
@pytest.mark.parametrize("has_old_site", [False, True])
def test_a_bind_mount_gets_new_contents(tmp_path: Path, has_old_site: bool) -> None:
    new, out = site(tmp_path / "new", NEW), tmp_path / "site"
    volume = tmp_path / "a volume"
    volume.mkdir()
    if has_old_site:
        site(volume, OLD)
    out.mkdir()
    if os.system(f"mount --bind '{volume}' '{out}'"):
        pytest.skip("nothing can be mounted here")
    try:
        assert MODULE.is_replaced_in_place(out)
        swap(new, out)
        assert contents(out) == NEW
    finally:
        os.system(f"umount '{out}'")
    assert contents(volume) == NEW
