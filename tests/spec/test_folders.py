"""Folders of photographs: links followed, formats counted, and never nothing without a word."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from generator.errors import SpecError
from tests.spec.conftest import REPORT, Check, photograph

FOLDER = REPORT[: REPORT.index("claims:")].replace("images/images.csv", "photos")


@pytest.fixture
def photos(project: Path) -> Path:
    for seed, name in enumerate(("birds/a.jpg", "birds/b.jpg", "fish/c.jpg")):
        photograph(project / "photos" / name, 60 + seed)
    return project / "photos"


def names(check: Check, text: str = FOLDER, **options: bool) -> list[str]:
    return [each.name for each in check(text, **options).library]


def test_formats_that_are_read(photos: Path, check: Check):
    for number, name in enumerate(("a.tif", "a.TIFF", "a.bmp", "a.ppm", "a.pgm", "a.jfif")):
        kind = {"jfif": "JPEG", "tif": "TIFF"}.get(name[2:].lower())
        Image.new("RGB", (12, 10), (number * 40, 9, 9)).save(
            photos / "birds" / name, kind or name[2:].replace("pgm", "ppm")
        )
    Image.new("RGB", (12, 10), (1, 90, 9)).save(photos / "no-ending", "TIFF")
    study = check(FOLDER)
    assert len(study.library) == 10
    assert study.warnings == ()


def test_formats_that_are_not_read_are_one_line(photos: Path, check: Check):
    for name in ("1.jp2", "2.JP2", "3.heic", "4.nef", "notes.txt", "Thumbs.db", ".5.heic"):
        (photos / "birds" / name).write_bytes(b"\0\0\0\x0cjP  ")
    study = check(FOLDER)
    assert len(study.library) == 3
    assert study.warnings == (
        "4 images of the folder photos are left out, of formats that are not read: 1 HEIC, "
        "2 JPEG 2000, 1 raw of a camera. Save them as JPEG or PNG (`pip install pillow-heif` reads "
        "HEIC).",
    )


@pytest.mark.parametrize("pattern", ["photos/birds", "photos/birds/*", "photos/**/*", "photos/b*"])
def test_claims_say_it_too(pattern: str, photos: Path, check: Check):
    (photos / "birds" / "x.jp2").write_bytes(b"x")
    text = REPORT.replace("positives: {tags: [bird]}", f"positives: ['{pattern}']")
    (warning,) = check(text).warnings
    assert "1 image of" in warning
    assert "1 JPEG 2000" in warning


def test_links_to_folders_are_followed(photos: Path, project: Path, check: Check):
    photograph(project / "store" / "owls" / "d.jpg", 90)
    photograph(project / "store" / "owls" / "deep" / "e.jpg", 91)
    (photos / "owls").symlink_to(project / "store" / "owls")
    study = check(FOLDER)
    tags = {each.name: set(each.tags) for each in study.library}
    assert tags["photos/owls/d.jpg"] == {"owls"}
    assert tags["photos/owls/deep/e.jpg"] == {"owls", "deep"}
    assert study.warnings == ()


def test_a_library_that_is_a_link_itself(photos: Path, project: Path, check: Check):
    photos.rename(project / "elsewhere")
    photos.symlink_to("elsewhere")
    assert len(names(check)) == 3


@pytest.mark.parametrize(
    ("link", "goal", "message"),
    [
        (
            "photos/fish/again",
            "photos",
            "photos/fish/again was passed over: it is a link to photos",
        ),
        ("photos/all", ".", "photos/all was passed over: it is a link to a folder above it"),
        ("photos/a-birds", "photos/birds", "a link to photos/birds, which is read already"),
        ("photos/fish/self", "photos/fish/self", ""),
    ],
)
def test_links_that_lead_in_a_circle(
    link: str, goal: str, message: str, *, photos: Path, project: Path, check: Check
):
    (project / link).symlink_to(project / goal)
    study = check(FOLDER)
    assert len(study.library) == len(list(photos.rglob("*.jpg")))
    assert message in " ".join(study.warnings)


def test_links_that_lead_nowhere_are_said(photos: Path, check: Check):
    (photos / "owls").symlink_to("/nowhere")
    assert check(FOLDER).warnings == ("the link photos/owls was passed over: it leads nowhere.",)


def test_a_scan_of_an_empty_folder(project: Path, check: Check):
    (project / "empty" / "deep").mkdir(parents=True)
    with pytest.raises(SpecError, match="this folder is empty"):
        check(REPORT + "scan: {images: empty}\n")
    photograph(project / "empty" / "deep" / "a.jpg", 3)
    check(REPORT + "scan: {images: empty}\n")


def test_links_that_lead_outside(photos: Path, tmp_path: Path, check: Check):
    photograph(tmp_path / "private" / "d.jpg", 95)
    (photos / "owls").symlink_to(tmp_path / "private")
    with pytest.raises(SpecError, match=r"owls leads outside the project .* --allow-outside"):
        check(FOLDER)
    assert len(names(check, allow_outside=True)) == 4


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ((), "there is no photograph in this folder"),
        (("a.jp2", "b.jp2"), "no photograph in this folder: 2 images of the folder photos"),
        (("a.jpg",), "none of its 1 photographs can be used: photos/a.jpg was left out"),
    ],
)
def test_a_folder_of_which_nothing_is_left(
    files: tuple[str, ...], message: str, project: Path, check: Check
):
    (project / "photos").mkdir()
    for name in files:
        (project / "photos" / name).write_bytes(b"no picture")
    with pytest.raises(SpecError) as refusal:
        check(FOLDER)
    assert message in refusal.value.problems[0].message


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("", "the index names no photograph"),
        (
            "gone.jpg,x\nbroken.jpg,y\n",
            "none of its 2 photographs can be used: images/gone.jpg was",
        ),
    ],
)
def test_an_index_of_which_nothing_is_left(rows: str, message: str, project: Path, check: Check):
    (project / "images" / "images.csv").write_text(f"file,tags\n{rows}")
    (project / "images" / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(SpecError) as refusal:
        check(REPORT[: REPORT.index("claims:")])
    (problem,) = refusal.value.problems
    assert (problem.file, problem.line) == ("images/images.csv", 1)
    assert message in problem.message
