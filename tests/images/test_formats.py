"""TIFF, BMP, PPM and HEIC are read within bounds; other formats are named for what they are."""

from __future__ import annotations

import io
import struct
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

from generator.images import formats
from generator.images.formats import FormatError, identify, unread_sentence, unread_title
from generator.images.photographs import PhotographError, decode, open_photograph

Entry = tuple[int, int, int, int]  # tag, type, count, value
BASE: list[Entry] = [(256, 3, 1, 96), (257, 3, 1, 64), (258, 3, 1, 8), (262, 3, 1, 1)]
STRIP: list[Entry] = [(273, 4, 1, 200), (278, 4, 1, 60_000), (279, 4, 1, 100)]
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"


def scene() -> Image.Image:
    y, x = np.mgrid[:64, :96]
    channels = (x * 200 / 96 + 25, y * 200 / 64 + 25, np.full_like(x, 128))
    return Image.fromarray(np.stack(channels, -1).astype(np.uint8))


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def tiff(entries: list[Entry], order: str = "<", rest: bytes = b"") -> bytes:
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}IH", 8, len(entries))
    for tag, kind, count, value in entries:
        short = kind == 3 and count == 1
        head += struct.pack(f"{order}HHI{'Hxx' if short else 'I'}", tag, kind, count, value)
    return head + bytes(4) + rest


def pixels(folder: Path, data: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    path = folder / "x"
    path.write_bytes(data)
    found = decode(path)
    assert open_photograph(path, "x").size == found.shape[1::-1]
    return found


@pytest.mark.parametrize(
    "compression", [None, "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"]
)
def test_every_usual_compression_of_tiff(compression: str | None, tmp_path: Path):
    options = {"compression": compression} if compression else {}
    found = pixels(tmp_path, encoded(scene(), "TIFF", **options))
    assert np.abs(found.astype(int) - np.asarray(scene())).max() <= 3


@pytest.mark.parametrize("kind", ["TIFF", "BMP", "PPM"])
@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA"])
def test_every_usual_mode(kind: str, mode: str, tmp_path: Path):
    image = scene().convert(mode)
    if kind == "PPM" and mode == "P":
        return  # Pillow writes none
    found = pixels(tmp_path, encoded(image, kind))
    wanted = image.convert("RGB")
    assert np.array_equal(found, np.asarray(wanted))


@pytest.mark.parametrize("kind", ["TIFF", "PNG", "PPM"])
def test_sixteen_bits_become_eight(kind: str, tmp_path: Path):
    _, x = np.mgrid[:64, :96]
    deep = (x * 600).astype(np.int32 if kind == "PPM" else np.uint16)
    found = pixels(tmp_path, encoded(Image.fromarray(deep), kind))
    assert np.array_equal(found[..., 0], np.round(x * 600 / 257).astype(np.uint8))


def test_sixteen_bits_of_colour_and_of_the_other_order(tmp_path: Path):
    colours = np.asarray(scene()).astype(">u2") * 257
    entries = [*BASE[:2], (258, 3, 3, 170), (262, 3, 1, 2), (277, 3, 1, 3), (273, 4, 1, 200)]
    data = tiff([*entries, (278, 3, 1, 64), (279, 4, 1, 96 * 64 * 6)], ">")
    data = data.ljust(170, b"\0") + struct.pack(">HHH", 16, 16, 16)
    assert np.array_equal(
        pixels(tmp_path, data.ljust(200, b"\0") + colours.tobytes()), np.asarray(scene())
    )


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_tiff_lies_as_its_orientation_says(turn: int, tmp_path: Path):
    exif = Image.Exif()
    exif[274] = turn
    as_jpeg = pixels(tmp_path, encoded(scene(), "JPEG", exif=exif, quality=95))
    as_tiff = pixels(tmp_path, encoded(scene(), "TIFF", tiffinfo={274: turn}))
    assert as_tiff.shape == as_jpeg.shape
    assert np.abs(as_tiff.astype(int) - as_jpeg).mean() < 4


def test_of_several_pages_the_first_is_read(tmp_path: Path):
    pages = [scene(), scene().rotate(180)]
    data = encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    assert np.array_equal(pixels(tmp_path, data), np.asarray(scene()))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (tiff([*BASE, (273, 4, 16_000_000, 200)]), "a tag of it has 16000000 values"),
        (tiff([*BASE, (320, 3, 200_000, 8)]), "a tag of it has 200000 values"),
        (tiff([*BASE, (322, 3, 1, 60_000), (323, 3, 1, 60_000)]), "its tiles are larger"),
        (tiff([*BASE, (322, 3, 1, 0), (323, 3, 1, 16)]), "makes no sense"),
        (tiff([(256, 4, 1, 10**6), *BASE[1:]]), "makes no sense"),
        (tiff([(256, 4, 1, 60_000), (257, 4, 1, 60_000), *BASE[2:], *STRIP]), "50 megapixels"),
        (tiff([(65_000, 4, 1, 0)] * 600), "it has 600 tags"),
        (b"II*\0\xff\xff\xff\xff", "makes no sense"),
        (b"MM\0*", "makes no sense"),
        (tiff([(254, 4, 1, 1), *BASE]), "a preview of another; perhaps it is the raw picture"),
        (tiff([*BASE, (50706, 1, 4, 1)]), "the raw picture of a camera"),
        (tiff([*BASE[:3], (262, 3, 1, 32803)]), "the raw picture of a camera"),
        (b"II*\0\x10\0\0\0CR\2\0", "the raw picture of a camera"),
        (tiff([*BASE[:2], (258, 3, 1, 12)]), "its samples have 12 bits: save it with 8 or 16"),
        (tiff([*BASE, (339, 3, 1, 2)]), "its samples are negative"),
        (tiff([*BASE[:2], (258, 3, 1, 16), (262, 3, 1, 0)]), "its white is 0, with 16 bits"),
        (encoded(scene().convert("F"), "TIFF"), "its samples have 32 bits"),
        (encoded(Image.new("LAB", (9, 9)), "TIFF"), "its colours are LAB"),
        (encoded(scene(), "TIFF")[:3000], "it is cut short"),
        (encoded(scene(), "BMP")[:3000], "it is cut short"),
        (encoded(scene(), "PPM")[:3000], "it is cut short"),
        (b"P6 100000 100000 255\n", "more than 50 megapixels"),
        (b"BM a text that begins so", "a BMP of a kind that is not read"),
        (encoded(scene(), "JPEG2000"), "it is a JPEG 2000: save it as PNG"),
        (b"\xff\x0a\0\0", "it is a JPEG XL"),
        (b"8BPS\0\1", "it is of Photoshop"),
        (b"II+\0\x08", "it is a BigTIFF"),
        (encoded(scene(), "ICO"), "it is an icon"),
        (b"\0\0\0\x18ftypisom\0\0\0\0mp42", "it is a film"),
        (HEIC, "`pip install pillow-heif` reads it, or save it as JPEG"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_read_says_why(data: bytes, reason: str, tmp_path: Path):
    path = tmp_path / "x.tif"
    path.write_bytes(data)
    with pytest.raises(PhotographError) as refusal:
        open_photograph(path, "x")
    assert reason in refusal.value.reason


def test_heic_is_read_where_its_package_is_installed(monkeypatch: pytest.MonkeyPatch):
    called: list[object] = []
    package = ModuleType(formats.PACKAGE)
    package.register_heif_opener = lambda **options: called.append(options)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, formats.PACKAGE, package)
    monkeypatch.setattr(formats, "reads_heic", lambda: True)
    assert identify(HEIC) == "HEIF"
    assert len(called) == 1
    assert formats.is_readable("a.HEIC")
    assert unread_title("a.heic") == ""
    with pytest.raises(FormatError, match="it is a film"):
        identify(b"\0\0\0\x18ftypqt  \0\0\0\0qt  ")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("a/b.JP2", "JPEG 2000"),
        ("x.heic", "HEIC"),
        ("x.nef", "raw of a camera"),
        ("x.jpg", ""),
        ("x.tiff", ""),
        ("x.txt", ""),
        ("jp2", ""),
    ],
)
def test_formats_that_are_not_read_are_known_by_their_endings(name: str, title: str):
    assert unread_title(name) == title
    assert not title or not formats.is_readable(name)


def test_what_is_passed_over_is_counted_by_format():
    titles = ["HEIC", "", "JPEG 2000", "HEIC"]
    assert unread_sentence(titles, "the folder a") == (
        "3 images of the folder a are left out, of formats that are not read: 2 HEIC, 1 JPEG 2000. "
        "Save them as JPEG or PNG (`pip install pillow-heif` reads HEIC)."
    )
    assert unread_sentence(["SVG"], "the folder a") == (
        "1 image of the folder a is left out, of formats that are not read: 1 SVG. "
        "Save it as JPEG or PNG."
    )
    assert unread_sentence(["", ""], "the folder a") == ""
