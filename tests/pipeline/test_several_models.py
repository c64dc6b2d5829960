"""A report of two networks, from spec to site: tables, pages, commands, and what it shares."""

from __future__ import annotations

import csv
import html
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from tests.conftest import Run, make_project

FIT = "{resize: 64, crop: 56, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25]}"
REPORT = f"""\
version: 1
title: Fish in two networks
models:
  - {{name: wide, architecture: "twonets:wide", weights: wide.safetensors, preprocessing: {FIT}}}
  - {{name: slim, architecture: "twonets:slim", weights: slim.safetensors,
     preprocessing: {FIT.replace("crop: 56", "crop: 64")}}}
render: {{recipe: multiscale, size: 64, stability: 1}}
layers:
  - {{model: wide, layer: features.2, title: deep, filters: [1]}}
claims:
  - id: fish
    on:
      - {{model: wide, layer: 2, filter: 1}}
      - {{model: slim, layer: 2, filter: 0}}
    statement: Fish of all kinds
    positives: [photographs/fish]
    controls: [photographs/birds]
"""
ALONE = f"""\
version: 1
title: Fish in one network
model: {{architecture: "twonets:wide", weights: wide.safetensors, preprocessing: {FIT}}}
render: {{recipe: multiscale, size: 64, stability: 1}}
layers:
  - {{layer: features.2, filters: [1]}}
"""
NETS = """\
from collections import OrderedDict
from torch import nn

def small(width):
    layers = nn.Sequential(nn.Conv2d(3, 8, 5, 2), nn.ReLU(), nn.Conv2d(8, width, 3))
    return nn.Sequential(OrderedDict(features=layers))

def wide():
    return small(6)

def slim():
    return small(4)
"""


def weights(width: int) -> dict[str, torch.Tensor]:
    torch.manual_seed(width)
    layers = nn.Sequential(nn.Conv2d(3, 8, 5, 2), nn.ReLU(), nn.Conv2d(8, width, 3))
    return {f"features.{name}": tensor for name, tensor in layers.state_dict().items()}


@pytest.fixture
def spec(tmp_path: Path) -> Iterator[Path]:
    written = make_project(tmp_path / "report", REPORT)
    (written.parent / "twonets.py").write_text(NETS)
    for name, width in (("wide", 6), ("slim", 4)):
        save_file(weights(width), written.parent / f"{name}.safetensors")
    yield written
    sys.modules.pop("twonets", None)


def test_from_spec_to_site(run: Run, spec: Path) -> None:
    site = spec.parent / "site"
    own = spec.with_name("alone.yml")
    own.write_text(ALONE)
    options = ("--device", "cpu", "--allow-code")
    assert run("build", "--spec", own, *options).code == 0
    alone = json.loads((site / "results.json").read_text())
    picture = (site / "pictures/features.2/1.png").read_bytes()

    pages = spec.parent / "pages"
    pages.mkdir()
    spec.write_text(f"{REPORT}pages: pages\n")
    (pages / "index.md").write_text("# Fish\n\n{{ number('model.preprocessing.crop') }}\n")
    refused = run("check", "--spec", spec)
    assert "several networks: write models.wide.preprocessing.crop" in refused.err
    (pages / "index.md").write_text(
        "# Fish\n\nOf {{ number('models.slim.preprocessing.crop') }} pixels."
        " {{ claim('fish-slim') }} {{ figure('deep', 1) }}\n"
    )
    assert run("check", "--spec", spec).code == 0
    planned = run("plan", "--spec", spec, "--allow-code")
    assert "wide: 0 of 1 pictures" in planned.out
    assert "slim: render features.2:0: new" in planned.out
    built = run("build", "--spec", spec, *options)
    assert built.code == 0, built.err
    results = json.loads((site / "results.json").read_text())

    assert "model" not in results
    assert results["models"]["wide"] == alone["model"]
    assert results["comparisons"] == [{"id": "fish", "claims": ["fish-wide", "fish-slim"]}]
    assert [each["model"] for each in results["claims"]] == ["wide", "slim"]
    assert [each["layer"] for each in results["layers"]] == ["wide.features.2", "slim.features.2"]
    assert (site / "pictures/wide.features.2/1.png").read_bytes() == picture
    p = sorted(each["p"] for each in results["claims"])
    assert min(each["p_holm"] for each in results["claims"]) == pytest.approx(min(1, 2 * p[0]))

    assert "Of 64 pixels." in (site / "index.html").read_text()
    page = (site / "claims" / "fish-slim.html").read_text()
    assert "On each network" in page
    assert 'href="fish-wide.html">wide</a>' in page.replace("../claims/", "")
    assert "The same claim on several networks" in (site / "claims" / "index.html").read_text()
    assert (site / "layers" / "slim.features.2" / "0.html").is_file()
    provenance = html.unescape((site / "provenance.html").read_text())
    assert "twonets:wide" in provenance
    assert "twonets:slim" in provenance
    # They see photographs otherwise, and so do their pages.
    shown = {path.stem.partition("-")[2] for path in site.glob("assets/photographs/*.webp")}
    assert shown == {"", "slim"}


def test_an_address_or_a_title_names_a_layer(run: Run, spec: Path) -> None:
    photograph = sorted((spec.parent / "photographs" / "fish").iterdir())[0]
    options = ("--spec", spec, "--allow-code", "--device", "cpu")
    scored = [run("score", name, photograph, *options) for name in ("wide.features.2", "deep")]
    assert scored[0].code == 0, scored[0].err
    assert scored[0].out == scored[1].out
    rows = list(csv.DictReader(io.StringIO(scored[0].out)))
    assert {row["layer"] for row in rows} == {"wide.features.2"}
    refused = run("score", "features.2", photograph, *options)
    assert refused.code == 2
    assert "wide and slim have no layer 'features.2'" in refused.err
    assert "did you mean" in refused.err
    explored = run("explore", "slim.features.2", 0, "-n", 2, *options)
    assert explored.code == 0, explored.err


def test_one_picture_by_hand_is_the_report_s(run: Run, spec: Path) -> None:
    options = ("--spec", spec, "--allow-code", "--device", "cpu")
    file = spec.parent / "one.png"
    assert run("render", "slim.features.2", 0, "-o", file, *options).code == 0
    assert run("build", *options).code == 0
    published = spec.parent / "site/pictures/slim.features.2/0.png"
    assert file.read_bytes() == published.read_bytes()
    assert np.frombuffer(file.read_bytes()[:8], dtype=np.uint8)[1:4].tobytes() == b"PNG"


def test_layers_are_listed_for_each_network(run: Run, spec: Path) -> None:
    listed = run("layers", "--spec", spec, "--allow-code")
    assert listed.code == 0, listed.err
    assert listed.out.index("wide:") < listed.out.index("slim:")


def test_provenance_knows_every_network(run: Run, spec: Path) -> None:
    assert run("build", "--spec", spec, "--device", "cpu", "--allow-code", "--record").code == 0
    current = run("check", "--current", "--spec", spec)
    assert current.code == 0, current.out + current.err
    save_file(weights(4) | {"features.0.bias": torch.ones(8)}, spec.parent / "slim.safetensors")
    changed = run("check", "--current", "--spec", spec)
    assert changed.code == 1
    assert "the network or its weights are others" in changed.out


def test_broken_code_of_one_network_is_refused_at_its_line(run: Run, spec: Path) -> None:
    spec.write_text(REPORT.replace("twonets:slim", "twonets:slam"))
    refused = run("build", "--spec", spec, "--allow-code")
    assert refused.code == 2
    assert "report.yml:5:32: models[1].architecture: twonets has no function 'slam'" in refused.err
