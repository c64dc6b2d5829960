"""Photographs are checked to their last byte, and seen as they were meant to be."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from generator.errors import ReportError
from generator.images.photographs import (
    IMAGENET_MEAN_COLOUR,
    MAX_BYTES,
    PhotographError,
    decode,
    open_photograph,
)

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF", "BMP", "PPM")
SHARED_FOLDER = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def scene(width: int = 96, height: int = 64) -> Image.Image:
    """A picture with detail everywhere, whose corners differ."""
    y, x = np.mgrid[:height, :width]
    waves = 30 * np.sin(x * 0.9) * np.cos(y * 0.7)
    channels = (x * 200 / width + waves + 25, y * 200 / height + 25, 128 + waves)
    return Image.fromarray(np.stack(channels, -1).clip(0, 255).astype(np.uint8))


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def saved(folder: Path, data: bytes, name: str = "x.jpg") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def refusal(path: Path) -> str:
    """Give the reason, which opening and decoding must agree on."""
    with pytest.raises(PhotographError) as opened:
        open_photograph(path, "a/x.jpg")
    with pytest.raises(PhotographError):
        decode(path)
    assert opened.value.cause == f"a/x.jpg cannot be used: {opened.value.reason}"
    return opened.value.reason


@pytest.mark.parametrize("kind", FORMATS)
def test_a_format_is_known_by_its_first_bytes_whatever_the_extension(kind: str, tmp_path: Path):
    data = encoded(scene(), kind)
    path = saved(tmp_path, data, "x.txt")

    photograph = open_photograph(path, "folder/x.txt")

    assert photograph.name == "folder/x.txt"
    assert photograph.path == str(path)
    assert photograph.sha256 == hashlib.sha256(data).hexdigest()
    pixels = decode(path)
    assert pixels.dtype == np.uint8
    assert pixels.shape == (64, 96, 3)
    difference = np.abs(pixels.astype(int) - np.asarray(scene(), dtype=int))
    assert difference.mean() < 12


@pytest.mark.parametrize("kind", FORMATS)
@SHARED_FOLDER
@given(share=st.floats(0, 1))
def test_a_file_cut_short_is_refused_or_whole(kind: str, tmp_path: Path, share: float):
    data = encoded(scene(), kind)
    whole = decode(saved(tmp_path, data))
    path = saved(tmp_path, data[: int(share * len(data))])
    try:
        open_photograph(path, "x")
    except PhotographError as error:
        assert isinstance(error, ReportError)
        assert error.reason.startswith("it is ")
    else:  # only a trailer was cut off
        assert share > 0.9
        assert np.array_equal(decode(path), whole)


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.97])
def test_a_jpeg_cut_short_is_refused(progressive: bool, share: float, tmp_path: Path):
    data = encoded(scene(400, 300), "JPEG", progressive=progressive)
    reason = refusal(saved(tmp_path, data[: int(share * len(data))]))
    assert reason.startswith(("it is cut short", "it is damaged"))


@SHARED_FOLDER
@given(kind=st.sampled_from(FORMATS), data=st.data())
def test_a_damaged_file_is_refused_or_decoded(kind: str, data: st.DataObject, tmp_path: Path):
    spoiled = bytearray(encoded(scene(), kind))
    for _ in range(data.draw(st.integers(1, 5))):
        spoiled[data.draw(st.integers(0, len(spoiled) - 1))] = data.draw(st.integers(0, 255))
    path = saved(tmp_path, bytes(spoiled))
    try:
        open_photograph(path, "x")
        pixels = decode(path)
    except PhotographError:
        return
    assert pixels.ndim == 3
    assert pixels.shape[2] == 3


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is empty"),
        (b"hello", "it is no JPEG, PNG, WebP, AVIF, GIF, TIFF, BMP or PPM"),
        (b"\n <!DOCTYPE html>", "it is text (HTML, XML or SVG), not a photograph"),
        (b"version https://git-lfs.github.com/spec/v1", "it is a pointer of Git LFS"),
        (encoded(scene(), "PDF"), "it is a PDF, not a photograph"),
        (b"\xff\xd8\xff", "it is damaged"),
        (b"\x89PNG\r\n\x1a\n", "it is damaged"),
        (b"RIFF\0\0\0\0WEBP", "it is damaged"),
        (b"GIF89a", "it is damaged"),
        (b"\0\0\0\x18ftypavif\0\0\0\0avif", "it is damaged"),
    ],
    ids=lambda value: repr(value[:12]) if isinstance(value, bytes) else "",
)
def test_what_is_no_photograph_is_refused_by_what_it_is(data: bytes, reason: str, tmp_path: Path):
    assert refusal(saved(tmp_path, data)).startswith(reason)


@pytest.mark.parametrize(
    ("size", "reason"),
    [
        ((10_000, 5_001), "it has 10000 by 5001 pixels, more than 50 megapixels"),
        ((12_000, 9_000), "it has more than 50 megapixels"),  # where Pillow warns
        ((40_000, 40_000), "it has more than 50 megapixels"),  # where Pillow refuses
        ((20_000, 1), "it has 20000 by 1 pixels, narrower than 1 : 50"),
        ((1, 51), "it has 1 by 51 pixels, narrower than 1 : 50"),
    ],
)
def test_a_bomb_is_refused_by_its_header(size: tuple[int, int], reason: str, tmp_path: Path):
    assert refusal(saved(tmp_path, png_header(*size))) == reason


def png_header(width: int, height: int) -> bytes:
    """A PNG that announces a size and holds next to nothing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(b"\0")), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_a_gif_whose_frame_is_larger_than_its_screen_is_refused(tmp_path: Path):
    data = bytearray(encoded(Image.new("P", (4, 4)), "GIF"))
    frame = data.index(b",\0\0\0\0")
    data[frame + 5 : frame + 9] = struct.pack("<HH", 65_535, 65_535)
    assert refusal(saved(tmp_path, bytes(data)))


def test_a_file_beyond_the_limit_is_refused_unread(tmp_path: Path):
    path = tmp_path / "x.jpg"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    assert refusal(path) == "it is 64 MiB large, more than 64 MiB"


@pytest.mark.parametrize("size", [(1, 1), (50, 1), (1, 50), (7, 3)])
def test_small_photographs_are_fine(size: tuple[int, int], tmp_path: Path):
    for kind in FORMATS:
        path = saved(tmp_path, encoded(Image.new("RGB", size, "red"), kind))
        open_photograph(path, "x")
        assert decode(path).shape == (size[1], size[0], 3)


def test_what_is_no_ordinary_file_is_refused_without_waiting(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "folder.jpg").mkdir()
    (tmp_path / "circle.jpg").symlink_to("circle.jpg")
    (tmp_path / "device.jpg").symlink_to("/dev/zero")
    odd = "it is no ordinary file (a pipe, a socket or a device)"
    assert refusal(tmp_path / "pipe.jpg") == odd
    assert refusal(tmp_path / "device.jpg") == odd
    assert refusal(tmp_path / "folder.jpg") == "it is a folder, not a file"
    assert refusal(tmp_path / "circle.jpg") == "its symbolic links lead in a circle"
    assert refusal(tmp_path / "missing.jpg") == "there is no such file"
    assert refusal(tmp_path / "a\0b.jpg") == "there is no such file"


def test_a_link_to_a_photograph_is_a_photograph(tmp_path: Path):
    path = saved(tmp_path, encoded(scene(), "JPEG"))
    (tmp_path / "link").symlink_to(path)
    assert (
        open_photograph(tmp_path / "link", "x").sha256
        == hashlib.sha256(path.read_bytes()).hexdigest()
    )


def test_a_hostile_name_is_spelled_out(tmp_path: Path):
    with pytest.raises(PhotographError) as error:
        open_photograph(tmp_path / "x", "a\x1b[2J\u202eb")
    assert error.value.cause.startswith("a\\x1b[2J\\u202eb cannot be used")


# What the eight orientations make of the letter F, as the standard draws them: where the stored
# picture's first row and first column are seen.
STORED = np.array([[1, 2, 3], [4, 5, 6]], dtype=np.uint8) * 40
SEEN = {
    1: STORED,
    2: STORED[:, ::-1],
    3: STORED[::-1, ::-1],
    4: STORED[::-1],
    5: STORED.T,
    6: STORED[::-1].T,
    7: STORED[::-1, ::-1].T,
    8: STORED[:, ::-1].T,
}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", SEEN)
def test_a_photograph_is_turned_as_its_exif_says(orientation: int, kind: str, tmp_path: Path):
    exif = Image.Exif()
    exif[0x0112] = orientation
    blocks = Image.fromarray(np.kron(STORED, np.ones((16, 16), np.uint8))).convert("RGB")
    path = saved(tmp_path, encoded(blocks, kind, exif=exif, quality=100))

    pixels = decode(path)

    middles = pixels[8::16, 8::16, 1].astype(int)
    assert np.abs(middles - SEEN[orientation]).max() <= 4


@pytest.mark.parametrize(
    "exif", [b"Exif\0\0", b"Exif\0\0garbage", b"Exif\0\0II*\0\xff\xff\xff\xff"]
)
def test_broken_exif_turns_nothing(exif: bytes, tmp_path: Path):
    path = saved(tmp_path, encoded(scene(), "JPEG", exif=exif))
    open_photograph(path, "x")
    assert decode(path).shape == (64, 96, 3)


def test_an_orientation_that_does_not_exist_turns_nothing(tmp_path: Path):
    exif = Image.Exif()
    exif[0x0112] = 9
    assert decode(saved(tmp_path, encoded(scene(), "JPEG", exif=exif))).shape == (64, 96, 3)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_is_transparent_lies_on_the_mean_colour(kind: str, tmp_path: Path):
    image = Image.new("RGBA", (3, 1))
    image.putdata([(200, 0, 0, 255), (200, 0, 0, 0), (224, 16, 4, 128)])
    pixels = decode(saved(tmp_path, encoded(image, kind, lossless=True)))[0]
    assert pixels[0].tolist() == [200, 0, 0]
    assert tuple(pixels[1]) == IMAGENET_MEAN_COLOUR
    assert np.abs(pixels[2].astype(int) - [174, 66, 54]).max() <= 1


def test_every_form_of_transparency_is_seen(tmp_path: Path):
    grey = Image.new("L", (2, 1))
    grey.putdata([50, 90])
    palette = grey.convert("P")
    both = Image.merge("LA", (grey, Image.frombytes("L", (2, 1), b"\xff\0")))
    deep = Image.fromarray(np.array([[50 * 257, 90 * 257]], dtype=np.uint16))
    for image, options in (
        (grey, {"transparency": 90}),
        (grey.convert("RGB"), {"transparency": (90, 90, 90)}),
        (palette, {"transparency": palette.getpixel((1, 0))}),
        (both, {}),
        (deep, {"transparency": 90 * 257}),
    ):
        pixels = decode(saved(tmp_path, encoded(image, "PNG", **options)))
        assert pixels[0, 0].tolist() == [50, 50, 50], image.mode
        assert tuple(pixels[0, 1]) == IMAGENET_MEAN_COLOUR, image.mode


def test_sixteen_bits_are_scaled_not_clipped(tmp_path: Path):
    ramp = np.linspace(0, 65_535, 64).round().astype(np.uint16).reshape(1, 64).repeat(2, 0)
    pixels = decode(saved(tmp_path, encoded(Image.fromarray(ramp), "PNG")))
    assert np.array_equal(pixels[..., 0], np.round(ramp / 257))
    assert np.array_equal(pixels[..., 0], pixels[..., 2])


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "YCbCr"])
def test_every_mode_becomes_rgb(mode: str, tmp_path: Path):
    image = scene().convert(mode)
    kind = "PNG" if mode in "1P" else "JPEG"
    path = saved(tmp_path, encoded(image, kind, quality=95, subsampling=0))
    open_photograph(path, "x")
    difference = np.abs(decode(path).astype(int) - np.asarray(image.convert("RGB"), dtype=int))
    assert difference.mean() < 5


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
def test_of_an_animation_the_first_frame_is_seen(kind: str, tmp_path: Path):
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "lime", "blue")]
    options = {"save_all": True, "append_images": frames[1:], "duration": 50}
    path = saved(tmp_path, encoded(frames[0], kind, **options))
    open_photograph(path, "x")
    pixels = decode(path).reshape(-1, 3).mean(0)
    assert pixels[0] > 240
    assert max(pixels[1:]) < 15


def test_a_photograph_of_several_pictures_is_its_first(tmp_path: Path):
    data = encoded(scene(), "MPO", save_all=True, append_images=[Image.new("RGB", (96, 64))])
    path = saved(tmp_path, data)
    open_photograph(path, "x")
    assert decode(path).mean() > 60


def test_pixels_may_be_written_to(tmp_path: Path):
    assert decode(saved(tmp_path, encoded(scene(), "PNG"))).flags.writeable
