"""Files that are no photographs, or hardly: refused in words, or decoded; soon, and never more."""

from __future__ import annotations

import io
import os
import random
import struct
import time
import traceback
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from generator.images.photographs import PhotographError, decode, open_photograph

SLOW = 2.0
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")


def scene(width: int, height: int) -> Image.Image:
    """A picture with detail everywhere."""
    y, x = np.mgrid[:height, :width]
    waves = 60 * np.sin(x * 0.9) * np.cos(y * 0.7)
    channels = (
        x * 195 / max(width, 2) + 30 + waves / 2,
        y * 195 / max(height, 2) + 30,
        128 + waves,
    )
    return Image.fromarray(np.stack(channels, -1).clip(0, 255).astype(np.uint8))


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    """The image as a file's bytes."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def odd_files() -> Iterator[tuple[str, bytes]]:
    """Files of every odd kind, by name."""
    image = scene(96, 64)
    yield "zero bytes", b""
    yield "1 x 1", encoded(scene(1, 1), "PNG")
    yield "20000 x 1", encoded(Image.new("L", (20_000, 1)), "PNG")
    yield "bomb", _png(60_000, 60_000, b"\0" * 200)
    yield "48 megapixels of nothing", encoded(Image.new("L", (8_000, 6_000)), "PNG")
    yield "text bomb", _with_chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(80_000_000), 9))
    yield "profile bomb", _with_chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(80_000_000), 9))
    yield "CMYK", encoded(image.convert("CMYK"), "JPEG")
    deep = np.asarray(image.convert("L")).astype(np.uint16) * 257
    yield "16 bit", encoded(Image.fromarray(deep), "PNG")
    yield "alpha", encoded(image.convert("RGBA"), "PNG")
    yield "palette", encoded(image.convert("P"), "PNG", transparency=0)
    yield "one bit", encoded(image.convert("1"), "PNG")
    frames = [scene(96, 64).rotate(angle) for angle in (0, 90, 180)]
    for kind in ("GIF", "WEBP", "PNG"):
        options = {"save_all": True, "append_images": frames[1:]}
        yield f"animated {kind}", encoded(frames[0], kind, **options)
    floats = Image.fromarray(np.full((20, 20), np.nan, np.float32))
    yield "floats that are no numbers", encoded(floats, "TIFF")
    for turn in range(10):
        exif = Image.Exif()
        exif[274] = turn
        yield f"EXIF {turn}", encoded(image, "JPEG", exif=exif)
    yield "EXIF garbage", encoded(image, "JPEG", exif=b"Exif\0\0" + bytes(range(200)))
    for kind in ("BMP", "TIFF", "PPM", "ICO", "PDF", "TGA"):
        yield f"a {kind}", encoded(image, kind)


def _png(width: int, height: int, pixels: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(pixels)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(name + data))
    return struct.pack(">I", len(data)) + name + data + check


def _with_chunk(name: bytes, data: bytes) -> bytes:
    whole = encoded(scene(20, 20), "PNG")
    return whole[:33] + _chunk(name, data) + whole[33:]


def odd_places(folder: Path) -> Iterator[Path]:
    """What a path may lead to that is no file at all."""
    (folder / "folder.jpg").mkdir()
    yield folder / "folder.jpg"
    os.mkfifo(folder / "fifo.jpg")
    yield folder / "fifo.jpg"
    (folder / "circle.jpg").symlink_to("circle.jpg")
    yield folder / "circle.jpg"
    (folder / "nowhere.jpg").symlink_to("missing.jpg")
    yield folder / "nowhere.jpg"
    yield Path("/dev/zero")
    yield folder / ("x" * 300)
    yield folder / "missing\0.jpg"


def complaint(path: Path) -> str:
    """What is wrong with how a file is taken; '' if nothing is."""
    begun = time.process_time()
    try:
        open_photograph(path, "a.jpg")
        pixels = decode(path)
    except PhotographError:
        pixels = None
    except Exception:
        return traceback.format_exc(limit=-3)
    if (took := time.process_time() - begun) > SLOW:
        return f"took {took:.1f} s"
    if pixels is not None and (pixels.dtype != np.uint8 or pixels.ndim != 3):
        return f"decoded to {pixels.dtype} {pixels.shape}"
    return ""


def try_pictures(folder: Path, *, flips: int, seed: int = 0) -> tuple[int, list[str]]:
    """Odd files and places, formats cut at every kilobyte, and ``flips`` with spoiled bytes."""
    chance = random.Random(seed)
    found: list[str] = []
    tried = 0
    path = folder / "x.jpg"

    def take(name: str, data: bytes) -> None:
        nonlocal tried
        path.write_bytes(data)
        tried += 1
        if words := complaint(path):
            found.append(f"{name}: {words}")

    for name, data in odd_files():
        take(name, data)
    wholes = {kind: encoded(scene(300, 220), kind) for kind in FORMATS}
    for kind, whole in wholes.items():
        for size in range(0, len(whole), 1024):
            take(f"{kind} cut at {size}", whole[:size])
    small = {kind: encoded(scene(48, 40), kind) for kind in FORMATS}
    for number in range(flips):
        kind = FORMATS[number % len(FORMATS)]
        spoiled = bytearray(small[kind])
        for _ in range(chance.choice((1, 1, 2, 8))):
            spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
        take(f"{kind} spoiled, {number} of seed {seed}", bytes(spoiled))
    for place in odd_places(folder):
        tried += 1
        try:
            open_photograph(place, "a.jpg")
            found.append(f"{place.name!r} was taken for a photograph")
        except PhotographError:
            pass
    return tried, found
