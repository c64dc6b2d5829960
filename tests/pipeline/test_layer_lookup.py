"""The layers of an architecture: by rule, remembered, from the model; as a table."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from generator.errors import ReportError, SpecError
from generator.models.layers import Catalogue, Layer, vgg
from generator.pipeline import layer_lookup
from tests.conftest import Run, make_project


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FILTERBOOK_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_vgg_is_known_by_rule() -> None:
    assert layer_lookup.known("vgg16") == layer_lookup.layers_of("vgg16") == vgg("vgg16")


def test_what_a_model_showed_once_is_remembered(own_cache: Path) -> None:
    assert layer_lookup.known("resnet18") is None
    seen = layer_lookup.layers_of("resnet18")
    assert layer_lookup.known("resnet18") == seen
    (file,) = (own_cache / "layers").iterdir()
    file.write_bytes(file.read_bytes()[:-20])
    assert layer_lookup.known("resnet18") is None


@pytest.mark.parametrize(
    "text", ["[]", "{}", '{"layers": [{"wrong": 1}]}', "\xff", '{"layers": 3}']
)
def test_a_spoiled_memory_is_none(own_cache: Path, text: str) -> None:
    layer_lookup.layers_of("resnet18")
    (file,) = (own_cache / "layers").iterdir()
    file.write_text(text)
    assert layer_lookup.known("resnet18") is None


def test_what_is_remembered_needs_no_torch(own_cache: Path) -> None:
    layer_lookup.layers_of("resnet18")
    code = (
        "import sys; from generator.pipeline import layer_lookup;"
        "assert layer_lookup.known('resnet18');"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_other_versions_of_the_packages_forget(monkeypatch: pytest.MonkeyPatch) -> None:
    layer_lookup.layers_of("resnet18")
    monkeypatch.setattr(layer_lookup.metadata, "version", lambda _: "99")
    assert layer_lookup.known("resnet18") is None


def test_a_table() -> None:
    found = Catalogue(
        "small",
        (
            Layer("conv", 8, "relu", "convolution", stride=2, field=7),
            Layer("fc", 1000, "", "linear", "vector"),
        ),
    )
    assert list(layer_lookup.table(found)) == [
        "layer  channels  kind         stride  field  activation function",
        "conv   8         convolution  2       7      relu",
        "fc     1000      linear                      no activation found: own output",
    ]


def test_a_table_of_a_module_that_is_called_twice() -> None:
    calls = (
        Layer("relu", 8, kind="activation", calls=2),
        Layer("relu#2", 8, kind="activation", calls=2),
    )
    first, second = list(layer_lookup.table(Catalogue("small", calls)))[1:]
    assert first.endswith("called 2 ×: relu#2 is the second call")
    assert second.startswith("relu#2")
    assert second.endswith("call 2 of 2")


def test_the_command_lists_a_model(run: Run) -> None:
    ended = run("layers", "--model", "resnet18")
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert lines[1].split() == ["conv1", "64", "convolution", "2", "7", "relu"]
    assert lines[-1].split()[:3] == ["fc", "1000", "linear"]
    (second,) = (line for line in lines if line.startswith("layer4.1.relu#2"))
    assert second.endswith("call 2 of 2")


def test_the_command_lists_the_spec_s_model(run: Run, tmp_path: Path) -> None:
    ended = run("layers", "--spec", make_project(tmp_path / "report"))
    assert "features.28" in ended.out


@pytest.mark.parametrize(
    ("model", "words"),
    [("resnot18", "resnet18"), ("net:make", "--allow-code")],
)
def test_models_that_are_not_there(run: Run, model: str, words: str) -> None:
    ended = run("layers", "--model", model)
    assert ended.code == 2
    assert words in ended.err


def test_a_spec_that_names_no_model(tmp_path: Path) -> None:
    path = tmp_path / "report.yml"
    path.write_text("version: 1\nmodel: {architecture: 3}\n")
    with pytest.raises(SpecError, match="architecture"):
        layer_lookup.named_in(path)


def test_a_misspelt_layer_of_a_remembered_model_is_found_without_torch(
    run: Run, tmp_path: Path
) -> None:
    spec = make_project(tmp_path / "report")
    text = spec.read_text().replace("features.5", "layer4.1.conv3")
    spec.write_text(
        text.replace("title: A small report", "title: A\nmodel: {architecture: resnet18}")
    )
    assert run("check", "--spec", spec).code == 0
    layer_lookup.layers_of("resnet18")
    ended = run("check", "--spec", spec)
    assert ended.code == 2
    assert "did you mean layer4.1.conv" in ended.err


def test_what_a_function_makes_is_not_remembered(tmp_path: Path, own_cache: Path) -> None:
    (tmp_path / "ownnet.py").write_text(
        "from torch import nn\ndef make(): return nn.Sequential(nn.Conv2d(3, 5, 3))\n"
    )
    assert layer_lookup.layers_of("ownnet:make", code=tmp_path).find("0")
    assert not own_cache.exists()
    with pytest.raises(ReportError, match="not allowed"):
        layer_lookup.layers_of("ownnet:make")
