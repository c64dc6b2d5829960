"""The table of VGG networks agrees with the networks themselves."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
import torch
import torchvision

from generator.models.layers import Catalogue, Layer, vgg

NAMES = [f"vgg{depth}{suffix}" for depth in (11, 13, 16, 19) for suffix in ("", "_bn")]


def test_the_way_to_a_layer_goes_through_the_activation_functions_before_it():
    catalogue = vgg("vgg16_bn")
    assert catalogue is not None

    def way(name: str) -> list[str]:
        return [layer.name for layer in catalogue.way(name)]

    assert way("features.0") == way("features.1") == way("features.2") == ["features.2"]
    assert way("features.7") == ["features.2", "features.5", "features.9"]
    assert way("features.6") == ["features.2", "features.5", "features.6"]  # a pooling
    assert len(way("features.40")) == 13
    assert way("features.99") == []


def test_a_long_way_is_thinned_and_one_without_activations_goes_through_convolutions():
    plain = tuple(Layer(f"c{k}", 4, kind="convolution") for k in range(100))
    way = Catalogue("deep", plain).way("c99")
    assert [layer.name for layer in way[:2]] == ["c0", "c7"]
    assert [layer.name for layer in way[-2:]] == ["c98", "c99"]
    assert len(way) == 16
    assert Catalogue("one", plain[:1]).way("c0") == plain[:1]


@pytest.mark.parametrize("name", NAMES)
def test_the_table_agrees_with_torchvision(name: str):
    with torch.device("meta"):
        features = torchvision.models.get_model(name).features
        shapes = []
        value = torch.empty(1, 3, 64, 64)
        for module in features:
            value = module(value)
            shapes.append(value.shape)

    catalogue = vgg(name)

    assert catalogue is not None
    assert catalogue.architecture == name
    layers = catalogue.layers[: len(features)]
    assert [layer.name for layer in layers] == [
        f"features.{child}" for child, _ in features.named_children()
    ]
    assert [layer.channels for layer in layers] == [shape[1] for shape in shapes]
    for layer, module in zip(layers, features, strict=True):
        reads = isinstance(module, torch.nn.Conv2d | torch.nn.BatchNorm2d)
        assert bool(layer.activation) == reads
        if reads:
            index, relu = (int(n.split(".")[1]) for n in (layer.name, layer.activation))
            assert isinstance(features[relu], torch.nn.ReLU)
            between = features[index + 1 : relu]
            assert all(isinstance(module, torch.nn.BatchNorm2d) for module in between)


@pytest.mark.parametrize("name", ["resnet18", "vgg", "vgg17", "VGG16", "vgg16_bn_bn", "", "_bn"])
def test_other_names_are_not_known(name: str):
    assert vgg(name) is None


def test_a_layer_is_found_by_its_name():
    catalogue = vgg("vgg16")
    assert catalogue is not None
    found = Layer("features.28", 512, "features.29", "convolution", stride=16, field=196)
    found = replace(found, fed=(("features.26", 512),))
    assert catalogue.find("features.28") == found
    assert catalogue.find("features.31") is None
    assert all(a != b for a, b in pairwise(catalogue.layers))


def test_a_map_s_rows_are_those_of_the_side_that_the_network_is_shown():
    vgg16 = vgg("vgg16")
    assert vgg16 is not None
    layer = vgg16.find("features.24")
    assert layer is not None
    assert [vgg16.rows(layer, size) for size in (408, 64, 16)] == [25, 4, 2]
    block = Layer("block", 8, stride=16)
    assert Catalogue("resnet", (block,)).rows(block, 408) == 26  # a convolution sees the rest
    assert Catalogue("vit", (block,), least=224, most=224).rows(block, 408) == 14
    assert Catalogue("vit", (block,), least=224, most=224).rows(block, 64) == 14
    assert Catalogue("any", (block,)).rows(Layer("pooled", 8), 64) is None
