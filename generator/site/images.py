"""Encodes the site's images: pictures, photographs, map overlays."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from generator.images.photographs import as_seen, decode
from generator.pages.page import MapsFile, PhotographFile, PictureFile

VERSION = 2  # raise when the same image would be encoded differently
FRAME = 56  # pixels: the side of a map in its strip, enlarged before it is coloured
STRONGEST = 0.86  # opacity at the scale's end
# Matplotlib's inferno at nine places: even in lightness, readable without telling red from green.
INFERNO = np.array(
    (
        (0, 0, 4),
        (31, 12, 72),
        (85, 15, 109),
        (136, 34, 106),
        (186, 54, 85),
        (227, 89, 51),
        (249, 140, 10),
        (249, 201, 50),
        (252, 255, 164),
    ),
    dtype=np.float64,
)


def key(asset: PictureFile | PhotographFile | MapsFile) -> str:
    """What an encoded image depends on, as a digest: equal keys mean equal bytes."""
    digest = hashlib.sha256(f"{VERSION} {type(asset).__name__} ".encode())
    if isinstance(asset, PictureFile):
        digest.update(f"{asset.side} {Path(asset.path).suffix} {asset.png.sha256}".encode())
    elif isinstance(asset, PhotographFile):
        fit = f"{asset.photograph.sha256} {asset.resize} {asset.crop} {asset.side}"
        digest.update(f"{fit} {asset.interpolation}".encode())
    else:
        for made in asset.maps:
            values = np.ascontiguousarray(made.values, dtype=np.float32)
            digest.update(f"{asset.scale!r} {values.shape} ".encode() + values.tobytes())
    return digest.hexdigest()


def encode(asset: PictureFile | PhotographFile | MapsFile) -> bytes:
    """The image as WebP; small pictures as AVIF, which takes half the bytes for their textures."""
    if isinstance(asset, PictureFile):
        with Image.open(io.BytesIO(asset.png.read())) as opened:
            picture = _at_most(opened.convert("RGB"), asset.side)
        return _avif(picture) if asset.path.endswith(".avif") else _webp(picture, quality=80)
    if isinstance(asset, PhotographFile):
        return _webp(_photograph(asset), quality=80)
    return _webp(strip(asset), quality=70)


def strip(asset: MapsFile) -> Image.Image:
    """All maps side by side, each a square of :data:`FRAME` pixels."""
    made = Image.new("RGBA", (FRAME * len(asset.maps), FRAME))
    for at, each in enumerate(asset.maps):
        made.paste(overlay(each.values, asset.scale), (FRAME * at, 0))
    return made


def _photograph(asset: PhotographFile) -> Image.Image:
    pixels = as_seen(
        decode(Path(asset.photograph.path)),
        resize=asset.resize,
        crop=asset.crop,
        interpolation=asset.interpolation,
    )
    return _at_most(Image.fromarray(pixels), asset.side)


def _at_most(image: Image.Image, side: int) -> Image.Image:
    if max(image.size) <= side:
        return image
    return image.resize((side, side), Image.Resampling.LANCZOS)


def overlay(values: npt.NDArray[np.float32], scale: float) -> Image.Image:
    """A feature map as a transparent image: the stronger the response, the lighter and denser.

    Parameters
    ----------
    values:
        The map, shape (height, width); what is negative or no number counts as 0.
    scale:
        The value drawn at full strength; 0 or less leaves the image transparent.
    """
    finite = np.nan_to_num(values.astype(np.float32), nan=0.0, posinf=scale, neginf=0.0)
    smooth = np.asarray(Image.fromarray(finite).resize((FRAME, FRAME), Image.Resampling.BICUBIC))
    share = np.clip(smooth / scale, 0.0, 1.0) if scale > 0 else np.zeros_like(smooth)
    places = np.linspace(0.0, 1.0, len(INFERNO))
    colours = [np.interp(share, places, INFERNO[:, channel]) for channel in range(3)]
    opacity = 255 * STRONGEST * np.minimum(share * 1.8, 1.0)
    stacked = np.stack([*colours, opacity], axis=-1)
    return Image.fromarray(np.rint(stacked).astype(np.uint8), "RGBA")


def _webp(image: Image.Image, quality: int) -> bytes:
    file = io.BytesIO()
    image.save(file, "WEBP", quality=quality, method=2)
    return file.getvalue()


def _avif(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "AVIF", quality=50, speed=8, max_threads=1)
    return file.getvalue()
