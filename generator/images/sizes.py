"""How large an image is shown: the sides that its tag gives, and the rest from its file."""

from __future__ import annotations

import base64
import binascii
import io
import re
import warnings
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes
from xml.parsers import expat

from PIL import ExifTags, Image

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "AVIF")
SVG = "http://www.w3.org/2000/svg svg"
LYING = (5, 6, 7, 8)  # EXIF orientations that exchange width and height
LENGTH = re.compile(r"\+?(\d*\.?\d+)(?:e[+-]?\d+)?\s*(px|pt|pc|mm|cm|in|em|rem|ex)?")
PIXELS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54}
PIXELS |= {"mm": 96 / 25.4, "em": 16.0, "rem": 16.0, "ex": 8.0}
WRITTEN = re.compile(r"(\d+(?:\.\d+)?)\s*(px|%)?")
MOST = 100_000  # pixels of a side


class SizeError(Exception):
    """Why the size of an image is not known, in words that follow "the image"."""


class UnsizedError(SizeError):
    """The image is sound and says no size."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Width and height of an image in pixels; ``share`` of the page's width, or 0, comes first."""

    width: int
    height: int
    share: float = 0.0


def measure(data: bytes) -> tuple[float, float]:
    """Width and height of an image file in pixels, upright.

    Raises
    ------
    SizeError
        It is none that browsers show, is damaged, or does not say its size.
    """
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"\xff\xfe<", b"\xfe\xff\0<")):
        return _measure_svg(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of bombs: nothing is decoded
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                lies = image.getexif().get(ExifTags.Base.Orientation, 1) in LYING
                return (image.height, image.width) if lies else (image.width, image.height)
    except Exception as error:  # a decoder raises whatever the broken byte led it to
        raise SizeError("is no PNG, JPEG, WebP, GIF, AVIF or SVG, or is damaged") from error


def data_of(address: str) -> bytes:
    """The bytes that a ``data:`` address holds; none if it is damaged."""
    head, _, body = address.partition(",")
    raw = unquote_to_bytes(body)
    try:
        return base64.b64decode(raw) if head.endswith(";base64") else raw
    except binascii.Error:
        return b""


def fit(width: str | None, height: str | None, natural: tuple[float, float] | None) -> Sides:
    """The sides that a tag gives; a missing one follows from the natural size.

    Raises
    ------
    SizeError
        A side is no number of pixels or share, or the natural size is needed and not known.
    """
    wide, high = _side(width, "width"), _side(height, "height")
    share = wide[0] if wide and wide[1] == "%" else 0.0
    if high and high[1] == "%":
        raise SizeError(f"has height={height!r}: a height is a number of pixels, such as 300")
    if wide and high and not share:
        return Sides(_whole(wide[0]), _whole(high[0]))
    if natural is None:
        raise UnsizedError("does not say its size: give it width and height")
    ratio = natural[1] / natural[0]
    if wide and not share:
        return Sides(_whole(wide[0]), _whole(wide[0] * ratio))
    if high and not share:
        return Sides(_whole(high[0] / ratio), _whole(high[0]))
    return Sides(_whole(natural[0]), _whole(natural[1]), share)


def _side(written: str | None, name: str) -> tuple[float, str] | None:
    text = (written or "").strip()
    if text in ("", "auto"):
        return None
    match = WRITTEN.fullmatch(text)
    if match is None or not 0 < float(match[1]) <= MOST:
        wanted = "300 or 50%" if name == "width" else "300"
        raise SizeError(f"has {name}={text[:40]!r}: write a number of pixels, such as {wanted}")
    return float(match[1]), match[2] or ""


def _whole(side: float) -> int:
    return max(1, min(MOST, round(side)))


def _measure_svg(data: bytes) -> tuple[float, float]:
    root = _svg_root(data)
    box = [
        float(part) for part in re.split(r"[\s,]+", root.get("viewBox", "").strip()) if _is(part)
    ]
    wide, high = _pixels(root.get("width")), _pixels(root.get("height"))
    if wide and high:
        return wide, high
    if len(box) == 4 and box[2] > 0 and box[3] > 0:
        ratio = box[3] / box[2]
        if wide:
            return wide, wide * ratio
        return (high / ratio, high) if high else (box[2], box[3])
    raise UnsizedError(
        "is an SVG without a size: give its <svg> a viewBox, or the image both sides"
    )


def _is(number: str) -> bool:
    return bool(re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,2})?", number))


def _pixels(length: str | None) -> float:
    match = LENGTH.fullmatch((length or "").strip())
    return float(match[1]) * PIXELS[match[2] or ""] if match else 0.0


def _svg_root(data: bytes) -> dict[str, str]:
    """The attributes of an SVG's first element; nothing after it is read."""
    found: list[tuple[str, dict[str, str]]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if not found:
            found.append((name, dict(attributes)))

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise SizeError(f"is no SVG: {error}") from error
    name, attributes = found[0]
    if name == "svg":
        address = SVG.split(" ", maxsplit=1)[0]
        raise SizeError(f'is an SVG that browsers do not show: write <svg xmlns="{address}" …>')
    if name != SVG:
        raise SizeError(f"is no SVG: it begins with <{name.rpartition(' ')[2]}>")
    return attributes
