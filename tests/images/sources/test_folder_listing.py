"""Folders of images by the million: links followed, and what is passed over is said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from generator.errors import ReportError
from generator.images.sources import open_source
from tests.images.sources.made import jpeg, loaded


@pytest.fixture
def images(tmp_path: Path) -> Path:
    for number, name in enumerate(("birds/a.jpg", "fish/b.jpg")):
        path = tmp_path / "images" / name
        path.parent.mkdir(parents=True)
        path.write_bytes(jpeg(number))
    return tmp_path / "images"


def names(folder: Path, written: str = "images", border: Path | None = None) -> list[str]:
    return [name for name, _ in loaded(open_source(written, folder, border=border))[0]]


def test_formats_are_those_of_the_library(images: Path, tmp_path: Path):
    for name in ("a.tif", "b.bmp", "c.PPM", "d.jfif"):
        kind = {"a.tif": "TIFF", "d.jfif": "JPEG"}.get(name, name[2:])
        Image.new("RGB", (9, 9)).save(images / name, kind)
    assert names(tmp_path)[:4] == ["a.tif", "b.bmp", "birds/a.jpg", "c.PPM"]


def test_formats_that_are_not_read_are_counted(images: Path, tmp_path: Path):
    for name in ("a.jp2", "b.heic", "c.txt"):
        (images / name).write_bytes(b"x")
    source = open_source("images", tmp_path)
    assert len(loaded(source)[0]) == 2
    assert source.passed_over.startswith(
        "2 images of the folder images are left out, of formats that are not read: 1 HEIC, 1 JPEG"
    )
    with pytest.raises(ReportError, match=r"a\.jp2: images of JPEG 2000 are not read"):
        open_source("images/a.jp2", tmp_path)


def test_a_folder_of_nothing_that_is_read(tmp_path: Path):
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.jp2").write_bytes(b"x")
    with pytest.raises(ReportError, match="there are no images") as refusal:
        open_source("images", tmp_path)
    assert "1 JPEG 2000" in refusal.value.remedy


def test_links_that_lead_nowhere_are_said(images: Path, tmp_path: Path):
    (images / "owls").symlink_to("/nowhere")
    source = open_source("images", tmp_path)
    assert len(loaded(source)[0]) == 2
    assert source.passed_over == "The link owls was passed over: it leads nowhere."


def test_links_to_folders_are_followed(images: Path, tmp_path: Path):
    (tmp_path / "owls" / "deep").mkdir(parents=True)
    (tmp_path / "owls" / "deep" / "c.jpg").write_bytes(jpeg(7))
    (images / "aowls").symlink_to(tmp_path / "owls")
    assert names(tmp_path) == ["birds/a.jpg", "fish/b.jpg", "aowls/deep/c.jpg"]
    assert names(tmp_path, "images/*") == ["deep/c.jpg", "a.jpg", "b.jpg"]


@pytest.mark.parametrize("goal", ["images", ".", "images/birds"])
def test_links_that_lead_in_a_circle_are_named(goal: str, images: Path, tmp_path: Path):
    (images / "fish" / "again").symlink_to(tmp_path / goal)
    source = open_source("images", tmp_path)
    assert len(loaded(source)[0]) == 2
    assert "The folder fish/again was passed over: it is a link to" in source.passed_over


def test_links_that_lead_outside_are_refused(images: Path, tmp_path: Path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "c.jpg").write_bytes(jpeg(7))
    (images / "owls").symlink_to(outside)
    with pytest.raises(ReportError, match="owls/ leads outside the project") as refusal:
        open_source(".", images, border=Path(os.path.realpath(images)))
    assert "--allow-outside" in refusal.value.remedy
    assert len(names(images, ".")) == 3
