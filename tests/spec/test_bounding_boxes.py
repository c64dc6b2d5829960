"""Boxes in the index: how they are written, and what is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from generator.errors import SpecError
from tests.spec.conftest import Check

HEAD = "file,subject,tags,boxes\n"


def write(project: Path, cell: str) -> None:
    index = project / "images" / "images.csv"
    rows = index.read_text().splitlines()[1:]
    lines = [f"{row.split(',')[0]},x,{row.split(',')[2]},{cell if n == 0 else ''}\n"
             for n, row in enumerate(rows)]  # fmt: skip
    index.write_text(HEAD + "".join(lines))


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("0.25 0.1 0.5 1", ((0.25, 0.1, 0.5, 1.0),)),
        ("3 1 6 10", ((0.25, 0.1, 0.5, 1.0),)),  # pixels of 12 x 10
        (" 0 0 1 1 ;6 5 12 10; ", ((0, 0, 1, 1), (0.5, 0.5, 1, 1))),
        ("", ()),
    ],
)
def test_boxes_are_pixels_or_shares(
    project: Path, check: Check, cell: str, expected: tuple[tuple[float, ...], ...]
):
    write(project, cell)
    first = next(p for p in check().library if p.name == "images/arch-1.jpg")
    assert first.size == (12, 10)
    assert first.boxes == expected


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("1 2 3", "expects four numbers"),
        ("a b c d", "expects four numbers"),
        ("-1 0 3 3", "expects four numbers"),
        ("nan 0 3 3", "expects four numbers"),
        ("5 0 3 3", "expects left < right"),
        ("0.2 0.5 0.4 0.5", "expects left < right"),
        ("0 0 13 10", "arch-1.jpg: the box 0 0 13 10 reaches beyond the photograph, which has 12"),
        ("0 0 12 11", "reaches beyond"),
        (";".join(["0 0 1 1"] * 101), "more than 100 boxes"),
    ],
)
def test_bad_boxes_are_refused_by_line(project: Path, check: Check, cell: str, words: str):
    write(project, cell)
    with pytest.raises(SpecError) as caught:
        check()
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == ("images/images.csv", 2)
    assert words in problem.message


def test_boxes_count_on_the_upright_photograph(project: Path, check: Check):
    lying = Image.new("RGB", (12, 10), (9, 9, 9))
    exif = Image.Exif()
    exif[0x0112] = 6
    lying.save(project / "images" / "arch-1.jpg", exif=exif)
    write(project, "0 0 10 12")
    first = next(p for p in check().library if p.name == "images/arch-1.jpg")
    assert (first.size, first.boxes) == ((10, 12), ((0, 0, 1, 1),))
