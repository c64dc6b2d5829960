"""Networks from torchvision."""

from __future__ import annotations

import difflib

import torch
import torchvision
from torch import nn

from generator.errors import ReportError, WeightsError
from generator.lab.loading.networks import unsupported
from generator.models.card import Preprocessing

# Networks whose published weights want the input turned to their own range within the network.
_OPTIONS = {
    name: {"transform_input": True, "init_weights": False} for name in ("googlenet", "inception_v3")
}


def build(architecture: str, device: str) -> nn.Module:
    """The architecture with the tensors that its own initialisation gives, on the device.

    Raises
    ------
    ReportError
        If torchvision has no such classifier; near matches are named.
    """
    known = torchvision.models.list_models(module=torchvision.models)
    if architecture not in known and (refused := unsupported.of_torchvision(architecture)):
        raise ReportError(f"{architecture} is {refused[0]}", refused[1])
    if architecture not in known:
        near = difflib.get_close_matches(architecture.lower(), known, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else "see torchvision.models"
        raise ReportError(
            f"torchvision has no model {architecture!r}",
            f"{hint} (timm's are written timm/NAME, your own package.module:function)",
        )
    options = _OPTIONS.get(architecture, {})
    try:
        with torch.device(device):
            network: nn.Module = torchvision.models.get_model(architecture, **options)
    except NotImplementedError:  # it computes with tensors while it is made (RegNet)
        network = torchvision.models.get_model(architecture, **options).to(device)
    return network


def preprocessing(architecture: str) -> Preprocessing:
    """What torchvision's best weights of an architecture want."""
    return preprocessing_of(torchvision.models.get_model_weights(architecture).DEFAULT.transforms())


def preprocessing_of(transform: object) -> Preprocessing:
    """Torchvision's own preset of a weights entry as a record.

    Raises
    ------
    WeightsError
        If it is not the preset of an ImageNet classifier.
    """
    try:
        (resize,), (crop,) = transform.resize_size, transform.crop_size  # type: ignore[attr-defined]
        mean, std = transform.mean, transform.std  # type: ignore[attr-defined]
        interpolation = transform.interpolation.value  # type: ignore[attr-defined]
    except (AttributeError, ValueError, TypeError):
        raise WeightsError("these weights carry no preprocessing of an image classifier") from None
    triples = (mean[0], mean[1], mean[2]), (std[0], std[1], std[2])
    return Preprocessing(resize, crop, *triples, interpolation)
