"""timm's models by name, and those of the hub from its cache: never from the network here."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from generator.errors import MachineError, ReportError, WeightsError
from generator.lab.loading import models, weights
from generator.lab.loading.models import catalogue, class_names
from generator.lab.loading.networks import build, preset, timm_models
from generator.models.card import Preprocessing
from generator.spec.model import ModelSpec

timm = pytest.importorskip("timm", reason="the extra filterbook[timm] is not installed")
constants = pytest.importorskip("huggingface_hub").constants

HUB = "timm/hf-hub:someone/small"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the hub, and no way to the hub itself."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    return tmp_path


def put(hub: Path) -> dict[str, torch.Tensor]:
    """A small model in the hub's cache, as its own client leaves one there."""
    torch.manual_seed(2)
    network = timm.create_model("test_vit2", num_classes=10)
    folder = hub / "models--someone--small" / "snapshots" / "1"
    folder.mkdir(parents=True)
    (folder.parents[1] / "refs").mkdir()
    (folder.parents[1] / "refs" / "main").write_text("1")
    config = {
        "architecture": "test_vit2",
        "num_classes": 10,
        "pretrained_cfg": {
            **{"input_size": [3, 64, 64], "crop_pct": 0.9, "interpolation": "bicubic"},
            **{"mean": [0.5, 0.5, 0.5], "std": [0.2, 0.2, 0.2], "license": "mit"},
            **{"num_classes": 10, "first_conv": "patch_embed.proj", "classifier": "head"},
        },
    }
    (folder / "config.json").write_text(json.dumps(config))
    save_file(network.state_dict(), folder / "model.safetensors")
    return network.state_dict()


def test_by_name() -> None:
    found = catalogue("timm/test_vit2").find("blocks.0.mlp.fc1")
    assert found is not None
    assert (found.layout, found.activation) == ("tokens", "blocks.0.mlp.act")
    assert next(build("timm/test_vit2").parameters()).is_meta


def test_the_preprocessing_is_the_model_s_own() -> None:
    assert preset("timm/vit_base_patch16_224") == Preprocessing(
        248, 224, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5), "bicubic"
    )


@pytest.mark.parametrize(
    ("name", "remedy"),
    [("timm/resnot18", "timm/resnet18"), ("timm/qqqq", "list_models"), ("timm/", "list_models")],
)
def test_an_unknown_name(name: str, remedy: str) -> None:
    with pytest.raises(ReportError, match="timm has no model") as refusal:
        build(name)
    assert remedy in refusal.value.remedy


def test_unknown_weights_of_a_known_model() -> None:
    with pytest.raises(ReportError, match="no weights 'mine' of resnet18") as refusal:
        build("timm/resnet18.mine")
    assert "a1_in1k" in refusal.value.remedy


def test_timm_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(MachineError, match="needs the package timm") as refusal:
        build("timm/resnet18")
    assert "filterbook[timm]" in refusal.value.remedy
    assert refusal.value.exit_code == 3


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize("name", ["timm/resnet18", HUB])
def test_weights_out_of_reach(name: str, tmp_path: Path) -> None:
    model = ModelSpec(architecture=name)
    assert not weights.at_hand(model, folder=tmp_path, cache=tmp_path)
    with pytest.raises(WeightsError, match="timm cannot make") as refusal:
        weights.obtain(model, folder=tmp_path, cache=tmp_path, say=lambda _: None)
    assert "weights: FILE.safetensors" in refusal.value.remedy
    assert ("the architecture by timm's own name" in refusal.value.remedy) == (name == HUB)


def test_a_model_of_the_hub_from_its_cache(hub: Path) -> None:
    tensors = put(hub)
    model = ModelSpec(architecture=HUB)
    assert weights.at_hand(model, folder=hub, cache=hub)
    found = weights.obtain(model, folder=hub, cache=hub, say=lambda _: None)
    assert found.preprocessing == Preprocessing(71, 64, (0.5,) * 3, (0.2,) * 3, "bicubic")
    assert (found.source, found.licence) == ("timm", "mit")
    bench = models.assemble(HUB, found, torch.device("cpu"))
    inputs = torch.rand(1, 3, 64, 64)
    network = timm.create_model("test_vit2", num_classes=10).eval()
    network.load_state_dict(tensors)
    with torch.no_grad():  # attention sums in another order where channels lie last
        torch.testing.assert_close(bench.network(inputs), network(inputs), atol=1e-3, rtol=0)


def test_tensors_that_no_file_carries_are_computed() -> None:
    """Swin's positions and masks: on the meta device they would stay empty."""
    name = "timm/swinv2_cr_tiny_ns_224"
    torch.manual_seed(1)
    network = timm.create_model(name.removeprefix("timm/"), pretrained=False).eval()
    tensors = network.state_dict()
    given = weights.Weights("own", tensors, "0" * 64, "a file", "none", preset(name))
    bench = models.assemble(name, given, torch.device("cpu"))
    inputs = torch.rand(1, 3, 224, 224)
    with torch.no_grad():
        torch.testing.assert_close(bench.network(inputs), network(inputs))


def test_a_model_that_wants_no_photograph() -> None:
    class Odd(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.pretrained_cfg = {"input_size": (1, 28, 28)}

    with pytest.raises(WeightsError, match="not a square RGB image"):
        timm_models.preprocessing(Odd())


def test_features_are_no_classes() -> None:
    """A network that was never trained on classes ends with its features."""
    assert class_names("timm/eva02_tiny_patch14_224", ()) == ()
    assert len(class_names("timm/test_vit", ())) == 1000


def test_a_file_as_the_hub_names_it(tmp_path: Path) -> None:
    tensors = timm.create_model("test_vit2").state_dict()
    torch.save(tensors, tmp_path / "pytorch_model.bin")
    model = ModelSpec(architecture="timm/test_vit2", weights="pytorch_model.bin")
    assert weights.refusal(model) == ""
    found = weights.obtain(model, folder=tmp_path, cache=tmp_path, say=lambda _: None)
    assert found.tensors.keys() == tensors.keys()
