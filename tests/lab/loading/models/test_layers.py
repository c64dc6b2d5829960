"""Layers are seen from a pass without weights: channels, layout, activation, receptive field."""

from __future__ import annotations

from functools import cache

import pytest
import torch
from torch import Tensor, nn
from torchvision.models import SwinTransformer, VisionTransformer
from torchvision.models.convnext import CNBlockConfig, ConvNeXt

from generator.errors import ReportError
from generator.lab.hooks import record
from generator.lab.layers.discover import catalogue_of
from generator.lab.loading import models
from generator.lab.loading.networks import build
from generator.models import layers as known
from generator.models.layers import Catalogue, Layer

catalogue = cache(models.catalogue)  # several tests look at the same networks


@pytest.mark.parametrize("architecture", ["vgg11", "vgg13_bn", "vgg16", "vgg16_bn", "vgg19"])
def test_the_rule_for_vgg_is_what_the_network_says(architecture: str) -> None:
    assert known.vgg(architecture) == catalogue(architecture)


def activations(architecture: str) -> dict[str, str]:
    return {layer.name: layer.activation for layer in catalogue(architecture).layers}


def test_a_sum_has_no_layer_of_its_own() -> None:
    """In ResNet the second ReLU of a block reads ``out += identity``: not what bn2 gave."""
    read = activations("resnet18")
    assert read["conv1"] == read["bn1"] == "relu"
    assert read["layer1.0.conv1"] == read["layer1.0.bn1"] == "layer1.0.relu"
    assert read["layer1.0.conv2"] == read["layer1.0.bn2"] == ""
    assert read["layer2.0.downsample.0"] == read["layer2.0.downsample.1"] == ""
    assert read["relu"] == read["maxpool"] == read["avgpool"] == ""
    channels = {layer.name: layer.channels for layer in catalogue("resnet18").layers}
    assert (channels["conv1"], channels["layer4.1.conv2"]) == (64, 512)


def test_bottlenecks_end_without_an_activation_function() -> None:
    read = activations("mobilenet_v2")
    assert read["features.0.0"] == read["features.0.1"] == "features.0.2"
    assert read["features.2.conv.0.0"] == "features.2.conv.0.2"
    assert read["features.2.conv.2"] == read["features.2.conv.3"] == ""


def test_what_is_joined_with_others_is_read_by_nobody_alone() -> None:
    """DenseNet normalises the concatenation of all earlier maps: conv2's own output has no ReLU."""
    read = activations("densenet121")
    assert read["features.conv0"] == read["features.norm0"] == "features.relu0"
    assert read["features.denseblock1.denselayer1.conv1"].endswith("denselayer1.relu2")
    assert read["features.denseblock1.denselayer1.conv2"] == ""
    assert read["features.denseblock1.denselayer1.norm1"].endswith("denselayer1.relu1")


def test_layers_come_in_the_order_of_their_calling() -> None:
    names = list(activations("googlenet"))
    assert names.index("conv1.conv") < names.index("inception3a.branch1.conv")
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("architecture", "layer", "channels"),
    [
        ("alexnet", "features.3", 192),
        ("inception_v3", "Mixed_7c.branch1x1.conv", 320),
        ("regnet_y_400mf", "stem.0", 32),
        ("efficientnet_b0", "features.8.0", 1280),
        ("vit_b_16", "conv_proj", 768),
    ],
)
def test_other_families(architecture: str, layer: str, channels: int) -> None:
    found = catalogue(architecture).find(layer)
    assert found is not None
    assert found.channels == channels


def test_blocks_are_layers() -> None:
    """A residual sum is nobody's output but the block's; stages are called by their names too."""
    found = catalogue("resnet18")
    block, stage = found.find("layer4.1"), found.find("layer4")
    assert block is not None
    assert stage is not None
    assert (block.kind, block.channels, block.stride, block.field) == ("block", 512, 32, 435)
    assert (stage.channels, stage.field) == (512, 435)


@pytest.mark.parametrize(
    ("architecture", "layer", "ends"),
    [
        ("resnet18", "layer4", (("layer4.1.relu", 1),)),
        ("resnet18", "relu", (("relu", 0),)),
        ("resnet18", "layer1.0.conv2", ()),
        ("vgg11", "features", (("features.19", 0),)),
        (
            "squeezenet1_1",
            "features.12",
            (("features.12.expand1x1_activation", 0), ("features.12.expand3x3_activation", 0)),
        ),
        ("mobilenet_v2", "features.17", ()),
        ("convnext_tiny", "features.7", ()),
    ],
)
def test_the_relus_that_end_a_layer(
    architecture: str, layer: str, ends: tuple[tuple[str, int], ...]
) -> None:
    found = catalogue(architecture).find(layer)
    assert found is not None
    assert found.ends == ends


def test_linear_layers_are_maps_of_one_position() -> None:
    head = catalogue("resnet18").find("fc")
    assert head == Layer("fc", 1000, "", "linear", "vector", unfed="sum")


@pytest.mark.parametrize(
    ("architecture", "layer", "stride", "field"),
    [  # fields: Araujo et al. 2019, table 1, at the end of the convolutions
        ("alexnet", "features.12", 32, 195),
        ("vgg16", "features.30", 32, 212),
        ("mobilenet_v2", "features.18", 32, 491),
        ("resnet50", "layer4", 32, 427),  # torchvision's has its strides in the 3 x 3 convolutions
        ("densenet121", "features.norm5", 32, 2071),
        ("shufflenet_v2_x1_0", "stage2.0", 8, 15),
        ("googlenet", "conv1.conv", 2, 7),
        ("swin_t", "features.0", 4, 4),
    ],
)
def test_receptive_fields(architecture: str, layer: str, stride: int, field: int) -> None:
    found = catalogue(architecture).find(layer)
    assert found is not None
    assert (found.stride, found.field) == (stride, field)


def test_a_field_without_bound_is_left_empty() -> None:
    gated = catalogue("efficientnet_b0").find("features.1.0.block.2.0")  # behind the first gate
    attended = catalogue("swin_t").find("features.7.1")
    assert gated is not None
    assert attended is not None
    assert (gated.field, attended.field, attended.stride) == (None, None, 32)


# ---- the layer's own layout, and what a reader sees


def vision_transformer() -> nn.Module:
    return VisionTransformer(32, 8, num_layers=2, num_heads=2, hidden_dim=12, mlp_dim=20)


def swin() -> nn.Module:
    return SwinTransformer([4, 4], 12, [2, 2], [2, 2], [4, 4], stochastic_depth_prob=0)


def convnext() -> nn.Module:
    return ConvNeXt([CNBlockConfig(8, 16, 1), CNBlockConfig(16, None, 1)])


NETWORKS = {"vit": vision_transformer, "swin": swin, "convnext": convnext}


def seen(name: str) -> tuple[nn.Module, Catalogue]:
    with torch.device("meta"):
        found = catalogue_of(name, NETWORKS[name]().eval())
    torch.manual_seed(5)
    network = NETWORKS[name]().eval()
    for parameter in network.parameters():
        if parameter.ndim > 1:
            nn.init.normal_(parameter, std=0.3)
    return network, found


def by_hand(network: nn.Module, layer: str, inputs: Tensor) -> Tensor:
    kept: list[Tensor] = []
    handle = network.get_submodule(layer).register_forward_hook(
        lambda _module, _inputs, output: kept.append(output.clone())
    )
    with torch.no_grad():
        network(inputs)
    handle.remove()
    return kept[0]


@pytest.mark.parametrize("name", NETWORKS)
def test_every_layer_is_read_as_maps(name: str) -> None:
    network, found = seen(name)
    side = found.most or 64
    inputs = torch.rand(2, 3, side, side)
    for layer in found.layers:
        with record(network, [layer]) as recorder, torch.no_grad():
            recorder.run(inputs)
        maps, own = recorder.before[layer.name], by_hand(network, layer.module, inputs)
        positions = side // layer.stride if layer.stride else 1
        assert maps.shape == (2, layer.channels, positions, positions), layer
        tokens = own.movedim(-1, 1) if layer.layout != "maps" else own
        if layer.layout == "class token":
            tokens = tokens[..., :1]
        tokens = tokens.flatten(2)[..., layer.prefix :] if tokens.ndim > 2 else tokens[..., None]
        torch.testing.assert_close(maps.flatten(2), tokens)


@pytest.mark.parametrize(
    ("name", "layer", "layout", "channels", "prefix"),
    [
        ("vit", "encoder.layers.encoder_layer_0", "tokens", 12, 1),
        ("vit", "encoder.layers.encoder_layer_1.mlp.0", "tokens", 20, 1),
        ("vit", "conv_proj", "maps", 12, 0),
        ("vit", "heads.head", "vector", 1000, 0),
        ("swin", "features.1.0", "maps, channels last", 12, 0),
        ("swin", "features.1.0.mlp.0", "maps, channels last", 48, 0),
        ("swin", "features.2.reduction", "maps, channels last", 24, 0),
        ("convnext", "features.1.0", "maps", 8, 0),
        ("convnext", "features.1.0.block.3", "maps, channels last", 32, 0),
    ],
)
def test_layouts(name: str, layer: str, layout: str, channels: int, prefix: int) -> None:
    with torch.device("meta"):
        one = catalogue_of(name, NETWORKS[name]().eval()).find(layer)
    assert one is not None
    assert (one.layout, one.channels, one.prefix) == (layout, channels, prefix)


def test_the_hidden_units_of_a_block_have_an_activation_function() -> None:
    with torch.device("meta"):
        hidden = catalogue_of("vit", vision_transformer().eval()).find(
            "encoder.layers.encoder_layer_0.mlp.0"
        )
    assert hidden is not None
    assert hidden.activation == "encoder.layers.encoder_layer_0.mlp.1"


@pytest.mark.parametrize(
    ("architecture", "least", "most"), [("vit_b_16", 224, 224), ("alexnet", 64, None)]
)
def test_the_inputs_that_a_network_takes(architecture: str, least: int, most: int | None) -> None:
    found = catalogue(architecture)
    assert (found.least, found.most) == (least, most)


@pytest.mark.parametrize(
    ("layer", "layout", "channels", "stride"),
    [
        ("layers.0", "maps, channels last", 96, 4),
        ("layers.1", "maps, channels last", 192, 8),
        ("layers.1.downsample.reduction", "maps, channels last", 192, 8),
        ("layers.3.blocks.1.mlp.fc1", "tokens", 3072, 32),
    ],
)
def test_positions_that_are_merged(layer: str, layout: str, channels: int, stride: int) -> None:
    pytest.importorskip("timm", reason="the extra filterbook[timm] is not installed")
    one = catalogue("timm/swin_tiny_patch4_window7_224").find(layer)
    assert one is not None
    assert (one.layout, one.channels, one.prefix, one.stride) == (layout, channels, 0, stride)


def test_the_class_token_is_a_layer() -> None:
    network, found = seen("vit")
    name = "encoder.layers.encoder_layer_0"
    block, token = found.find(name), found.find(f"{name}.class_token")
    assert block is not None
    assert token == block.class_token()
    assert (token.module, token.kind, token.channels) == (name, "class token", 12)
    assert found.find(f"{name}.mlp.0.class_token") is None  # before its activation function
    assert found.find(f"{name}.mlp.1.class_token") is not None
    assert found.find("conv_proj.class_token") is None
    inputs = torch.rand(2, 3, 32, 32)
    with record(network, [block, token]) as recorder, torch.no_grad():
        recorder.run(inputs)
    own = by_hand(network, name, inputs)
    torch.testing.assert_close(recorder.before[token.name], own[:, 0, :, None, None])
    torch.testing.assert_close(recorder.before[name].flatten(2), own[:, 1:].transpose(1, 2))


@pytest.mark.parametrize(
    ("architecture", "prefix", "own"),
    [
        ("timm/vit_tiny_patch16_224", 1, True),
        ("timm/deit_tiny_distilled_patch16_224", 2, True),
        ("timm/eva02_tiny_patch14_224", 1, True),
        ("timm/vit_medium_patch16_reg4_gap_256", 4, False),
    ],
)
def test_tokens_before_the_grid(architecture: str, prefix: int, own: bool) -> None:
    pytest.importorskip("timm", reason="the extra filterbook[timm] is not installed")
    found = catalogue(architecture)
    block = found.find("blocks.2")
    assert block is not None
    assert block.prefix == prefix == build(architecture).num_prefix_tokens
    assert (found.find("blocks.2.class_token") is not None) == own


class Windows(nn.Module):
    """Attention within windows as MaxViT has it: (batch, windows, positions in one, channels)."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.within = nn.Conv2d(3, 6, 4, 4), nn.Linear(6, 6)

    def forward(self, x: Tensor) -> Tensor:
        rows = self.first(x).unflatten(3, (-1, 4)).unflatten(2, (-1, 4))  # (1, 6, n, 4, n, 4)
        windows = rows.permute(0, 2, 4, 3, 5, 1).flatten(3, 4).flatten(1, 2)
        read: Tensor = self.within(windows).mean((1, 2))
        return read


def test_windows_are_no_map_of_the_image() -> None:
    with torch.device("meta"):
        names = [layer.name for layer in catalogue_of("windows", Windows().eval()).layers]
    assert names == ["first"]


class Reordered(Windows):
    """The same, its windows one behind the other, as Hiera has its tokens."""

    def forward(self, x: Tensor) -> Tensor:
        rows = self.first(x).unflatten(3, (-1, 4)).unflatten(2, (-1, 4))
        tokens = rows.permute(0, 2, 4, 3, 5, 1).flatten(1, 4)
        read: Tensor = self.within(tokens).mean(1)
        return read


def test_tokens_in_another_order_are_no_map_of_the_image() -> None:
    with torch.device("meta"):
        names = [layer.name for layer in catalogue_of("reordered", Reordered().eval()).layers]
    assert names == ["first"]


def test_a_network_that_takes_no_image() -> None:
    with pytest.raises(ReportError, match="no layer whose output has channels"):
        catalogue_of("plain", nn.Sequential(nn.Flatten()))
