"""Checkpoints as training scripts leave them: the one reading that fits, or why there is none."""

from __future__ import annotations

import argparse
import collections
import datetime
import enum
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from generator.errors import WeightsError
from generator.lab.loading.weights import files
from generator.lab.loading.weights.checkpoint import Reading
from generator.lab.loading.weights.obtain import refusal as refusal_of
from generator.lab.loading.weights.own_file import state_of
from generator.lab.loading.weights.tensor_shapes import Target, resized_positions
from generator.spec.model import ModelSpec

State = dict[str, Tensor]
CLASSES = 10


def small(head: nn.Module | None = None) -> nn.Module:
    """Two convolutions with normalisation, and a classifier."""
    network = nn.Module()
    network.features = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU())
    network.layer1 = nn.Sequential(nn.Conv2d(4, 6, 3), nn.BatchNorm2d(6))
    network.fc = nn.Linear(6, CLASSES) if head is None else head
    return network


def state(seed: int = 0, head: nn.Module | None = None) -> State:
    torch.manual_seed(seed)
    network = small(head)
    return {name: torch.randn_like(t.float()) for name, t in network.state_dict().items()}


def read(
    loaded: object, name: str = "", network: nn.Module | None = None
) -> tuple[Reading, list[str]]:
    said: list[str] = []
    target = Target.of(network or small(), CLASSES)
    found = state_of(loaded, target, file="own.pth", state=name, say=said.append)
    return found, said


def equal(found: State, expected: State) -> bool:
    same = found.keys() == expected.keys()
    return same and all(torch.equal(found[name], expected[name]) for name in found)


def under(prefix: str, tensors: State) -> State:
    return {prefix + name: tensor for name, tensor in tensors.items()}


def within(part: str, after: str, tensors: State) -> State:
    """A part in the middle of names."""
    return {name.replace(after, f"{after}{part}", 1): tensor for name, tensor in tensors.items()}


PREFIXES = (
    *("module.", "_orig_mod.", "model.", "net.", "network.", "backbone.", "encoder.", "student."),
    *("module._orig_mod.", "_orig_mod.module.", "model.module.", "module.model.net."),
    *("module.backbone.", "model.backbone._orig_mod.", "lit_model.", "_forward_module.model."),
)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_prefixes(prefix: str) -> None:
    tensors = state()
    found, said = read(under(prefix, tensors))
    assert equal(found.tensors, tensors)
    assert said == []


@pytest.mark.parametrize("part", ["module.", "_orig_mod.", "module._orig_mod."])
def test_parts_in_the_middle_of_names(part: str) -> None:
    tensors = state()
    found, _ = read(under("model.", within(part, "features.", tensors)))
    assert equal(found.tensors, tensors)


def test_a_network_that_has_such_parts_itself() -> None:
    network = nn.Module()
    network.module, network.model = small(), nn.Conv2d(6, 6, 1)
    tensors = {name: torch.randn_like(t.float()) for name, t in network.state_dict().items()}
    found, _ = read({"state_dict": tensors}, network=network)
    assert equal(found.tensors, tensors)


def test_a_network_that_has_a_prefix_and_a_file_without() -> None:
    network = nn.Module()
    network.backbone = small()
    tensors = state()
    found, _ = read(tensors, network=network)
    assert equal(found.tensors, under("backbone.", tensors))


CONTAINERS = (
    *("state_dict", "model", "model_state", "model_state_dict", "net", "network", "weights"),
    *("teacher", "student", "ema_state_dict", "state_dict_ema", "model_ema", "params", "generator"),
)


@pytest.mark.parametrize("key", CONTAINERS)
def test_containers(key: str) -> None:
    tensors = state()
    for held in ({key: tensors}, {"epoch": 3, key: {"module": tensors}}, {"a": {key: tensors}}):
        found, said = read(held)
        assert equal(found.tensors, tensors)
        assert said == []


def optimiser() -> dict[str, Any]:
    network = small()
    own = torch.optim.Adam(network.parameters())
    for parameter in network.parameters():
        parameter.grad = torch.ones_like(parameter)
    own.step()
    return own.state_dict()


@pytest.mark.parametrize(
    "extra",
    [
        {"n_averaged": torch.tensor(7)},
        {"criterion.weight": torch.ones(10)},
        {"loss.centers": torch.ones(10, 6), "loss_fn.pos_weight": torch.ones(3)},
        {"train_acc.tp": torch.ones(4)},
    ],
)
def test_what_training_adds_is_left_out(extra: State) -> None:
    tensors = state()
    found, _ = read({"state_dict": {**tensors, **extra}, "optimizer": optimiser()})
    assert equal(found.tensors, tensors)
    assert f"left out of the file: state_dict.{next(iter(extra))}" in found.notes[0]


def test_averaged_weights_of_torch() -> None:
    averaged = torch.optim.swa_utils.AveragedModel(small())
    found, _ = read(averaged.state_dict())
    assert found.tensors.keys() == small().state_dict().keys()
    assert found.notes == ("left out of the file: n_averaged",)


def test_of_several_states_the_plain_one_is_used_and_said() -> None:
    plain, ema = state(0), state(1)
    loaded = {"epoch": 3, "ema": ema, "model": plain}
    found, said = read(loaded)
    assert equal(found.tensors, plain)
    (sentence,) = said
    assert "own.pth holds 2 states that fit" in sentence
    assert "model is used; `state: ema` under `model:` takes another" in sentence
    for name, expected in (("ema", ema), ("model", plain)):
        found, said = read(loaded, name)
        assert equal(found.tensors, expected)
        assert said == []


@pytest.mark.parametrize("name", ["state_dict_ema", "ema_model", "teacher", "model_ema"])
def test_states_by_prefix_or_container(name: str) -> None:
    plain, ema = state(0), state(1)
    nested: dict[str, Any] = {"state_dict": under("module.", plain), name: {"module": ema}}
    flat = {"state_dict": {**under("student.", plain), **under(f"{name}.", ema)}}
    for loaded in (nested, flat):
        found, said = read(loaded)
        assert equal(found.tensors, plain)
        assert name in said[0]
        found, _ = read(loaded, name)
        assert equal(found.tensors, ema)


def test_the_same_state_twice_is_one() -> None:
    tensors = state()
    copies = {name: tensor.clone() for name, tensor in tensors.items()}
    found, said = read({"model": tensors, "ema": copies})
    assert equal(found.tensors, tensors)
    assert said == []


def test_a_state_that_is_not_there() -> None:
    with pytest.raises(WeightsError) as refusal:
        read({"model": state(), "ema": state(1)}, "swa")
    assert "no state 'swa'" in refusal.value.cause
    assert "it has model, ema" in refusal.value.remedy


def test_the_nearest_reading_is_told_where_none_fits() -> None:
    tensors = state()
    for name in ("layer1.0.weight", "features.1.bias"):
        del tensors[name]
    tensors |= {f"layer2.{k}.weight": torch.ones(3) for k in range(7)}
    tensors["layer1.1.weight"] = torch.ones(5)
    with pytest.raises(WeightsError) as refusal:
        read({"state_dict": under("module.", tensors)})
    text = refusal.value.cause
    assert "the nearest reading is state_dict: 11 of 14 tensors fit" in text
    assert "missing (2): features.1.bias, layer1.0.weight" in text
    assert "superfluous (7): state_dict.module.layer2.0.weight," in text
    assert "and 2 more" in text
    assert "'layer1.1.weight' has the shape (5) instead of (6)" in text


def test_a_file_of_another_network() -> None:
    with pytest.raises(WeightsError) as refusal:
        read({"state_dict": {"conv_1.kernel": torch.ones(3)}})
    assert "none of the 14 tensors" in refusal.value.cause
    assert "features.0.weight" in refusal.value.remedy


def test_weights_that_end_early_are_read_as_far_as_they_go() -> None:
    tensors = {name: t for name, t in state().items() if not name.startswith("fc.")}
    found, _ = read({"model": tensors})
    assert equal(found.tensors, tensors)
    assert found.missing == ("fc.weight", "fc.bias")


# ---- classifiers


def sequential(*modules: nn.Module) -> nn.Module:
    return nn.Sequential(*modules)


@pytest.mark.parametrize(
    ("head", "name", "classes"),
    [
        (nn.Linear(6, 5), "", 5),
        (sequential(nn.Dropout(), nn.Linear(6, 5)), "fc.1", 5),
        (sequential(nn.Linear(6, CLASSES)), "fc.0", CLASSES),
    ],
)
def test_other_classifiers(head: nn.Module, name: str, classes: int) -> None:
    tensors = state(0, head)
    found, _ = read({"state_dict": under("module.", tensors)})
    assert found.complete
    assert found.tensors["fc.weight"].shape == (classes, 6)
    own = tensors[f"{name or 'fc'}.weight"]
    assert torch.equal(found.tensors["fc.weight"], own)
    assert bool(found.notes) == bool(name)


@pytest.mark.parametrize("name", ["head", "classifier", "linear", "head.1"])
def test_a_classifier_beside_the_backbone(name: str) -> None:
    tensors = {n: t for n, t in state().items() if not n.startswith("fc.")}
    own = {f"{name}.weight": torch.randn(5, 6), f"{name}.bias": torch.randn(5)}
    found, _ = read({"state_dict": {**under("backbone.", tensors), **own}})
    assert found.complete
    assert torch.equal(found.tensors["fc.weight"], own[f"{name}.weight"])
    assert torch.equal(found.tensors["fc.bias"], own[f"{name}.bias"])


def test_a_classifier_without_biases() -> None:
    tensors = state()
    del tensors["fc.bias"]
    found, _ = read(tensors)
    assert found.complete
    assert torch.equal(found.tensors["fc.bias"], torch.zeros(CLASSES))


def test_a_classifier_of_several_layers_is_left_out_and_said() -> None:
    head = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 5))
    found, _ = read(state(0, head))
    assert found.missing == ("fc.weight", "fc.bias")
    assert not any(name.startswith("fc.") for name in found.tensors)
    assert any("left out: the classifier fc.0, fc.2" in note for note in found.notes)


# ---- position embeddings


def test_position_embeddings_are_interpolated_as_timm_does() -> None:
    timm_layers = pytest.importorskip("timm.layers")
    given = torch.randn(1, 1 + 14 * 14, 8)
    made = resized_positions(given, (1, 1 + 6 * 6, 8))
    assert made is not None
    expected = timm_layers.resample_abs_pos_embed(given, (6, 6), num_prefix_tokens=1)
    torch.testing.assert_close(made[0], expected)
    assert made[1:] == ("14 × 14", "6 × 6")
    assert resized_positions(given, (1, 37, 9)) is None
    assert resized_positions(given, (1, 40, 8)) is None


# ---- files


class Colour(enum.Enum):
    RED = 1


class Settings(dict):
    pass


DATA = {
    "a namespace": argparse.Namespace(rate=0.1, folder=Path("runs")),
    "a NumPy number": np.float64(0.5),
    "a NumPy array": np.arange(3),
    "a path": Path("runs"),
    "a date": datetime.datetime(2026, 1, 1),
    "an enumeration": Colour.RED,
    "a dictionary of one's own": Settings(rate=0.1),
    "a default dictionary": collections.defaultdict(list, {"a": [1]}),
    "a set": {1, 2},
    "a loss": nn.CrossEntropyLoss(torch.ones(3)),
    "a backbone": nn.Sequential(nn.Conv2d(3, 4, 3)),
}


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("name", DATA)
def test_objects_beside_tensors_are_data(tmp_path: Path, name: str, legacy: bool) -> None:
    tensors, path = state(), tmp_path / "own.ckpt"
    saved = {"state_dict": tensors, "arguments": DATA[name], DATA[name].__class__.__name__: 1}
    torch.save(saved, path, _use_new_zipfile_serialization=not legacy)
    found, _ = read(files.load(path))
    assert equal(found.tensors, tensors)


@pytest.mark.parametrize("name", ["a.CKPT", "a.pth.tar", "a.PTH", "a.Pt", "a.tar", "A.SAFETENSORS"])
def test_names_of_files(tmp_path: Path, name: str) -> None:
    from generator.spec.model import is_file

    tensors, path = state(), tmp_path / name
    if name.endswith("SAFETENSORS"):
        save_file(tensors, path)
    else:
        torch.save({"model": tensors}, path)
    assert is_file(name)
    found, _ = read(files.load(path))
    assert equal(found.tensors, tensors)


def lfs(path: Path) -> None:
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n")


def page(path: Path) -> None:
    path.write_text("\n<!DOCTYPE html><html><title>Sign in</title></html>")


def script(path: Path) -> None:
    torch.jit.save(torch.jit.script(nn.Sequential(nn.Conv2d(3, 4, 3))), path)


def whole(path: Path) -> None:
    torch.save({"model": nn.Sequential(nn.Conv2d(3, 4, 3)), "epoch": 1}, path)


def whole_legacy(path: Path) -> None:
    torch.save(small(), path, _use_new_zipfile_serialization=False)


def arrays(path: Path) -> None:
    with path.open("wb") as file:
        np.savez(file, a=np.ones(3))


def keras(path: Path) -> None:
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("write", "cause", "remedy"),
    [
        (lfs, "is a Git LFS pointer", "git lfs pull"),
        (page, "is a web page", "torch.hub.download_url_to_file"),
        (script, "is a TorchScript archive", "torch.jit.load('own.pth').state_dict()"),
        (
            whole,
            "is a whole pickled model (torch.nn.modules.container.Sequential)",
            "torch.load('own.pth', weights_only=False)['model'].state_dict()",
        ),
        (
            whole_legacy,
            "is a whole pickled model (torch.nn.modules.module.Module)",
            "torch.load('own.pth', weights_only=False).state_dict()",
        ),
        (arrays, "is an archive of NumPy arrays", "numpy.load('own.pth').items()"),
        (keras, "is an HDF5 file", "network.state_dict()"),
    ],
)
def test_other_files_are_named(
    tmp_path: Path, write: Callable[[Path], None], cause: str, remedy: str
) -> None:
    path = tmp_path / "own.pth"
    write(path)
    with pytest.raises(WeightsError) as refusal:
        files.load(path)
    assert cause in refusal.value.cause
    assert remedy in refusal.value.remedy


def test_objects_that_hold_themselves(tmp_path: Path) -> None:
    options = argparse.Namespace()
    options.options = options
    torch.save({"state_dict": state(), "options": options}, tmp_path / "own.ckpt")
    found, _ = read(files.load(tmp_path / "own.ckpt"))
    assert equal(found.tensors, state())


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04", "is cut off"),
        (b"\x1c\0\0\0TFL3" + bytes(90), "is a TensorFlow Lite model"),
        (b"GGUF\x03\0\0\0", "is a GGUF file"),
        (b"\x08\x07\x12\x07pytorch\x1a", "is an ONNX model"),
        (b'{"metadata": {"total_size": 3}, "weight_map": {}}', "is the index of weights"),
        (b"{}", "is a text"),
        (b"abcd", "no file that torch.save wrote"),
    ],
)
def test_files_of_other_libraries_are_named(tmp_path: Path, content: bytes, cause: str) -> None:
    (tmp_path / "own.pth").write_bytes(content)
    with pytest.raises(WeightsError) as refusal:
        files.load(tmp_path / "own.pth")
    assert cause in refusal.value.cause


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a.onnx", "an ONNX model"),
        ("a.h5", "an HDF5 file"),
        ("a.NPZ", "an archive of NumPy arrays"),
        ("model.safetensors.index.json", "the index of weights in several files"),
        ("a.weights", "must be one of .safetensors, .pth"),
    ],
)
def test_names_of_other_libraries_files_are_refused_with_what_they_are(
    name: str, words: str
) -> None:
    for architecture in ("nets:small", "resnet18"):
        assert words in refusal_of(ModelSpec(architecture=architecture, weights=name))


# ---- tensors


def test_a_list_of_states() -> None:
    found, said = read([under("module.", state()), {"lr": 0.1}])
    assert equal(found.tensors, state())
    assert said == []


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_tensors_that_a_network_cannot_have_are_refused() -> None:
    tensors = state()
    first = tensors["features.0.weight"]
    for other, words in (
        (torch.quantize_per_tensor(first, 0.1, 0, torch.qint8), "is quantised (torch.qint8)"),
        (first.to("meta"), "holds no numbers"),
        (first.to(torch.complex64), "holds complex numbers"),
        (first.to(torch.int8), "holds whole numbers (torch.int8)"),
    ):
        twice = {"model": {**tensors, "features.0.weight": other}, "ema": state(1)}
        with pytest.raises(WeightsError, match=re.escape(words)):
            read(twice, "model")


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.float64])
def test_other_floating_points_are_taken(kind: torch.dtype) -> None:
    found, _ = read({name: tensor.to(kind) for name, tensor in state().items()})
    assert found.complete


def test_sparse_tensors_are_filled() -> None:
    tensors = state()
    found, _ = read({**tensors, "fc.weight": tensors["fc.weight"].to_sparse()})
    assert equal(found.tensors, tensors)


def test_tensors_without_a_place_are_said() -> None:
    found, said = read({**state(), "layer9.weight": torch.ones(3, 3)})
    assert equal(found.tensors, state())
    assert "own.pth holds 1 tensors for which Module has no place" in said[0]
    assert said[0].endswith(": layer9.weight")


@pytest.mark.parametrize(
    ("loaded", "words"),
    [
        ({}, "nothing"),
        (torch.ones(3), "a single tensor"),
        ({"a": [1.0, 2.0]}, "no tensors by names"),
        ("abc", "no tensors by names, but str"),
        ({"conv.kernel": torch.ones(3)}, "conv.kernel"),
    ],
)
def test_what_a_file_of_something_else_holds_is_said(loaded: object, words: str) -> None:
    with pytest.raises(WeightsError, match=f"it holds {words}"):
        read(loaded)


def test_arrays_of_numpy_are_named(tmp_path: Path) -> None:
    torch.save({"features.0.weight": np.ones((4, 3, 3, 3))}, tmp_path / "own.pth")
    with pytest.raises(WeightsError, match="it holds NumPy arrays"):
        read(files.load(tmp_path / "own.pth"))
