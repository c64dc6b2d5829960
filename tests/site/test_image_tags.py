"""Images of pages have both sides, whatever their tags give."""

from __future__ import annotations

import time
from pathlib import Path
from urllib.parse import quote

import pytest
from PIL import Image

from generator.site.image_tags import sized

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"/>'


def test_images_get_the_size_of_their_files(tmp_path: Path):
    Image.new("RGB", (30, 20)).save(tmp_path / "a b.png")
    page = '<p><img alt="x" src="a%20b.png"><img src="gone.png" alt=""></p>'
    assert sized(page, tmp_path) == (
        '<p><img width="30" height="20" loading="lazy" alt="x" src="a%20b.png">'
        '<img src="gone.png" alt=""></p>'
    )
    known = '<img src="a%20b.png" width="3" height="2" loading="eager" alt="">'
    assert sized(known, tmp_path) == known


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.png", "a.webp", "a.gif", "a.avif"):
        Image.new("RGB", (30, 20)).save(tmp_path / name)
    exif = Image.Exif()
    exif[274] = 6
    Image.new("RGB", (30, 20)).save(tmp_path / "turned.jpg", exif=exif)
    (tmp_path / "box.svg").write_text(SVG, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("attributes", "width", "height"),
    [
        ('src="a.png"', 30, 20),
        ('src="a.webp" width="300"', 300, 200),
        ("src=a.gif width=300", 300, 200),
        ('src="a.avif" height="10px"', 15, 10),
        ("src='turned.jpg' width='10'", 10, 15),
        ('src="box.svg"', 40, 10),
        ('src="box.svg" width="80"', 80, 20),
        ('src="box.svg?v=1#only-light" height="5"', 20, 5),
        ('src="a.png" width="auto" height=""', 30, 20),
        ('src="a.png" width="3px" height="2px"', 3, 2),
        ('src="gone.png" width="3px" height="2px"', 3, 2),
        ('src="a.png" alt="a > b width=7"', 30, 20),
        (f'src="data:image/svg+xml,{quote(SVG)}"', 40, 10),
    ],
)
def test_a_missing_side_follows_from_the_file(
    folder: Path, attributes: str, width: int, height: int
):
    for end in (">", " />"):
        tag = sized(f"<p><img {attributes}{end}</p>", folder)
        assert tag.startswith(f'<p><img width="{width}" height="{height}" loading="lazy" ')
        assert tag.count(" src=") == 1
        assert tag.endswith(f"{end}</p>")


def test_a_share_of_the_page_s_width_is_a_style(folder: Path):
    tag = sized('<img src="a.png" width="50%" style="float: left" loading="eager">', folder)
    assert tag == (
        '<img width="30" height="20" src="a.png" style="width: 50%; height: auto; float: left" '
        'loading="eager">'
    )


@pytest.mark.parametrize(
    "page",
    [
        '<img src="a.png" width="20em">',
        '<img src="a.png" width="0" height="4">',
        '<img src="box.txt">',
        "<img>",
        "<script>'<img src=\"a.png\">'</script>",
        '<!-- <img src="a.png"> -->',
        "<imgs src=a.png>",
    ],
)
def test_what_cannot_be_told_is_left_to_the_checker(folder: Path, page: str):
    (folder / "box.txt").write_text("text")
    assert sized(page, folder) == page


def test_tags_without_an_end_take_no_time(folder: Path):
    start = time.monotonic()
    sized("<img " + "a" * 100_000 + ' b="', folder)
    sized("<img " + "a/ " * 50_000, folder)
    assert time.monotonic() - start < 20
