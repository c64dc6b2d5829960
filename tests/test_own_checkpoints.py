"""Reports whose weights are the checkpoint of a training script: found, chosen, and said."""

from __future__ import annotations

import argparse
import html
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from generator.lab.loading.networks import build as network_of
from tests.conftest import Run, make_project

SPEC = """\
version: 1
title: Another network
model: {{architecture: "{architecture}", weights: {weights}, {more}preprocessing: {fit}}}
render: {{recipe: multiscale, size: 56, stability: 1}}
evidence: {{unit: before}}
layers:
  - {{layer: "{layer}", filters: [1]}}
claims:
  - id: fish
    layer: "{layer}"
    filter: 1
    statement: Fish of all kinds
    positives: [photographs/fish]
    controls: [photographs/birds]
"""
FIT = "{resize: 64, crop: 64, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25]}"


def project(folder: Path, **words: str) -> Path:
    known = {"more": "", "fit": FIT, "weights": "run/best.ckpt", "layer": "layer1.0.conv1"}
    spec = make_project(folder, SPEC.format(**{**known, **words}))
    (folder / "run").mkdir()
    return spec


def state(seed: int, classes: int | None = None) -> dict[str, Tensor]:
    torch.manual_seed(seed)
    network = network_of("resnet18", real=True)
    if classes is not None:
        network.fc = nn.Linear(512, classes)
    return network.state_dict()


def results(run: Run, spec: Path) -> tuple[dict[str, Any], str]:
    ended = run("build", "--spec", spec, "--device", "cpu")
    assert ended.code == 0, ended.err
    return json.loads((spec.parent / "site" / "results.json").read_text()), ended.out + ended.err


def test_a_checkpoint_of_lightning_with_a_classifier_of_one_s_own(run: Run, tmp_path: Path) -> None:
    spec = project(tmp_path / "report", architecture="resnet18")
    tensors = {f"model.{name}": tensor for name, tensor in state(0, 5).items()}
    tensors["model.fc.1.weight"] = tensors.pop("model.fc.weight")
    tensors["model.fc.1.bias"] = tensors.pop("model.fc.bias")
    saved = {
        "epoch": 3,
        "state_dict": {**tensors, "criterion.weight": torch.ones(5)},
        "hyper_parameters": argparse.Namespace(rate=np.float64(0.1)),
    }
    torch.save(saved, spec.parent / "run" / "best.ckpt")
    listed = run("layers", "--spec", spec)
    assert listed.code == 0
    assert listed.err == ""
    (row,) = (line.split() for line in listed.out.splitlines() if line.startswith("fc "))
    assert row[:3] == ["fc", "5", "linear"]
    found, _ = results(run, spec)
    assert found["model"]["classes"] == 5
    page = html.unescape((spec.parent / "site" / "provenance.html").read_text())
    assert "its state state_dict.model" in page
    assert "its fc.1 is taken as the classifier fc" in page


def test_of_plain_and_averaged_weights_the_spec_chooses(run: Run, tmp_path: Path) -> None:
    plain, ema = state(0), state(1)
    means = []
    for name, more in (("plain", ""), ("ema", "state: ema, ")):
        spec = project(tmp_path / name, architecture="resnet18", more=more)
        torch.save({"model": plain, "ema": {"module": ema}}, spec.parent / "run" / "best.ckpt")
        found, said = results(run, spec)
        assert ("holds 2 states that fit (model, ema)" in said) == (not more)
        means.append(found["claims"][0]["photographs"][0]["mean"])
    assert means[0] != means[1]


def test_a_state_that_is_not_there_and_one_without_a_file(run: Run, tmp_path: Path) -> None:
    spec = project(tmp_path / "report", architecture="resnet18", more="state: swa, ")
    torch.save({"model": state(0)}, spec.parent / "run" / "best.ckpt")
    ended = run("build", "--spec", spec, "--device", "cpu")
    assert ended.code == 3
    assert "has no state 'swa'" in ended.err
    assert "it has model" in ended.err
    text = spec.read_text().replace("weights: run/best.ckpt", "weights: DEFAULT")
    spec.write_text(text)
    ended = run("check", "--spec", spec)
    assert ended.code == 2
    assert "model.state: states are those of a weights file" in ended.err


def test_a_transformer_of_another_image_size(run: Run, tmp_path: Path) -> None:
    timm = pytest.importorskip("timm")
    spec = project(
        tmp_path / "report", architecture="timm/test_vit", weights="own.pth", layer="blocks.0",
        fit="{resize: 160, crop: 160, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25]}",
    )  # fmt: skip
    torch.manual_seed(0)
    large = timm.create_model("test_vit", img_size=240, num_classes=7)
    torch.save({"state_dict": large.state_dict()}, spec.parent / "own.pth")
    found, _ = results(run, spec)
    assert found["model"]["classes"] == 7
    page = html.unescape((spec.parent / "site" / "provenance.html").read_text())
    assert "pos_embed interpolated from 15 × 15 to 10 × 10, as timm does" in page
