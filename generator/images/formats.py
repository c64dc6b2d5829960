"""The formats of images: the one list of which are read, shown by browsers, or known by name."""

from __future__ import annotations

import importlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import PurePosixPath


class FormatError(Exception):
    """Why bytes are no image that is read, in words that follow the file's name."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its title, Pillow's name for it, and the endings of its files without dots."""

    title: str
    pillow: str
    endings: tuple[str, ...]
    in_browsers: bool = False


FORMATS = (
    Format("JPEG", "JPEG", ("jpg", "jpeg", "jpe", "jfif"), in_browsers=True),
    Format("PNG", "PNG", ("png",), in_browsers=True),
    Format("WebP", "WEBP", ("webp",), in_browsers=True),
    Format("AVIF", "AVIF", ("avif",), in_browsers=True),
    Format("GIF", "GIF", ("gif",), in_browsers=True),
    Format("TIFF", "TIFF", ("tif", "tiff")),
    Format("BMP", "BMP", ("bmp", "dib")),
    Format("PPM", "PPM", ("ppm", "pgm", "pbm", "pnm")),
)
HEIC = Format("HEIC", "HEIF", ("heic", "heif", "hif"))
PACKAGE = "pillow_heif"  # which reads HEIC, where it is installed
TITLES = ", ".join(each.title for each in FORMATS[:-1]) + f" or {FORMATS[-1].title}"

UNREAD = {  # endings of images that are not read, by their titles
    "JPEG 2000": ("jp2", "j2k", "j2c", "jpc", "jpf", "jpx", "jpm"),
    "JPEG XL": ("jxl",),
    "raw of a camera": (
        *("dng", "cr2", "cr3", "crw", "nef", "nrw", "arw", "srf", "sr2", "orf", "rw2", "raf"),
        *("pef", "srw", "x3f", "3fr", "erf", "kdc", "mrw"),
    ),
    "Photoshop": ("psd", "psb"),
    "SVG": ("svg", "svgz"),
    "EPS": ("eps",),
    "OpenEXR": ("exr",),
    "Radiance HDR": ("hdr",),
    "Targa": ("tga",),
    "icon": ("ico", "icns"),
    "PFM": ("pfm",),
    "QOI": ("qoi",),
    "PCX": ("pcx",),
    "GIMP": ("xcf",),
    "DDS": ("dds",),
    "DICOM": ("dcm", "dicom"),
    "FITS": ("fits",),
}
STARTS = (  # first bytes of formats that are read
    (re.compile(rb"\xff\xd8\xff"), "JPEG"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "PNG"),
    (re.compile(rb"GIF8[79]a"), "GIF"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "WEBP"),
    (re.compile(rb"II\*\0(?!....CR)|MM\0\*", re.DOTALL), "TIFF"),
    (re.compile(rb"P[1-6][\s#]"), "PPM"),
    (re.compile(rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0", re.DOTALL), "BMP"),
)
SURE = ("JPEG", "PNG", "GIF", "WEBP", "TIFF")  # whose first bytes no text begins with
MISTAKES = (  # first bytes of what is often found under the name of a photograph
    (b"version https://git-lfs", "it is a pointer of Git LFS: fetch the file with `git lfs pull`"),
    (b"<", "it is text (HTML, XML or SVG), not a photograph"),
    (b"%PDF", "it is a PDF, not a photograph"),
    (b"%!PS", "it is PostScript, not a photograph"),
    (b"\0\0\0\x0cjP  ", "it is a JPEG 2000: save it as PNG"),
    (b"\xff\x4f\xff\x51", "it is a JPEG 2000: save it as PNG"),
    (b"\0\0\0\x0cJXL ", "it is a JPEG XL: save it as PNG"),
    (b"\xff\x0a", "it is a JPEG XL: save it as PNG"),
    (b"8BPS", "it is of Photoshop: save it as PNG"),
    (b"II*\0", "it is the raw picture of a camera: save it as JPEG"),
    (b"IIU\0", "it is the raw picture of a camera: save it as JPEG"),
    (b"IIR", "it is the raw picture of a camera: save it as JPEG"),
    (b"FUJIFILMCCD-RAW", "it is the raw picture of a camera: save it as JPEG"),
    (b"II+\0", "it is a BigTIFF: save it as TIFF or PNG"),
    (b"MM\0+", "it is a BigTIFF: save it as TIFF or PNG"),
    (b"v/1\x01", "it is an OpenEXR: save it as PNG"),
    (b"\0\0\1\0", "it is an icon: save it as PNG"),
    (b"BM", "it is a BMP of a kind that is not read: save it as PNG"),
)
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


@cache
def reads_heic() -> bool:
    """Whether the package that reads HEIC is installed."""
    return find_spec(PACKAGE) is not None


def endings() -> frozenset[str]:
    """Endings of the files that are read, in small letters, without dots."""
    known = (*FORMATS, HEIC) if reads_heic() else FORMATS
    return frozenset(ending for each in known for ending in each.endings)


def browser_endings() -> tuple[str, ...]:
    """Endings of the images that browsers show."""
    return tuple(ending for each in FORMATS if each.in_browsers for ending in each.endings)


def all_endings() -> frozenset[str]:
    """Endings of images, whether they are read or not."""
    unread = (ending for known in UNREAD.values() for ending in known)
    return endings() | frozenset(unread) | frozenset(HEIC.endings)


def is_readable(name: str) -> bool:
    """Whether a file's ending is one of those that are read."""
    return _ending(name) in endings()


def unread_title(name: str) -> str:
    """The format of an image that is not read, by its ending; empty for any other file."""
    ending = _ending(name)
    if ending in HEIC.endings:
        return "" if reads_heic() else HEIC.title
    return next((title for title, known in UNREAD.items() if ending in known), "")


def unread_sentence(titles: Iterable[str], where: str) -> str:
    """What was passed over in a place for want of a reader, by format; empty if nothing."""
    counts = Counter(title for title in titles if title)
    if not counts:
        return ""
    total = counts.total()
    listed = ", ".join(f"{count} {title}" for title, count in sorted(counts.items()))
    images, are, them = ("image", "is", "it") if total == 1 else ("images", "are", "them")
    hint = " (`pip install pillow-heif` reads HEIC)" if HEIC.title in counts else ""
    return (
        f"{total} {images} of {where} {are} left out, of formats that are not read: {listed}. "
        f"Save {them} as JPEG or PNG{hint}."
    )


def identify(data: bytes) -> str:
    """Pillow's name of the format that the first bytes announce; the ending says nothing.

    Raises
    ------
    FormatError
        It is none that is read.
    """
    if not data:
        raise FormatError("it is empty")
    if found := next((name for start, name in STARTS if start.match(data)), ""):
        return found
    if data[4:8] == b"ftyp":
        return _identify_heif(data)
    start = data[:64].lstrip() if data[:1].isspace() else data[:64]
    reason = next((words for known, words in MISTAKES if start.startswith(known)), "")
    raise FormatError(reason or f"it is no {TITLES}")


def has_sure_start(start: bytes) -> bool:
    """Whether a file that no ending tells of begins as an image does."""
    known = (name for pattern, name in STARTS if pattern.match(start.ljust(18, b"\0")))
    return next(known, "") in SURE or start[4:12] in (b"ftypavif", b"ftypavis")


def _identify_heif(data: bytes) -> str:
    brands = data[8 : min(int.from_bytes(data[:4], "big"), 256)]
    if b"avif" in brands or b"avis" in brands:
        return "AVIF"
    if not any(brand in brands for brand in HEIC_BRANDS):
        raise FormatError("it is a film: save a frame of it as JPEG")
    if not reads_heic():
        raise FormatError("it is a HEIC: `pip install pillow-heif` reads it, or save it as JPEG")
    importlib.import_module(PACKAGE).register_heif_opener(thumbnails=False)
    return HEIC.pillow


def _ending(name: str) -> str:
    return PurePosixPath(name).suffix.removeprefix(".").casefold()
