"""Reports on one network whose activation functions are written in three ways say the same."""

from __future__ import annotations

import html
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.conftest import Run, make_project
from tests.networks import activations

NETWORKS = Path(activations.__file__).parent
SPEC = """\
version: 1
title: Activations
model:
  architecture: "nets.activations:{which}"
  weights: own.pth
  preprocessing: {{resize: 64, crop: 64, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25]}}
render: {{recipe: multiscale, size: 56, stability: 1}}
layers:
  - {{layer: {layer}, filters: [1, 2]}}
claims:
  - id: fish
    layer: {layer}
    filter: 2
    statement: Fish of all kinds
    positives: [photographs/fish]
    controls: [photographs/birds]
    classes: [1]
"""


def built(run: Run, folder: Path, which: str, layer: str = "c2") -> tuple[dict[str, Any], Path]:
    spec = make_project(folder, SPEC.format(which=which, layer=layer))
    shutil.copytree(NETWORKS, folder / "nets")
    torch.manual_seed(0)
    torch.save(activations.a().state_dict(), folder / "own.pth")
    ended = run("build", "--spec", spec, "--device", "cpu", "--allow-code")
    for name in [name for name in sys.modules if name.partition(".")[0] == "nets"]:
        del sys.modules[name]
    assert ended.code == 0, ended.err
    return json.loads((folder / "site" / "results.json").read_text()), folder / "site"


def test_all_figures_are_equal(run: Run, tmp_path: Path) -> None:
    one, _ = built(run, tmp_path / "a", "a")
    (layer,) = one["layers"]
    assert layer["activation"] == "r2"
    for which, name in (("b", "c2.relu()"), ("c", "c2.clamp()")):
        other, site = built(run, tmp_path / which, which)
        (layer,) = other["layers"]
        assert layer["activation"] == name
        assert other["warnings"] == one["warnings"] == []
        assert without_path(other["claims"]) == without_path(one["claims"])
        assert without_path(other["filters"]) == without_path(one["filters"])
        page = html.unescape((site / "layers" / "c2" / "index.html").read_text())
        assert f"<code>{name}</code>" in page


def without_path(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the names of the layers on the way, and with their values."""
    for entry in entries:
        path = (entry.get("trust") or {}).get("path")
        if path:
            path["layers"] = [value for _, value in path["layers"]]
    return entries


def test_a_layer_without_one_says_so(run: Run, tmp_path: Path) -> None:
    found, site = built(run, tmp_path / "fc", "b", "fc")
    (layer,) = found["layers"]
    assert layer["activation"] == "no activation found: own output"
    (warning,) = found["warnings"]
    assert warning.startswith("no activation found after fc: own output is read")
    page = html.unescape((site / "layers/fc/index.html").read_text())
    assert "No activation found: own output." in page


@pytest.mark.parametrize("layer", ["c2.relu()"])
def test_the_value_of_a_function_is_a_layer(run: Run, tmp_path: Path, layer: str) -> None:
    found, site = built(run, tmp_path / "b", "b", f'"{layer}"')
    other, _ = built(run, tmp_path / "a", "a", "r2")
    names = [[each["mean"] for each in one["claims"][0]["photographs"]] for one in (found, other)]
    assert names[0] == names[1]
    assert len(list(site.glob("pictures/*/2.png"))) == 1
