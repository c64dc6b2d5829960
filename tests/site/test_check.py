"""The site checker: one page for every fault."""

from pathlib import Path

import pytest

from generator.site.check import check_site


def site(root: Path, body: str, **files: str) -> Path:
    """A folder with that page; its images that begin with their source get a size."""
    body = body.replace("<img s", '<img width="1" height="1" s')
    (root / "sub").mkdir(exist_ok=True)
    (root / "index.html").write_text(f"<html><body>{body}</body></html>", encoding="utf-8")
    (root / "sub" / "other.html").write_text('<p id="here">x</p>', encoding="utf-8")
    (root / "Picture.png").write_bytes(b"x")
    for name, text in files.items():
        (root / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize(
    "body",
    [
        '<a href="sub/other.html#here">x</a><a href="#top">t</a><i id="a"></i><a href="#a">a</a>',
        '<img src="Picture.png" alt=""><img srcset="Picture.png 1x, Picture.png 2x" alt="x">',
        '<a href="https://example.org/a?b#c">out</a><a href="mailto:a@b.c">m</a>',
        '<a href="Picture.png">file</a><a href="sub/../Picture.png?v=1">again</a>',
        '<img src="data:image/gif;base64,R0lGOD" alt="x"><a href="">here</a>',
    ],
)
def test_what_is_right_has_no_fault(tmp_path: Path, body: str):
    assert check_site(site(tmp_path, body)) == ()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('<a href="missing.html">x</a>', "leads to no file"),
        ('<a href="sub/other.html#there">x</a>', "leads to no such place"),
        ('<a href="#nowhere">x</a>', "leads to no such place"),
        ('<a href="sub/">x</a>', "leads to no file"),
        ('<a href="/index.html">x</a>', "is an absolute path"),
        ('<a href="../index.html">x</a>', "leads to no file"),
        ('<a href="javascript:alert(1)">x</a>', "is not a link that may be followed"),
        ('<a href="file:///etc/passwd">x</a>', "is not a link that may be followed"),
        ('<img src="picture.png" alt="x">', "leads to no file"),
        ('<img src="Picture.png">', "without an alternative text"),
        (
            '<img srcset="Picture.png 1x, gone.png 2x" alt="">',
            "leads to no file",
        ),
        ('<img src="" alt="">', "an empty address"),
        (
            '<img src="https://example.org/a.png" alt="">',
            "is asked of another host",
        ),
        ('<img src="//example.org/a.png" alt="">', "is asked of another host"),
        ('<script src="gone.js"></script>', "leads to no file"),
        ('<link rel="stylesheet" href="https://example.org/a.css">', "another host"),
        ('<iframe src="https://example.org"></iframe>', "another host"),
        ('<svg><use href="gone.svg#a"/></svg>', "leads to no file"),
        ('<p id="a"></p><p id="a"></p>', "the id 'a' occurs twice"),
        ('<a href="http://[">x</a>', "is not an address"),
        ('<img alt="" src="Picture.png" width="3">', "without width and height"),
        ('<p onclick="x()">x</p>', "a handler inside the page: onclick"),
    ],
)
def test_every_fault_is_found(tmp_path: Path, body: str, message: str):
    (fault,) = check_site(site(tmp_path, body))
    assert message in str(fault)
    assert str(fault).startswith("index.html: ")
    assert fault.element.startswith("<")


def test_what_is_too_heavy_for_a_first_view_is_named(tmp_path: Path):
    picture = '<img src="{}" alt="">'
    waits = picture.format("large.bin").replace(">", ' loading="lazy">')
    (tmp_path / "large.bin").write_bytes(bytes(range(256)) * 1200)
    assert check_site(site(tmp_path, waits)) == ()
    (fault,) = check_site(site(tmp_path, picture.format("large.bin")))
    assert "loads 307 kB, at most 300 kB are allowed; most of it is large.bin" in str(fault)


def test_texts_weigh_what_they_weigh_on_their_way(tmp_path: Path):
    link = '<link rel="stylesheet" href="long.css">'
    assert check_site(site(tmp_path, link, long__css="a{}" * 200_000)) == ()


def test_a_page_that_is_too_long_is_a_fault(tmp_path: Path):
    (fault,) = check_site(site(tmp_path, "x" * (3 << 20)))
    assert "kB of HTML, at most 2097 kB are allowed" in str(fault)


def test_style_sheets_are_read_as_well(tmp_path: Path):
    style = 'a{background:url("Picture.png")}b{background:url(gone.png)}@import "https://x.org/y";'
    style += "c{fill:url(#g)}d{background:url(data:image/png;base64,AA)}"
    faults = check_site(site(tmp_path, "", style__css=style))
    assert [(f.page, f.message) for f in faults] == [
        ("style.css", "'gone.png' leads to no file"),
        ("style.css", "'https://x.org/y' is asked of another host"),
    ]
