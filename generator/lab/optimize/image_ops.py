"""Image operations on tensors: noise, enlargement, blur, 8-bit files."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from generator.images.photographs import Pixels
from generator.lab import devices

# The space in which every learning rate is meant: ImageNet's statistics, whatever preprocessing
# the weights want (in VGG-16's own units the article's 0.1 would be 58 times too small).
_MEAN = (0.485, 0.456, 0.406)
_STD = (0.229, 0.224, 0.225)


def noise(keys: Sequence[Sequence[int]], side: int, device: torch.device) -> Tensor:
    """Uniform noise in [150, 180) of 255: (batch, 3, side, side) in [0, 1].

    Each picture has its own generator, seeded by its key, so that its noise does not depend on
    which other pictures share the batch.
    """
    pictures = [
        np.random.default_rng(list(key)).integers(150, 180, (side, side, 3)).astype(np.float32)
        for key in keys
    ]
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).to(device).div(255)


def normalise(pixels: Tensor) -> Tensor:
    """RGB in [0, 1] → units of ImageNet's mean and standard deviation."""
    mean, std = _statistics(pixels)
    return (pixels - mean) / std


def denormalise(image: Tensor) -> Tensor:
    """The inverse of ``normalise``."""
    mean, std = _statistics(image)
    return image * std + mean


def bounds(like: Tensor) -> tuple[Tensor, Tensor]:
    """The least and the largest normalised value of each channel that a file can hold."""
    mean, std = _statistics(like)
    return -mean / std, (1 - mean) / std


def enlarge(pixels: Tensor, side: int) -> Tensor:
    """Bicubic resize to (side, side) as OpenCV's ``INTER_CUBIC`` (a = −0.75) does it.

    On the CPU it is OpenCV: the optimisation amplifies the last bits (docs/decisions/chaos.md),
    and the recipe ``article`` is meant to be the article's to the bit where that can be had.
    """
    if pixels.device.type == "cpu":
        return _with_opencv(
            pixels, lambda each: cv2.resize(each, (side, side), interpolation=cv2.INTER_CUBIC)
        )
    return enlarge_on_device(pixels, side)


def box_blur(pixels: Tensor, side: int) -> Tensor:
    """Box blur with a mirrored border that does not repeat its edge, as OpenCV's ``blur``."""
    if side < 2:
        return pixels
    if pixels.device.type == "cpu":
        return _with_opencv(pixels, lambda each: cv2.blur(each, (side, side)))
    return box_blur_on_device(pixels, side)


def enlarge_on_device(pixels: Tensor, side: int) -> Tensor:
    """``enlarge`` in torch: OpenCV's result to rounding, wherever the picture lies."""
    return functional.interpolate(pixels, size=(side, side), mode="bicubic", align_corners=False)


def box_blur_on_device(pixels: Tensor, side: int) -> Tensor:
    """``box_blur`` in torch: OpenCV's result to rounding, wherever the picture lies."""
    before, after = side // 2, (side - 1) // 2
    padded = functional.pad(pixels, (before, after, before, after), mode="reflect")
    return functional.avg_pool2d(padded, kernel_size=side, stride=1)


def _with_opencv(pixels: Tensor, function: Callable[[np.ndarray], np.ndarray]) -> Tensor:
    pictures = pixels.permute(0, 2, 3, 1).contiguous().numpy()
    done = np.stack([function(picture) for picture in pictures])
    return torch.from_numpy(done).permute(0, 3, 1, 2)


def to_levels(pixels: Tensor) -> Pixels:
    """Pictures (batch, 3, side, side) in [0, 1], clipped and rounded: (batch, side, side, 3)."""
    levels = pixels.detach().clamp(0, 1).mul(255).round().to(torch.uint8)
    return levels.permute(0, 2, 3, 1).cpu().numpy()


def from_levels(levels: Pixels, device: torch.device) -> Tensor:
    """The inverse of ``to_levels``, to rounding."""
    pictures = torch.from_numpy(levels).to(device).permute(0, 3, 1, 2)
    return pictures.float().div(255).contiguous()


def to_png(levels: Pixels) -> bytes:
    """One picture (side, side, 3) of 8 bits as a PNG file."""
    done, data = cv2.imencode(".png", cv2.cvtColor(levels, cv2.COLOR_RGB2BGR))
    if not done:
        raise RuntimeError("OpenCV could not encode a PNG")
    return data.tobytes()


def to_strip(pictures: Sequence[Pixels], side: int = 128) -> bytes:
    """Pictures (·, ·, 3) of 8 bits, each made ``side`` pixels, side by side in one WebP file."""
    frames = []
    for picture in pictures:
        method = cv2.INTER_AREA if len(picture) > side else cv2.INTER_CUBIC
        frames.append(cv2.resize(picture, (side, side), None, 0, 0, method))
    strip = cv2.cvtColor(np.hstack(frames), cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".webp", strip, [cv2.IMWRITE_WEBP_QUALITY, 85])
    if not done:
        raise RuntimeError("OpenCV could not encode a WebP")
    return data.tobytes()


def to_grey(values: Tensor) -> bytes:
    """Values (height, width) of 0 and more, the largest of them white, as a grey PNG file."""
    largest = values.max().clamp_min(1e-12)
    levels = (values / largest * 255).round().to(torch.uint8).cpu().numpy()
    done, data = cv2.imencode(".png", levels)
    if not done:
        raise RuntimeError("OpenCV could not encode a PNG")
    return data.tobytes()


def from_png(data: bytes) -> Tensor:
    """The picture in a PNG file as a reader gets it: (3, side, side) in [0, 1]."""
    return from_levels(decode_png(data)[None], torch.device("cpu"))[0]


def decode_png(data: bytes) -> Pixels:
    """The picture in a PNG file: (side, side, 3), RGB, 8 bits."""
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise RuntimeError("OpenCV could not decode a PNG of its own")
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), dtype=np.uint8)


def _statistics(like: Tensor) -> tuple[Tensor, Tensor]:
    return devices.colours(_MEAN, like.device), devices.colours(_STD, like.device)
