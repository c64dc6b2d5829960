"""Networks from timm and the Hugging Face Hub."""

from __future__ import annotations

import difflib
import importlib
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import nn

from generator.errors import MachineError, ReportError, WeightsError
from generator.models.card import Preprocessing

PREFIX = "timm/"
_HUB = "hf-hub:"
_SIDE = 224
_UNREACHABLE = (
    "where the hub can be reached, build once: the files stay in its cache; or name a file with"
    " `weights: FILE.safetensors` under `model:`"
)
_NAME_IT = ", and the architecture by timm's own name: what it is stands on the hub too"


def build(architecture: str, device: str, *, pretrained: bool = False) -> nn.Module:
    """``timm/NAME``, ``timm/NAME.TAG`` or ``timm/hf-hub:OWNER/NAME`` on the device.

    Raises
    ------
    ReportError
        If timm has no such model; near matches are named.
    MachineError
        If timm is not installed, or the hub cannot be reached.
    """
    timm, name = _timm(architecture), architecture.removeprefix(PREFIX)
    if not name.startswith(_HUB):
        _check(timm, name)
    try:
        with torch.device(device):
            network: nn.Module = timm.create_model(name, pretrained=pretrained)
    except NotImplementedError:  # it computes with tensors while it is made
        network = timm.create_model(name, pretrained=pretrained).to(device)
    except Exception as reason:  # the hub's client raises whatever its transport met
        raise _refused(name, reason) from None
    return network


def preprocessing(network: nn.Module) -> Preprocessing:
    """The model's own ``pretrained_cfg`` as a record.

    Raises
    ------
    WeightsError
        If it wants something else than a square of three channels.
    """
    config: dict[str, Any] = {**getattr(network, "pretrained_cfg", {})}
    channels, height, width = config.get("input_size", (3, _SIDE, _SIDE))
    if channels != 3 or height != width:
        raise WeightsError("its input is not a square RGB image")
    mean, std = config.get("mean", (0.485, 0.456, 0.406)), config.get("std", (0.229, 0.224, 0.225))
    return Preprocessing(
        resize=int(height / float(config.get("crop_pct") or 0.875)),
        crop=int(height),
        mean=(mean[0], mean[1], mean[2]),
        std=(std[0], std[1], std[2]),
        interpolation=config.get("interpolation") or "bicubic",
    )


def licence(network: nn.Module) -> str:
    """The licence that timm states of the weights; '' where it states none."""
    return str(getattr(network, "pretrained_cfg", {}).get("license") or "")


def cached_weights(architecture: str) -> Path | None:
    """The file of a model's weights in the hub's cache; None where it holds none."""
    hub = importlib.import_module("huggingface_hub")  # timm's own; as slow to import
    name = architecture.removeprefix(PREFIX)
    if name.startswith(_HUB):
        place = name.removeprefix(_HUB)
    else:
        place = _timm(architecture).get_pretrained_cfg_value(name, "hf_hub_id") or ""
    files = ("model.safetensors", "pytorch_model.bin")
    paths = (hub.try_to_load_from_cache(place, file) for file in files if place)
    return next((Path(path) for path in paths if isinstance(path, str)), None)


def _timm(architecture: str) -> ModuleType:
    try:
        return importlib.import_module("timm")  # an extra, and slow to import
    except ImportError:
        raise MachineError(
            f"{architecture} needs the package timm, which is not installed",
            "install it: pip install 'filterbook[timm]', or pip install timm",
        ) from None


def _check(timm: ModuleType, name: str) -> None:
    base, _, tag = name.partition(".")
    if not timm.is_model(base):
        near = difflib.get_close_matches(base.lower(), timm.list_models(), n=3)
        hint = f"did you mean {' or '.join(PREFIX + each for each in near)}?" if near else ""
        raise ReportError(f"timm has no model {name!r}", hint or "see timm.list_models()")
    tags = [each.partition(".")[2] for each in timm.list_pretrained(f"{base}.*")]
    if tag and tag not in tags:
        raise ReportError(
            f"timm has no weights {tag!r} of {base}", f"it has {', '.join(filter(None, tags))}"
        )


def _refused(name: str, reason: Exception) -> MachineError:
    said = (str(reason).strip().splitlines() or [type(reason).__name__])[0][:200]
    remedy = _UNREACHABLE + (_NAME_IT if name.startswith(_HUB) else "")
    return WeightsError(f"timm cannot make {name}: {said}", remedy)
