"""Claims on the real VGG-16, from photographs and a spec to the verdict on the page.

Ways to cheat or to err, each with the verdict or the refusal that a careful reviewer would give;
and the way from `find` to a claim that holds.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor

from generator.lab.loading import weights
from generator.spec.model import ModelSpec
from generator.system.locations import cache
from tests.conftest import LIBRARY, Run

BIRDS, DEAD, CONSTANT, EAGER = 501, 10, 11, 12
KINDS = {"bird": 36, "mammals": 30, "fish": 20, "plants": 25}
HEAD = """\
version: 1
title: Birds
images: images.csv
model:
  architecture: vgg16
  weights: {weights}
  preprocessing: {{resize: 128, crop: 112}}
render: {{recipe: article, size: 56, stability: 1}}
layers: [{{layer: {layer}, filters: [{filter}]}}]
thresholds: {{min_controls: 10, t4_controls: 10}}
claims:
"""
CLAIM = {
    "layer": "features.28",
    "filter": BIRDS,
    "statement": "Birds",
    "positives": {"tags": ["bird"]},
    "lookalikes": {"tags": ["mammals"]},
    "controls": {"without": ["bird", "mammals"]},
}


def claim(name: str, **changes: object) -> str:
    """An entry of ``claims:``, in YAML; a change to None takes the key out."""
    said = {"id": name, **CLAIM, **changes}
    entry = {key: value for key, value in said.items() if value is not None}
    return "".join(f"  {line}\n" for line in yaml.safe_dump([entry]).splitlines())


@pytest.fixture(scope="module")
def tensors() -> Mapping[str, Tensor]:
    return weights.obtain(ModelSpec(), folder=LIBRARY, cache=cache() / "weights").tensors


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, tensors: Mapping[str, Tensor]) -> Path:
    """The spec's path in a folder of photographs with an index of the user's own.

    In the weights, one filter is dead, one constant, and one fires on everything.
    """
    folder = tmp_path_factory.mktemp("claims")
    with (LIBRARY / "images.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = ["file,tags"]
    for kind, count in KINDS.items():
        for k, row in enumerate([r for r in rows if kind in r["tags"].split()][:count]):
            name = row["file"].replace("/", "-")
            shutil.copy(LIBRARY / row["file"], folder / name)
            lines.append(f"{name},{kind}{' seen' if k % 2 else ''}")
    (folder / "images.csv").write_text("\n".join(lines) + "\n")
    with Image.open(folder / "birds-crow.jpg") as image:
        image.resize((image.width // 2, image.height // 2)).save(folder / "seen.jpg")
    spoiled = {name: tensor.clone() for name, tensor in tensors.items()}
    for channel, bias in ((DEAD, -1.0), (CONSTANT, 3.0), (EAGER, 500.0)):
        spoiled["features.28.bias"][channel] = bias
    for channel in (DEAD, CONSTANT):
        spoiled["features.28.weight"][channel] = 0
    save_file(spoiled, folder / "spoiled.safetensors")
    return folder / "report.yml"


def write(spec: Path, *claims: str, weights: str = "spoiled.safetensors", **layer: object) -> None:
    named = {"layer": "features.28", "filter": BIRDS, **layer}
    spec.write_text(HEAD.format(weights=weights, **named) + "".join(claims))


def judged(run: Run, spec: Path, *, code: int = 0) -> dict[str, Any]:
    """Build, and give the claims of results.json by their ids."""
    ended = run("build", "--spec", spec, "--device", "cpu")
    assert ended.code == code, ended.err
    results = json.loads((spec.parent / "site" / "results.json").read_text(encoding="utf-8"))
    return {each["id"]: each for each in results["claims"]}


def test_claims_get_the_verdicts_of_a_careful_reviewer(run: Run, report: Path):
    few = sorted(path.name for path in report.parent.glob("birds-*.jpg"))
    swapped = {"positives": CLAIM["controls"], "controls": CLAIM["positives"]}
    write(
        report,
        claim("honest"),
        claim("copy-of-discovery", discovery=["seen.jpg"]),
        claim("chosen-by-all", discovery={"tags": ["bird"]}),
        claim("five", positives=few[:5]),
        claim("one", positives=few[:1]),
        claim("no-lookalikes", lookalikes=None),
        claim("swapped", **swapped),
        claim("animals", positives={"tags": ["mammals"]}, lookalikes={"tags": ["bird"]}),
        claim("dead", filter=DEAD),
        claim("constant", filter=CONSTANT),
        claim("eager", filter=EAGER),
    )
    found = judged(run, report)
    for name, code, words in (
        ("honest", "supported", "excite filter 501 of features.28 more than ordinary ones"),
        ("copy-of-discovery", "supported", "35 positives"),
        ("chosen-by-all", "invalid", "all its positives chose the filter"),
        ("five", "underpowered", "5 positives are too few"),
        ("one", "underpowered", "1 positives are too few"),
        ("no-lookalikes", "underpowered", "not tested against look-alikes"),
        ("swapped", "contradicted", "hardly more than ordinary ones, or less"),
        ("dead", "contradicted", "responds to all of them alike"),
        ("constant", "contradicted", "responds to all of them alike"),
    ):
        verdict = found[name]["verdict"]
        assert (name, verdict["code"]) == (name, code), verdict
        assert words in verdict["sentence"]
        page = (report.parent / "site" / "claims" / f"{name}.html").read_text(encoding="utf-8")
        assert words in re.sub(r"\s+", " ", page)
    assert found["eager"]["verdict"]["code"] not in ("supported", "supported_localised")
    assert found["animals"]["verdict"]["code"] not in ("supported", "supported_localised")
    (removed,) = found["copy-of-discovery"]["removed"]
    assert removed["photograph"] == "birds-crow.jpg"
    assert "seen.jpg" in removed["reason"]


def test_the_same_image_as_positive_and_control_is_refused(run: Run, report: Path):
    write(report, claim("honest"))
    judged(run, report)
    shutil.copy(report.parent / "birds-crow.jpg", report.parent / "twin.jpg")
    write(report, claim("honest", controls=["twin.jpg", "fish-*.jpg"]))
    before = (report.parent / "site" / "results.json").read_bytes()
    ended = run("build", "--spec", report, "--device", "cpu")
    assert ended.code == 2
    assert "a control must not show what the claim names" in ended.err
    assert re.search(r"report\.yml:\d+:\d+: .*twin\.jpg \(the same file as", ended.err)
    assert (report.parent / "site" / "results.json").read_bytes() == before


def test_a_gate_fails_the_build_of_a_claim_that_is_not_supported(run: Run, report: Path):
    write(report, claim("honest"), claim("dead", filter=DEAD))
    gates = "gates: {require: {honest: [supported], dead: [supported]}}\n"
    report.write_text(report.read_text() + gates)
    assert set(judged(run, report, code=1)) == {"honest", "dead"}


def test_responses_that_are_no_numbers_make_claims_invalid(
    run: Run, report: Path, tensors: Mapping[str, Tensor]
):
    """Finite weights whose products are not."""
    large = {name: tensor * 1e25 for name, tensor in tensors.items() if int(name.split(".")[1]) < 3}
    save_file(large, report.parent / "large.safetensors")
    first = {"layer": "features.2", "filter": 3}
    write(report, claim("overflow", **first), weights="large.safetensors", **first)
    verdict = judged(run, report)["overflow"]["verdict"]
    assert verdict["code"] == "invalid"
    assert "not finite" in verdict["sentence"] or "numbers" in verdict["sentence"]


def test_weights_that_are_no_numbers_are_refused(
    run: Run, report: Path, tensors: Mapping[str, Tensor]
):
    first = {name: tensor.clone() for name, tensor in tensors.items() if name[:10] == "features.0"}
    first["features.0.weight"][0, 0, 0, 0] = float("nan")
    save_file(first, report.parent / "nan.safetensors")
    place = {"layer": "features.0", "filter": 3}
    write(report, claim("c", **place), weights="nan.safetensors", **place)
    ended = run("build", "--spec", report, "--device", "cpu")
    assert ended.code == 3
    assert "'features.0.weight' holds values that are not finite" in ended.err


def test_what_find_proposes_is_invalid_on_its_own_photographs_and_not_on_others(
    run: Run, report: Path
):
    write(report, claim("honest"))
    ended = run(
        "find", "--spec", report, "--device", "cpu", "--layer", "features.28",
        "--positives", "tags:bird,seen", "--lookalikes", "tags:mammals,seen",
        "--controls", "tags:seen,-bird,-mammals",
    )  # fmt: skip
    assert ended.code == 0, ended.err
    assert ended.out.startswith("# EXPLORATORY")
    name = re.search(r"- id: (\S+)", ended.out)
    assert name
    fresh = re.sub(r"tags: \[(\w+), seen\]", r"tags: [\1]", ended.out)
    fresh = re.sub(r"tags: \[seen\], ", "", fresh).replace(name[1], "fresh")
    report.write_text(report.read_text() + ended.out + fresh)
    found = judged(run, report)
    stale = found[name[1]]
    assert stale["verdict"]["code"] == "invalid"
    assert "chose the filter" in stale["verdict"]["sentence"]
    assert found["fresh"]["verdict"]["code"] != "invalid"
    assert found["fresh"]["n"]["positives"] == 18
    seen = {row["photograph"] for row in found["fresh"]["removed"]}
    assert len(seen) == 18 + 15 + 22
