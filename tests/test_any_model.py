"""A spec for each kind of network becomes a site whose pictures show something, with right scores.

The weights are made at random and written as the user's own file, so that nothing is fetched.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor, nn

from generator.images.photographs import as_seen, decode
from generator.lab.loading.networks import build
from tests.conftest import Run, make_project

SPEC = """\
version: 1
title: Another network
model: {{architecture: "{architecture}", weights: own.safetensors, preprocessing: {fit}}}
render: {{recipe: multiscale, size: 64, stability: 1}}
evidence: {{unit: before}}
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
OWN = """\
from torch import nn

def make():
    return nn.Sequential(nn.Conv2d(3, 8, 5, 2), nn.ReLU(), nn.Conv2d(8, 6, 3))
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """A network, a layer of it, and the smallest photographs that it can be shown.

    ``kept`` names what the weights file holds; a transformer of 86 million numbers is written and
    run as far as its second block.
    """

    architecture: str
    layer: str
    side: int = 64
    kept: tuple[str, ...] = ("",)

    def __str__(self) -> str:
        return f"{self.architecture} {self.layer}"


BEGINNING = (
    "class_token",
    "conv_proj",
    "encoder.pos_embedding",
    *(f"encoder.layers.encoder_layer_{block}." for block in (0, 1)),
)
KINDS = [
    Kind("timm/test_resnet", "layer3"),
    Kind("timm/test_convnext", "stages.1"),
    Kind("timm/test_vit", "blocks.1", 160),
    Kind("timm/test_vit", "blocks.1.mlp.fc1", 160),
    Kind("timm/test_vit", "blocks.1.class_token", 160),
    Kind("ownnet:make", "2"),
    Kind("resnet50", "layer3"),
    Kind("convnext_tiny", "features.5"),
    Kind("vit_b_16", "encoder.layers.encoder_layer_1", 224, BEGINNING),
    Kind("timm/resnet50", "layer3.5"),
    Kind("timm/convnext_tiny", "stages.2"),
    Kind("timm/vit_tiny_patch16_224", "blocks.5", 224),
]


def spread(network: nn.Module) -> nn.Module:
    """Weights made at random, wide enough that filters differ and pictures show something."""
    torch.manual_seed(4)
    for parameter in network.parameters():
        nn.init.normal_(parameter, std=0.5 / max(1, parameter[0].numel()) ** 0.5 + 0.05)
    return network.eval()


def made(architecture: str) -> nn.Module:
    if architecture.startswith("timm/"):
        pytest.importorskip("timm", reason="the extra filterbook[timm] is not installed")
    if ":" in architecture:
        return nn.Sequential(nn.Conv2d(3, 8, 5, 2), nn.ReLU(), nn.Conv2d(8, 6, 3))
    return build(architecture, real=True)


def write(network: nn.Module, path: Path, kept: tuple[str, ...] = ("",)) -> None:
    tensors = network.state_dict().items()
    save_file({name: tensor for name, tensor in tensors if name.startswith(kept)}, path)


def by_hand(network: nn.Module, layer: str, path: Path, side: int) -> np.ndarray:
    """The layer's means over positions, from a forward hook and nothing of the lab's."""
    kept: list[Tensor] = []
    module = network.get_submodule(layer.removesuffix(".class_token"))
    handle = module.register_forward_hook(lambda _m, _i, y: kept.append(y))
    seen = as_seen(decode(path), resize=side, crop=side, interpolation="bicubic")
    pixels = torch.from_numpy(seen).permute(2, 0, 1)[None].float() / 255
    with torch.no_grad():
        network((pixels - 0.5) / 0.25)
    handle.remove()
    (out,) = kept
    if layer.endswith(".class_token"):
        return out[0, 0].numpy()
    if out.ndim == 3:  # tokens, the class token first
        return out[0, 1:].mean(0).numpy()
    return out[0].mean((1, 2)).numpy()


def auc(positives: list[float], controls: list[float]) -> float:
    """The share of pairs in which the positive is the stronger one."""
    pairs = [(a > b) + (a == b) / 2 for a in positives for b in controls]
    return float(np.mean(pairs))


def check_claim(results: dict[str, Any], kind: Kind, network: nn.Module, folder: Path) -> None:
    """Every response of the claim is the network's own, and so is T1's area."""
    (claim,) = results["claims"]
    found: dict[str, list[float]] = {"positive": [], "control": []}
    for each in claim["photographs"]:
        means = by_hand(network, kind.layer, folder / each["photograph"], kind.side)
        assert each["mean"] == pytest.approx(float(means[2]), rel=1e-3, abs=1e-4)
        found[each["role"]].append(float(means[2]))
    assert claim["n"] == {"positives": 4, "lookalikes": 0, "controls": 4, "removed": 0}
    assert claim["t1"]["value"] == pytest.approx(auc(found["positive"], found["control"]))
    classifier = kind.kept == ("",) and ":" not in kind.architecture
    assert (claim["t7"] is not None) == classifier


def check_pages(site: Path, kind: Kind) -> None:
    """Pictures show something, and the claim's page has the feature maps of its photographs."""
    pictures = list(site.glob(f"pictures/{kind.layer}/*.png"))
    assert [path.stem for path in sorted(pictures)] == ["1", "2"]
    assert all(np.asarray(Image.open(path).convert("RGB")).std() > 10 for path in pictures)
    page = (site / "claims" / "fish.html").read_text()
    assert "underpowered" in page.lower()
    if kind.layer.endswith(".class_token"):  # of one position: nothing to lay over a photograph
        assert not list(site.glob("assets/maps/*/*"))
        assert "Show where" not in page
        return
    maps = Image.open(site / f"assets/maps/{kind.layer}/2-fish.webp")  # all of the page's, in one
    assert f"assets/maps/{kind.layer}/2-fish.webp" in page
    assert np.asarray(maps.convert("L")).std() > 0


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_from_spec_to_site(run: Run, tmp_path: Path, kind: Kind) -> None:
    network = spread(made(kind.architecture))
    fit = f"{{resize: {kind.side}, crop: {kind.side}, mean: [0.5, 0.5, 0.5],"
    fit += " std: [0.25, 0.25, 0.25], interpolation: bicubic}"
    text = SPEC.format(architecture=kind.architecture, layer=kind.layer, fit=fit)
    spec = make_project(tmp_path / "report", text)
    write(network, spec.parent / "own.safetensors", kind.kept)
    (spec.parent / "ownnet.py").write_text(OWN)

    ended = run("build", "--spec", spec, "--device", "cpu", "--allow-code")
    sys.modules.pop("ownnet", None)
    assert ended.code == 0, ended.err
    site = spec.parent / "site"
    results = json.loads((site / "results.json").read_text())
    assert results["model"]["architecture"] == kind.architecture
    check_claim(results, kind, network, spec.parent)
    check_pages(site, kind)


def test_a_layer_that_is_a_number_can_be_scored(run: Run, tmp_path: Path) -> None:
    """In the command line nothing can be quoted: 2 is `2` where there is no `features.2`."""
    network = spread(made("ownnet:make"))
    fit = "{resize: 64, crop: 64, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25]}"
    spec = make_project(
        tmp_path / "report", SPEC.format(architecture="ownnet:make", layer="2", fit=fit)
    )
    write(network, spec.parent / "own.safetensors")
    (spec.parent / "ownnet.py").write_text(OWN)
    photograph = sorted((spec.parent / "photographs" / "fish").iterdir())[0]
    scored = run("score", "2", photograph, "--filter", 2, "--spec", spec, "--allow-code")
    sys.modules.pop("ownnet", None)
    assert scored.code == 0, scored.err
    (row,) = csv.DictReader(io.StringIO(scored.out))
    assert row["layer"] == "2"
    assert 1 <= int(row["rank"]) <= 6


def test_own_code_is_refused_at_its_line(run: Run, tmp_path: Path) -> None:
    text = SPEC.format(architecture="ownnet:make", layer="2", fit="{}")
    spec = make_project(tmp_path / "report", text)
    (spec.parent / "ownnet.py").write_text("raise SystemExit('it ran')")
    ended = run("build", "--spec", spec)
    assert ended.code == 2
    assert "report.yml:3:23: model.architecture: the model is Python code" in ended.err
    assert "--allow-code" in ended.err


def test_a_network_of_one_s_own_needs_a_file(run: Run, tmp_path: Path) -> None:
    text = SPEC.format(architecture="ownnet:make", layer="2", fit="{}")
    spec = make_project(tmp_path / "report", text.replace("weights: own.safetensors, ", ""))
    (spec.parent / "ownnet.py").write_text(OWN)
    ended = run("build", "--spec", spec, "--allow-code")
    sys.modules.pop("ownnet", None)
    assert ended.code == 2
    assert "needs its file" in ended.err


def test_a_network_of_one_side_is_not_shown_another(run: Run, tmp_path: Path) -> None:
    text = SPEC.format(architecture="timm/vit_tiny_patch16_224", layer="blocks.1", fit="{crop: 64}")
    spec = make_project(tmp_path / "report", text)
    write(made("timm/vit_tiny_patch16_224"), spec.parent / "own.safetensors")
    ended = run("build", "--spec", spec, "--device", "cpu")
    assert ended.code == 3
    assert "takes images of 224 x 224 pixels, not 64" in ended.err
    assert "crop: 224" in ended.err
