"""From a name to a bench: layers and their activation functions, tensors that fit or do not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
import torch
import torchvision
from torch import Tensor, nn

from generator import catalogue as known
from generator.artifacts import Preprocessing
from generator.errors import ReportError, WeightsError
from generator.lab.hooks import hooked, record
from generator.lab.models import Bench, assemble, build, catalogue
from generator.lab.weights import Weights, digest_of

CPU = torch.device("cpu")
PREPROCESSING = Preprocessing(256, 224, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25))


def weights(tensors: dict[str, Tensor]) -> Weights:
    return Weights("own.pth", tensors, digest_of(tensors), "a file", "none", PREPROCESSING)


@cache
def complete(architecture: str) -> nn.Module:
    """The architecture as torchvision makes it, its batch statistics other than at the start."""
    torch.manual_seed(3)
    network = torchvision.models.get_model(architecture, weights=None).eval()
    for name, buffer in network.named_buffers():
        if name.endswith("running_var"):
            buffer.uniform_(0.5, 2)
        elif name.endswith("running_mean"):
            buffer.normal_(0, 0.1)
    return network


def tensors_of(architecture: str) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in complete(architecture).state_dict().items()}


# ---- what there is to look into


@pytest.mark.parametrize("architecture", ["vgg11", "vgg13_bn", "vgg16", "vgg16_bn", "vgg19"])
def test_the_rule_for_vgg_is_what_the_network_says(architecture: str) -> None:
    by_rule = known.vgg(architecture)
    assert by_rule is not None
    seen = [each for each in catalogue(architecture).layers if each.name.startswith("features")]
    assert [replace(layer, stride=0) for layer in by_rule.layers] == seen


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


@pytest.mark.parametrize("architecture", ["convnext_tiny", "swin_t"])
def test_outputs_with_channels_last_are_no_stacks_of_maps(architecture: str) -> None:
    network = build(architecture)
    for layer in catalogue(architecture).layers:
        module = network.get_submodule(layer.name)
        assert not isinstance(module, nn.Linear), layer.name
        if isinstance(module, nn.Conv2d):
            assert layer.channels == module.out_channels


@pytest.mark.parametrize(
    ("name", "meant"), [("vgg61", "vgg16"), ("resnet_18", "resnet18"), ("VGG16", "vgg16")]
)
def test_an_unknown_architecture_names_its_near_matches(name: str, meant: str) -> None:
    with pytest.raises(ReportError, match=f"no model '{name}'") as refusal:
        catalogue(name)
    assert meant in refusal.value.remedy
    assert refusal.value.exit_code == 2


def test_an_architecture_that_is_like_nothing() -> None:
    with pytest.raises(ReportError, match="no model 'qqqqqqq'"):
        build("qqqqqqq")


# ---- weights in it


@pytest.mark.parametrize("architecture", ["resnet18", "mobilenet_v2", "regnet_y_400mf"])
def test_an_assembled_network_computes_what_torchvision_s_does(architecture: str) -> None:
    bench = assemble(architecture, weights(tensors_of(architecture)), CPU)
    inputs = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        torch.testing.assert_close(bench.network(inputs), complete(architecture)(inputs))
    assert bench.card.catalogue == catalogue(architecture)
    assert not bench.network.training
    assert hooked(bench.network) == ()


def test_googlenet_turns_its_input_as_its_published_weights_want_it() -> None:
    assert build("googlenet").transform_input
    assert build("inception_v3").transform_input


@pytest.mark.parametrize("kind", [torch.float64, torch.float16, torch.bfloat16])
def test_weights_of_another_precision_run(kind: torch.dtype) -> None:
    tensors = {
        name: t.to(kind) if t.is_floating_point() else t
        for name, t in tensors_of("alexnet").items()
    }
    bench = assemble("alexnet", weights(tensors), CPU)
    with torch.no_grad():
        assert bench.network.features(torch.rand(1, 3, 64, 64)).dtype == torch.float32


def without(architecture: str, *names: str) -> dict[str, Tensor]:
    """The state dict without everything whose name begins with one of ``names``."""
    return {
        name: tensor
        for name, tensor in tensors_of(architecture).items()
        if not name.startswith(names)
    }


def last_layer(tensors: dict[str, Tensor], architecture: str) -> str:
    return assemble(architecture, weights(tensors), CPU).card.catalogue.layers[-1].name


def test_without_a_classifier_every_layer_before_it_can_be_used() -> None:
    tensors = without("resnet18", "fc.")
    bench = assemble("resnet18", weights(tensors), CPU)
    assert bench.card.catalogue == catalogue("resnet18")
    with record(bench.network, [bench.layer("layer4.1.conv2")]) as recorder:
        recorder.run(torch.rand(1, 3, 64, 64))
    assert recorder.before["layer4.1.conv2"].shape == (1, 512, 2, 2)


@pytest.mark.parametrize(
    ("missing", "last"),
    [
        ("layer3.", "layer2.1.bn2"),
        ("layer2.0.conv2.weight", "layer2.0.relu"),
        ("layer2.0.bn2.running_mean", "layer2.0.conv2"),
        ("layer2.0.bn2.running_var", "layer2.0.conv2"),
        ("bn1.weight", "conv1"),
    ],
)
def test_the_network_ends_where_its_weights_do(missing: str, last: str) -> None:
    assert last_layer(without("resnet18", missing), "resnet18") == last


def test_a_tensor_of_the_block_itself_counts() -> None:
    """ConvNeXt's scale belongs to no leaf: without it nothing of the block can be believed."""
    found = last_layer(without("convnext_tiny", "features.1.1.layer_scale"), "convnext_tiny")
    assert found.startswith("features.1.0.")


def test_a_layer_behind_the_weights_is_refused_by_name() -> None:
    bench = assemble("resnet18", weights(without("resnet18", "layer3.")), CPU)
    with pytest.raises(ReportError, match=r"no layer 'layer4\.0\.conv1'") as refusal:
        bench.layer("layer4.0.conv1")
    assert "the last layer with weights" in refusal.value.remedy


def test_no_weights_for_the_first_layer() -> None:
    with pytest.raises(WeightsError, match="hold nothing for resnet18"):
        assemble("resnet18", weights(without("resnet18", "conv1")), CPU)
    with pytest.raises(WeightsError, match="hold nothing"):
        assemble("resnet18", weights({}), CPU)


def changed(name: str, tensor: Tensor) -> Weights:
    return weights({**tensors_of("alexnet"), name: tensor})


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("features.99.weight", torch.zeros(1)), r"it has no 'features\.99\.weight'"),
        (("module.features.0.weight", torch.zeros(1)), r"it has no 'module\."),
        (("features.0.bias", torch.zeros(63)), r"shape \(63,\) instead of \(64,\)"),
        (("features.0.bias", torch.zeros(1, 64)), r"shape \(1, 64\) instead of \(64,\)"),
        (("features.0.bias", torch.full((64,), torch.nan)), "not finite"),
        (("features.3.bias", torch.full((192,), torch.inf)), "not finite"),
    ],
)
def test_tensors_that_do_not_fit(given: tuple[str, Tensor], words: str) -> None:
    with pytest.raises(WeightsError, match=words) as refusal:
        assemble("alexnet", changed(*given), CPU)
    assert "'own.pth' do not fit AlexNet" in refusal.value.cause


def test_the_card_says_where_the_weights_came_from() -> None:
    given = weights(tensors_of("alexnet"))
    noted = Weights(
        given.name, given.tensors, given.digest, "torchvision", "BSD", PREPROCESSING, ("a note",)
    )
    card = assemble("alexnet", noted, CPU).card
    assert (card.source, card.licence, card.digest) == ("torchvision; a note", "BSD", given.digest)


def test_preparing_is_the_weights_own_preprocessing(bench: Bench) -> None:
    pixels = torch.rand(2, 3, 5, 7)
    torch.testing.assert_close(bench.prepare(pixels), (pixels - 0.5) / 0.25)
    assert bench.prepare(pixels).is_contiguous(memory_format=torch.channels_last)
