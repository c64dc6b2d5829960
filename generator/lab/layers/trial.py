"""Finds images on which a network runs: their size, and whether it needs values."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from generator.errors import ReportError
from generator.lab.loading.networks import build
from generator.system import user_code

_SIDES = (224, 32, 64, 96, 128, 256, 299, 384, 512)  # tried in turn where the network names none
_SMALLER = (32, 48, 64, 80, 96, 128, 160, 192)
_STEPS = (1, 2, 4, 8, 16, 32)  # from one side to the next: a patch, where it must be filled
_MOST_CHANNELS = 64  # of an image
_RGB = 3


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """A network that runs, with the side of an image that it takes."""

    network: nn.Module
    device: str
    side: int

    def image(self) -> Tensor:
        """(1, 3, side, side): noise, where it holds numbers."""
        return _image(self.side, self.device)

    def noise(self) -> Tensor:
        """The same with numbers in it, on the CPU."""
        return _image(self.side, "cpu")

    def bounds(self) -> tuple[int, int | None, int]:
        """The least and the largest side, None where there is no bound, and the step between."""
        if not self._runs(self.side + _STEPS[-1]):
            return self.side, self.side, 1
        smaller = (s for s in _SMALLER if s < self.side)
        least = next((s for s in smaller if self._runs(s)), self.side)
        return least, None, next(step for step in _STEPS if self._runs(self.side + step))

    def output(self, side: int) -> Any:
        """What the network gives for an image."""
        return _run(self.network, _image(side, self.device))

    def _runs(self, side: int) -> bool:
        return isinstance(_failure(self.network, side, self.device), _NoFailure)


@lru_cache(maxsize=2)
def trial_of(architecture: str, *, code: Path | None = None) -> Trial:
    """A network by its name, on the meta device, or on the CPU where what it computes needs values.

    Raises
    ------
    ReportError
        If it takes no image of three channels: with the number of channels that it takes, or with
        the exception and its line of the user's file.
    """
    return found_for(
        build(architecture, code=code), lambda: build(architecture, code=code, real=True), code
    )


def found_for(
    network: nn.Module, real: Callable[[], nn.Module] | None, code: Path | None = None
) -> Trial:
    """The same for a network on the meta device, and what makes it with numbers."""
    device = "meta"
    side, reason = _side(network, device)
    if side is None and real is not None:
        network, device = real(), "cpu"
        side, reason = _side(network, device)
    if side is None:
        raise _refusal(network, device, reason, code)
    return Trial(network, device, side)


class _NoFailure(Exception):  # noqa: N818 - it stands for the absence of one
    """It ran."""


def _side(network: nn.Module, device: str) -> tuple[int | None, Exception]:
    """The first usual side that works, or None and why the first of them does not."""
    first: Exception | None = None
    for side in _sides(network):
        reason = _failure(network, side, device)
        if isinstance(reason, _NoFailure):
            return side, reason
        first = first or reason
    return None, first or _NoFailure()


def _sides(network: nn.Module) -> Iterator[int]:
    """The network's own word, then the usual ones."""
    config = getattr(network, "pretrained_cfg", None) or {}
    named = (config.get("input_size", (3, 0, 0))[-1], getattr(network, "image_size", 0))
    yield from (side for side in named if isinstance(side, int) and side > 0)
    yield from _SIDES


def _refusal(network: nn.Module, device: str, reason: Exception, code: Path | None) -> ReportError:
    convolutions = (m for m in network.modules() if isinstance(m, nn.Conv2d))
    counts = {each.in_channels for each in convolutions if each.in_channels <= _MOST_CHANNELS}
    for channels in sorted((counts | {1, 4}) - {_RGB}):
        for side in _sides(network):
            if isinstance(_failure(network, side, device, channels), _NoFailure):
                return ReportError(
                    f"the network takes images of {channels} channel{'s' * (channels > 1)}, and a"
                    " report shows it photographs of three (red, green, blue)",
                    "give a network of three: for example with a `forward` that makes of an image"
                    f" (batch, 3, height, width) the {channels} that the first layer reads",
                )
    tried = ", ".join(dict.fromkeys(map(str, _sides(network))))
    where = user_code.place(reason, code) or user_code.definition(type(network).forward, code)
    return ReportError(
        f"the network fails on an RGB image (1, 3, side, side): {user_code.message(reason)}",
        f"{where or 'in code that is not the report’s'}; sides tried: {tried}{_advice(network)}",
    )


def _advice(network: nn.Module) -> str:
    """What to do where the kind of the network tells why it fails."""
    kinds = {each.dtype for each in network.parameters() if each.is_floating_point()}
    if kinds - {torch.float32}:
        return f"; its weights are {', '.join(sorted(map(str, kinds)))}: return `network.float()`"
    try:
        inspect.signature(network.forward).bind(None)
    except TypeError:
        return "; a report gives it the image alone: return a network whose `forward(x)` does so"
    except ValueError:  # a function of C
        pass
    return ""


def _image(side: int, device: str, channels: int = _RGB) -> Tensor:
    """As a photograph is after its preprocessing: values about 0."""
    if device == "meta":
        return torch.zeros(1, channels, side, side, device="meta")
    noise = torch.rand(1, channels, side, side, generator=torch.Generator().manual_seed(0))
    return (noise - 0.45) / 0.225


def _run(network: nn.Module, image: Tensor) -> Any:
    with torch.no_grad():
        return network(image)


def _failure(network: nn.Module, side: int, device: str, channels: int = _RGB) -> Exception:
    try:
        _run(network, _image(side, device, channels))
    except Exception as reason:  # a network refuses a size in whatever way its author chose
        return reason
    except SystemExit as reason:
        failure = RuntimeError(f"it ends the program (SystemExit: {reason})")
        return failure.with_traceback(reason.__traceback__)
    return _NoFailure()
