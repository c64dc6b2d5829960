"""From an architecture's name to a network without weights, wherever it is defined."""

from __future__ import annotations

from pathlib import Path

from torch import nn

from generator.lab.loading.networks import own_models, timm_models, torchvision_models
from generator.models.card import Preprocessing
from generator.spec.model import is_function

__all__ = ["build", "code_digest", "preset"]


def build(architecture: str, *, code: Path | None = None, real: bool = False) -> nn.Module:
    """The network in eval mode, on the meta device: costs no memory and no time.

    Parameters
    ----------
    architecture:
        torchvision's name, ``timm/NAME`` or ``package.module:function``.
    code:
        The folder whose Python may be run to find a function; None where none may.
    real:
        Whether its tensors shall hold values: those that no state dict carries are computed
        while a network is made.

    Raises
    ------
    ReportError
        If there is no such network; near matches are named.
    MachineError
        If a package is missing, or what it needs cannot be reached.
    """
    device = "cpu" if real else "meta"
    if is_function(architecture):
        return own_models.build(architecture, code, device)
    if architecture.startswith(timm_models.PREFIX):
        return timm_models.build(architecture, device).eval()
    return torchvision_models.build(architecture, device).eval()


def preset(architecture: str, *, code: Path | None = None) -> Preprocessing | None:
    """The preprocessing that goes with the architecture's published weights; None if unknown."""
    if is_function(architecture):
        return None
    if architecture.startswith(timm_models.PREFIX):
        return timm_models.preprocessing(build(architecture, code=code))
    return torchvision_models.preprocessing(architecture)


def code_digest(architecture: str, *, code: Path | None = None) -> str:
    """SHA-256 of the file that defines a function's network; '' for those of a package."""
    return own_models.digest(architecture, code) if is_function(architecture) else ""
