"""`scan:` in a report of several networks, one of them a transformer: each is shown every image."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from generator.images.photographs import as_seen, decode
from generator.lab.loading.networks import build
from tests.conftest import Run, make_project

FIT = "{resize: 32, crop: 32, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25]}"
REPORT = f"""\
version: 1
title: Scanned by two
models:
  - {{name: maps, architecture: "scanned:maps", weights: maps.safetensors, preprocessing: {FIT}}}
  - {{name: vit, architecture: "scanned:vit", weights: vit.safetensors, preprocessing: {FIT}}}
scan: {{images: photographs, top: 3, source: here, licence: CC0}}
render: {{recipe: multiscale, size: 64, stability: 1}}
layers:
  - {{model: maps, layer: "1", filters: [2]}}
  - {{model: vit, layer: block, filters: [3]}}
  - {{model: vit, layer: block.class_token, filters: [3]}}
"""
NETS = """\
import torch
from torch import nn

class ViT(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 12, 8, 8)
        self.cls_token = nn.Parameter(torch.randn(1, 1, 12))
        self.block = nn.TransformerEncoderLayer(12, 2, 24, batch_first=True, norm_first=True)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        return self.block(torch.cat([self.cls_token.expand(len(x), -1, -1), x], 1))[:, 0]

def vit():
    return ViT()

def maps():
    return nn.Sequential(nn.Conv2d(3, 8, 5, 2), nn.Conv2d(8, 6, 3))
"""


def tokens_by_hand(network: torch.nn.Module, paths: list[Path]) -> torch.Tensor:
    """What the block says, (images, tokens), in its channel 3."""
    kept: list[torch.Tensor] = []
    handle = network.get_submodule("block").register_forward_hook(lambda _m, _i, y: kept.append(y))
    seen = [as_seen(decode(p), resize=32, crop=32, interpolation="bilinear") for p in paths]
    pixels = torch.from_numpy(np.stack(seen)).permute(0, 3, 1, 2).float() / 255
    with torch.no_grad():
        network((pixels - 0.5) / 0.25)
    handle.remove()
    return kept[0][:, :, 3]


def test_every_network_is_shown_every_image(run: Run, tmp_path: Path) -> None:
    spec = make_project(tmp_path / "report", REPORT)
    (spec.parent / "scanned.py").write_text(NETS)
    torch.manual_seed(7)
    made = {}
    for name in ("maps", "vit"):
        made[name] = build(f"scanned:{name}", code=spec.parent, real=True)
        save_file(made[name].state_dict(), spec.parent / f"{name}.safetensors")
    scanned = run("scan", "--spec", spec, "--device", "cpu", "--allow-code")
    assert scanned.out.splitlines() == [
        "maps: 1: 8 images summed up for 6 filters, 0 left out",
        "vit: block: 8 images summed up for 12 filters, 0 left out",
        "vit: block.class_token: 8 images summed up for 12 filters, 0 left out",
    ]
    ended = run("build", "--spec", spec, "--device", "cpu", "--allow-code")
    sys.modules.pop("scanned", None)
    assert ended.code == 0, ended.err
    results = json.loads((spec.parent / "site" / "results.json").read_text())
    shown = {each["layer"]: each["photographs"] for each in results["filters"]}
    tokens = tokens_by_hand(made["vit"], sorted((spec.parent / "photographs").rglob("*.jpg")))
    expected = {"vit.block": tokens[:, 1:].mean(1), "vit.block.class_token": tokens[:, 0]}
    for layer, means in expected.items():
        strongest = sorted(means.tolist(), reverse=True)[:3]
        assert [each["mean"] for each in shown[layer]] == pytest.approx(strongest, abs=1e-5)
    assert len(shown["maps.1"]) == 3
