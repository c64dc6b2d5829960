"""Weights into a network: tensors that fit or do not, and where the network ends with them."""

from __future__ import annotations

from functools import cache

import pytest
import torch
import torchvision
from torch import Tensor, nn

from generator.errors import ReportError, WeightsError
from generator.lab.hooks import hooked, record
from generator.lab.loading.models import assemble, catalogue
from generator.lab.loading.weights import Weights, digest_of
from generator.models.card import Preprocessing

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


@pytest.mark.parametrize(
    "architecture", ["resnet18", "mobilenet_v2", "regnet_y_400mf", "mnasnet0_5"]
)
def test_an_assembled_network_computes_what_torchvision_s_does(architecture: str) -> None:
    bench = assemble(architecture, weights(tensors_of(architecture)), CPU)
    inputs = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        torch.testing.assert_close(bench.network(inputs), complete(architecture)(inputs))
    assert bench.card.catalogue == catalogue(architecture)
    assert not bench.network.training
    assert hooked(bench.network) == ()


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
    assert bench.card.catalogue.layers == catalogue("resnet18").layers[:-1]
    with record(bench.network, [bench.layer("layer4.1.conv2")]) as recorder:
        recorder.run(torch.rand(1, 3, 64, 64))
    assert recorder.before["layer4.1.conv2"].shape == (1, 512, 2, 2)


@pytest.mark.parametrize(
    ("missing", "last"),
    [
        ("layer3.", "layer2"),
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
    assert found == "features.1.0"


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


@pytest.mark.parametrize("architecture", ["resnet18", "googlenet"])
def test_a_classifier_of_one_s_own_classes(architecture: str) -> None:
    """Trained on other classes: the last linear layers alone differ, those of GoogLeNet's too."""
    torch.manual_seed(4)
    options = {"init_weights": False} if architecture == "googlenet" else {}
    own = torchvision.models.get_model(architecture, weights=None, num_classes=7, **options).eval()
    bench = assemble(architecture, weights(dict(own.state_dict())), CPU)
    assert bench.card.classes == tuple("0123456")
    assert bench.layer("fc").channels == 7
    bench.check("fc", (0, 6))
    with pytest.raises(ReportError, match=r"fc has 7 channels with own\.pth, filters 0 to 6: no 7"):
        bench.check("fc", (0, 7))
    assert bench.layer("conv1.conv" if options else "conv1").channels == 64
    inputs = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        assert bench.network(inputs).shape == (2, 7)
    if architecture == "resnet18":
        torch.testing.assert_close(bench.network(inputs), own(inputs))


def test_another_network_of_that_name_is_not_a_classifier() -> None:
    tensors = tensors_of("resnet18") | {"layer1.0.conv1.weight": torch.zeros(32, 64, 3, 3)}
    tensors["fc.weight"] = torch.zeros(7, 512)
    with pytest.raises(WeightsError, match="has the shape"):
        assemble("resnet18", weights(tensors), CPU)
