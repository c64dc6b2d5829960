"""From a name to a network without weights."""

from __future__ import annotations

import difflib

import torch
import torchvision
from torch import nn

from generator.errors import ReportError

# Networks whose published weights want the input turned to their own range within the network.
_OPTIONS = {
    name: {"transform_input": True, "init_weights": False} for name in ("googlenet", "inception_v3")
}


def build(architecture: str) -> nn.Module:
    """The architecture without weights, on the meta device: costs no memory and no time.

    Raises
    ------
    ReportError
        If torchvision has no such classifier; near matches are named.
    """
    known = torchvision.models.list_models(module=torchvision.models)
    if architecture not in known:
        near = difflib.get_close_matches(architecture.lower(), known, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else "see torchvision.models"
        raise ReportError(f"torchvision has no model {architecture!r}", hint)
    options = _OPTIONS.get(architecture, {})
    try:
        with torch.device("meta"):
            network: nn.Module = torchvision.models.get_model(architecture, **options)
    except NotImplementedError:  # it computes with tensors while it is made (RegNet)
        network = torchvision.models.get_model(architecture, **options).to("meta")
    return network.eval()
