"""Reports on networks as people write them: what forward does, modules that are called twice."""

from __future__ import annotations

import csv
import html
import io
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from generator.images.photographs import as_seen, decode
from generator.lab.layers.discover import catalogue
from generator.lab.layers.trial import trial_of
from tests import networks
from tests.conftest import Run, make_project
from tests.networks import plain

SPEC = """\
version: 1
title: Another network
model:
  architecture: "nets.{name}"
  weights: own.pth
  preprocessing: {{resize: 64, crop: 64, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25]}}
render: {{recipe: multiscale, size: 56, stability: 1, precision: {precision}}}
evidence: {{unit: {unit}}}
layers:
  - {{layer: "{layer}", filters: [1, 2]}}
claims:
  - id: fish
    layer: "{layer}"
    filter: 2
    statement: Fish of all kinds
    positives: [photographs/fish]
    controls: [photographs/birds]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    catalogue.cache_clear()
    trial_of.cache_clear()
    yield tmp_path / "report"
    for name in [name for name in sys.modules if name.partition(".")[0] == "nets"]:
        del sys.modules[name]


def project(folder: Path, text: str, network: nn.Module) -> Path:
    spec = make_project(folder, text)
    shutil.copytree(Path(networks.__file__).parent, folder / "nets")
    torch.save(network.state_dict(), folder / "own.pth")
    return spec


def made(folder: Path, name: str) -> nn.Module:
    """The network that a report's own function gives, from its files."""
    sys.path.insert(0, str(folder))
    try:
        module, _, function = name.partition(":")
        network: nn.Module = getattr(__import__(f"nets.{module}").__dict__[module], function)()
    finally:
        sys.path.remove(str(folder))
    return network.eval()


def seen(path: Path) -> Tensor:
    pixels = as_seen(decode(path), resize=64, crop=64, interpolation="bilinear")
    return (torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 255 - 0.5) / 0.25


def output(network: nn.Module, module: str, call: int, image: Tensor) -> np.ndarray:
    kept: list[Tensor] = []
    handle = network.get_submodule(module).register_forward_hook(
        lambda _m, _i, y: kept.append(y.clone())
    )
    with torch.no_grad():
        network(image)
    handle.remove()
    return kept[call][0].mean((1, 2)).numpy()


def build(run: Run, spec: Path) -> dict[str, Any]:
    ended = run("build", "--spec", spec, "--device", "cpu", "--allow-code")
    assert ended.code == 0, ended.err
    return json.loads((spec.parent / "site" / "results.json").read_text())


@pytest.mark.parametrize(
    ("name", "layer", "precision"),
    [
        ("forwards:norm1", "b.3", "auto"),
        ("forwards:norm2", "b.3", "bf16"),
        ("forwards:coord", "c", "bf16"),
        ("forwards:nonz", "b.3", "auto"),
    ],
)
def test_a_forward_that_needs_values(
    run: Run, folder: Path, name: str, layer: str, precision: str
) -> None:
    torch.manual_seed(3)
    folder.mkdir()
    shutil.copytree(Path(networks.__file__).parent, folder / "nets")
    network = made(folder, name)
    shutil.rmtree(folder)
    text = SPEC.format(name=name, layer=layer, precision=precision, unit="before")
    spec = project(folder, text, network)
    (claim,) = build(run, spec)["claims"]
    for each in claim["photographs"]:
        expected = output(network, layer, 0, seen(folder / each["photograph"]))[2]
        assert each["mean"] == pytest.approx(float(expected), rel=1e-3, abs=1e-4)


@pytest.mark.parametrize(("layer", "call"), [("c2", 0), ("c2#2", 1)])
def test_each_call_of_a_module_is_a_layer(run: Run, folder: Path, layer: str, call: int) -> None:
    torch.manual_seed(3)
    network = plain.shared().eval()
    text = SPEC.format(name="plain:shared", layer=layer, precision="auto", unit="after")
    spec = project(folder, text, network)
    found = build(run, spec)
    (entry,) = found["layers"]
    assert (entry["layer"], entry["call"], entry["calls"]) == (layer, call + 1, 2)
    assert entry["activation"] == f"relu#{call + 2}"
    (claim,) = found["claims"]
    for each in claim["photographs"]:
        expected = output(network, "relu", call + 1, seen(folder / each["photograph"]))[2]
        assert each["mean"] == pytest.approx(float(expected), rel=1e-3, abs=1e-4)
    (page,) = (path for path in (folder / "site/layers").glob("*/index.html"))
    assert f"called 2 × in a pass; this is call {call + 1}." in html.unescape(page.read_text())
    assert len(list((folder / "site").glob("pictures/*/2.png"))) == 1
    photograph = sorted((folder / "photographs" / "fish").iterdir())[0]
    scored = run("score", layer, photograph, "--filter", 2, "--spec", spec, "--allow-code")
    assert scored.code == 0, scored.err
    (row,) = csv.DictReader(io.StringIO(scored.out))
    expected = output(network, "relu", call + 1, seen(photograph))[2]
    assert float(row["mean"]) == pytest.approx(float(expected), rel=1e-3, abs=1e-4)


def test_what_forward_raises_on_a_photograph_is_no_traceback(run: Run, folder: Path) -> None:
    text = SPEC.format(name="own:make", layer="c1", precision="auto", unit="after")
    spec = project(folder, text, plain.branch())
    (folder / "nets" / "own.py").write_text(
        "from nets.plain import Branch\n"
        "class Strict(Branch):\n"
        "    def forward(self, x):\n"
        "        assert x.is_meta or x.shape[0] == 1 and x.std() > 2, 'too flat'\n"
        "        return super().forward(x)\n"
        "def make(): return Strict()\n"
    )
    ended = run("build", "--spec", spec, "--device", "cpu", "--allow-code")
    assert ended.code == 2
    assert "AssertionError: too flat" in ended.err
    assert "at line 4 of nets/own.py" in ended.err
