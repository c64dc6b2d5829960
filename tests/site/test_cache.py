"""Rot in what is kept between builds: named, made again, and never in the site."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.site import build
from tests import records
from tests.faults.project import digests
from tests.system.test_file_cache import cut, emptied, overwritten


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    build(records.findings(), folder / "site", work=folder / "build", warn=pytest.fail)
    return folder


def emptied_anew(path: Path) -> None:
    path.unlink()
    path.write_bytes(b"")


@pytest.mark.parametrize("spoil", [emptied, emptied_anew, cut, overwritten, Path.unlink])
def test_the_site_is_the_same_again(
    built: Path, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    shutil.copytree(built / "build", tmp_path / "build")
    kept = sorted((tmp_path / "build" / "assets").iterdir())
    suffixes = {path.suffix: path for path in kept}
    assert set(suffixes) == {".webp", ".avif", ".svg"}
    for path in suffixes.values():
        spoil(path)
    said: list[str] = []
    build(records.findings(), tmp_path / "site", work=tmp_path / "build", warn=said.append)
    assert digests(tmp_path / "site") == digests(built / "site")
    assert sorted((tmp_path / "build" / "assets").iterdir()) == kept
    named = 0 if spoil is Path.unlink else len(suffixes)
    assert len([line for line in said if "is damaged" in line]) == len(said) == named


def test_rot_in_the_folder_that_mkdocs_reads(built: Path, tmp_path: Path) -> None:
    shutil.copytree(built / "build", tmp_path / "build")
    for path in sorted((tmp_path / "build" / "docs").rglob("*")):
        if path.is_file():
            overwritten(path)
    build(records.findings(), tmp_path / "site", work=tmp_path / "build", warn=pytest.fail)
    assert digests(tmp_path / "site") == digests(built / "site")
