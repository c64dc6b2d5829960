"""Photograph files: validated, decoded within bounds, preprocessed."""

from __future__ import annotations

import hashlib
import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image

from generator.errors import ReportError, visible
from generator.images.formats import FormatError, identify
from generator.images.metadata_cache import MetadataCache, Shape
from generator.images.tiff import check_tiff
from generator.system.files import UnreadableError, read_file

MAX_BYTES = 64 * 2**20
MAX_PIXELS = 50_000_000
MAX_ASPECT = 50  # the network's input scales the shorter side to ~256: a line would fill the memory

# Behind what is transparent: the colour that the preprocessing of ImageNet's networks turns into
# zeros, so that the network sees nothing there. It is also the ground of the library's cut-outs.
IMAGENET_MEAN_COLOUR = (124, 116, 104)

_TURNS = {  # EXIF orientation → what sets the image upright
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
MODES = frozenset(  # of Pillow's images; I: 16 bits of PNG and PPM
    ("1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr")
) | {"I;16", "I;16B", "I;16L", "I;16N", "I"}
_OPAQUE = 128  # of 255: a pixel below it belongs to the ground
_LYING = (5, 6, 7, 8)  # EXIF orientations that exchange width and height
_METHODS = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}

Pixels = npt.NDArray[np.uint8]
Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class Photograph:
    """A readable image file of the library or of a claim.

    ``name`` is its path relative to the spec's folder, with forward slashes: what the spec calls
    it and what pages show. ``path`` is where it lies. ``sha256`` is of the file's bytes.
    ``size`` is width and height in pixels, upright. ``boxes`` say where the thing is that it shows,
    in shares of the upright photograph's sides. A ``cutout`` has transparent pixels around it.
    Photographs of one ``group`` show the same place, animal or series: they count as one.
    """

    name: str
    path: str
    sha256: str
    subject: str = ""
    tags: frozenset[str] = frozenset()
    source: str = ""
    licence: str = ""
    size: tuple[int, int] = (0, 0)
    boxes: tuple[Box, ...] = ()
    cutout: bool = False
    group: str = ""


class PhotographError(ReportError):
    """A file that cannot serve as a photograph; ``reason`` is the cause without the name."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{visible(name)} cannot be used: {reason}")
        self.reason = reason


def open_photograph(path: Path, name: str, cache: MetadataCache | None = None) -> Photograph:
    """Check a file to its last byte, so that no later stage can stumble over it.

    A JPEG is decoded at an eighth of its size, which reads all of its data at half the cost;
    other formats are decoded in full. Bytes whose SHA-256 the cache holds were decoded before.

    Raises
    ------
    PhotographError
        The file cannot be read, is of a format that is not read (by its first bytes), is larger
        than 64 MiB or 50 megapixels, is narrower than 1 : 50, or is cut short or damaged.
    """
    data = _read(path, name)
    digest = hashlib.sha256(data).hexdigest()
    shape = cache.shapes.get(digest) if cache else None
    if shape is None:
        shape = _decoded_shape(data, name)
    if cache is not None:
        cache.shapes[digest] = shape
    size = (shape.width, shape.height)
    return Photograph(name, str(path), digest, size=size, cutout=shape.cutout)


def _decoded_shape(data: bytes, name: str) -> Shape:
    with _opened(data, name) as image:
        width, height = image.size
        image.draft(None, (max(1, image.width // 8), max(1, image.height // 8)))
        image.load()
        if _orientation(image) in _LYING:
            width, height = height, width
        return Shape(width, height, _opacity(image) is not None)


def content(photograph: Photograph) -> bytes:
    """The bytes of a photograph, which are those that were checked.

    Raises
    ------
    PhotographError
        The file cannot be read, or holds something else by now.
    """
    data = _read(Path(photograph.path), photograph.name)
    if hashlib.sha256(data).hexdigest() != photograph.sha256:
        raise PhotographError(photograph.name, "it changed while the report was checked")
    return data


def decode(path: Path, *, at_least: int | None = None) -> Pixels:
    """The photograph as it is meant to be seen: shape (height, width, 3), RGB, 8 bits.

    Turned as its EXIF orientation says; what is transparent lies on the mean colour of ImageNet,
    RGB (124, 116, 104); greyscale, palettes, CMYK and 16 bits become 8-bit RGB; of an animation,
    the first frame. Colour profiles are not applied, as in the training of the usual networks.

    Parameters
    ----------
    at_least:
        A JPEG may come out smaller, with neither side below this: much cheaper for a thumbnail.

    Raises
    ------
    PhotographError
        As `open_photograph`.
    """
    return decode_bytes(_read(path, path.name), path.name, at_least=at_least)


def decode_bytes(data: bytes, name: str, *, at_least: int | None = None) -> Pixels:
    """What `decode` makes of a file's bytes.

    Raises
    ------
    PhotographError
        As `open_photograph`.
    """
    with _opened(data, name) as image:
        if at_least:
            image.draft(None, (at_least, at_least))
        image.load()
        turn = _TURNS.get(_orientation(image))
        flat = _flat(image)
        return np.array(flat if turn is None else flat.transpose(turn))


def opacity(path: Path) -> Pixels | None:
    """How opaque each pixel of a cut-out is, 0 to 255, upright: (height, width).

    None where nothing is transparent.

    Raises
    ------
    PhotographError
        As `open_photograph`.
    """
    with _opened(_read(path, path.name), path.name) as image:
        image.load()
        turn, found = _TURNS.get(_orientation(image)), _opacity(image)
        if found is None:
            return None
        return np.array(found if turn is None else found.transpose(turn))


def as_seen(pixels: Pixels, *, resize: int, crop: int, interpolation: str = "bilinear") -> Pixels:
    """What of a photograph reaches the network: shape (crop, crop, 3), RGB, 8 bits.

    Of a grey picture, such as a mask, (height, width), it is (crop, crop).

    As torchvision's presets do it: the shorter side becomes ``resize`` pixels (antialiased), then
    the middle is kept.
    """
    image = Image.fromarray(pixels)
    shorter = min(image.size)
    width, height = (int(resize * side / shorter) for side in image.size)
    method = _METHODS[interpolation]
    left, top = round((width - crop) / 2), round((height - crop) / 2)
    seen = image.resize((width, height), method).crop((left, top, left + crop, top + crop))
    return np.array(seen)


def _read(path: Path, name: str) -> bytes:
    try:
        return read_file(path, MAX_BYTES)
    except UnreadableError as error:
        raise PhotographError(name, error.cause) from error


@contextmanager
def heeding_warnings() -> Iterator[None]:
    """Hear of bombs, and of nothing else that decoders warn of.

    Filters are the whole process's: in other threads than the main one this does nothing, and
    whoever starts threads that decode does it around them.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd metadata is no reason to distrust the pixels
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield


@contextmanager
def _opened(data: bytes, name: str) -> Iterator[Image.Image]:
    """The image behind the bytes, its header checked; every failure within is one refusal."""
    try:
        with (
            heeding_warnings(),
            Image.open(io.BytesIO(data), formats=[_format(data, name)]) as image,
        ):
            _check_size(image, name)
            if image.mode not in MODES:
                raise PhotographError(name, f"its colours are {image.mode}: save it as PNG")
            yield image
    except PhotographError:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise PhotographError(name, "it has more than 50 megapixels") from error
    except Exception as error:  # a decoder raises whatever the broken byte led it to
        cut = "truncated" in str(error)
        reason = "it is cut short" if cut else f"it is damaged ({type(error).__name__})"
        raise PhotographError(name, reason) from error


def _format(data: bytes, name: str) -> str:
    """Pillow's name of the format that the first bytes announce; the extension says nothing."""
    try:
        found = identify(data)
        if found == "TIFF":
            check_tiff(data)
    except FormatError as error:
        raise PhotographError(name, str(error)) from error
    return found


def _check_size(image: Image.Image, name: str) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        reason = f"it has {width} by {height} pixels, more than 50 megapixels"
        raise PhotographError(name, reason)
    if max(width, height) > MAX_ASPECT * min(width, height):
        reason = f"it has {width} by {height} pixels, narrower than 1 : {MAX_ASPECT}"
        raise PhotographError(name, reason)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # EXIF that cannot be read turns nothing; the pixels are whole
        return 1


def _flat(image: Image.Image) -> Image.Image:
    """8-bit RGB without transparency."""
    if image.mode.startswith("I"):
        image = _eight_bits(image)
    if not image.has_transparency_data:
        return image.convert("RGB")
    ground = Image.new("RGBA", image.size, (*IMAGENET_MEAN_COLOUR, 255))
    return Image.alpha_composite(ground, image.convert("RGBA")).convert("RGB")


def _opacity(image: Image.Image) -> Image.Image | None:
    """The alpha channel of an image that has transparent pixels; None for any other."""
    if image.mode.startswith("I"):
        image = _eight_bits(image)
    if not image.has_transparency_data:
        return None
    alpha = image.convert("RGBA").getchannel("A")
    low, _ = alpha.getextrema()
    return alpha if isinstance(low, int | float) and low < _OPAQUE else None


def _eight_bits(image: Image.Image) -> Image.Image:
    """Greyscale of 16 bits in 8: Pillow's own conversion would clip instead of scaling."""
    values = np.asarray(image).astype(np.int64)
    grey = Image.fromarray(np.round(values / 257).clip(0, 255).astype(np.uint8))
    transparent = image.info.get("transparency")
    if not isinstance(transparent, int):
        return grey
    alpha = Image.fromarray(np.where(values == transparent, 0, 255).astype(np.uint8))
    return Image.merge("LA", (grey, alpha))
