"""A finished site against its manifest: every way in which it can differ is named."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.site.manifest import (
    MANIFEST,
    ManifestError,
    differences,
    read_manifest,
    write_manifest,
)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<p>")
    (folder / "assets" / "a b ü.webp").write_bytes(bytes(999))
    write_manifest(folder)
    return folder


def found(site: Path) -> list[tuple[str, str]]:
    return [(each.path, each.reason) for each in differences(site, read_manifest(site)[0])]


def test_it_lists_every_file_but_itself_and_is_the_same_every_time(site: Path) -> None:
    files, data = read_manifest(site)
    assert {path: entry.size for path, entry in files.items()} == {
        "index.html": 3,
        "assets/a b ü.webp": 999,
    }
    assert found(site) == []
    (site / MANIFEST).unlink()
    write_manifest(site)
    assert (site / MANIFEST).read_bytes() == data
    write_manifest(site)
    assert (site / MANIFEST).read_bytes() == data


def changed(site: Path) -> None:
    (site / "index.html").write_text("<b>")


def cut(site: Path) -> None:
    (site / "assets" / "a b ü.webp").write_bytes(bytes(998))


def added(site: Path) -> None:
    (site / "assets" / "notes.txt").write_text("mine")


def removed(site: Path) -> None:
    (site / "index.html").unlink()


def linked(site: Path) -> None:
    (site / "index.html").rename(site.parent / "index.html")
    (site / "index.html").symlink_to(site.parent / "index.html")


def linked_folder(site: Path) -> None:
    (site / "more").symlink_to(site.parent)


def repository(site: Path) -> None:
    (site / "assets" / ".git").mkdir()


def pipe(site: Path) -> None:
    os.mkfifo(site / "pipe")


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (changed, ("index.html", "it was changed after the build")),
        (cut, ("assets/a b ü.webp", "it was changed after the build")),
        (added, ("assets/notes.txt", "it was added after the build")),
        (removed, ("index.html", "it is missing")),
        (linked, ("index.html", "it is a link")),
        (linked_folder, ("more", "it is a link")),
        (repository, ("assets/.git", "it belongs to a git repository in the site")),
        (pipe, ("pipe", "it is no ordinary file")),
    ],
)
def test_each_difference(site: Path, spoil: Callable, expected: tuple[str, str]) -> None:
    spoil(site)
    assert found(site) == [expected]


@pytest.mark.parametrize("place", range(0, 400, 7))
def test_a_damaged_manifest_is_refused(site: Path, place: int) -> None:
    data = bytearray((site / MANIFEST).read_bytes())
    data[place % len(data)] ^= 1
    (site / MANIFEST).write_bytes(data)
    with pytest.raises(ManifestError, match=MANIFEST):
        read_manifest(site)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"files": 3}', '{"files": {"a": 1}}', "[" * 9999]
)
def test_what_is_no_manifest_is_refused(site: Path, text: str) -> None:
    (site / MANIFEST).write_text(text)
    with pytest.raises(ManifestError, match="it is damaged"):
        read_manifest(site)
    (site / MANIFEST).unlink()
    with pytest.raises(ManifestError, match="there is no such file") as refusal:
        read_manifest(site)
    assert "make site" in refusal.value.remedy
