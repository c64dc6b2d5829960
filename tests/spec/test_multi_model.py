"""Several networks in one report: what may be written, what is refused, and what comes of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.commands.schema import schema
from generator.errors import SpecError
from generator.models.layers import Catalogue, Layer
from generator.spec import Study, alone, named_models, read, review
from generator.spec.multi_model import address

REPORT = """\
version: 1
title: Birds in two networks
models:
  - {name: vgg16}
  - {name: small, architecture: "nets:make", weights: small.safetensors}
images: images/images.csv
layers:
  - {model: vgg16, layer: 5, filters: [3]}
  - {model: small, layer: features.5, filters: all}
claims:
  - id: birds
    on:
      - {model: vgg16, layer: 28, filter: 501}
      - {model: small, layer: features.5, filter: 2}
      - {model: small, layer: features.5, filter: 1}
    statement: Birds
    positives: {tags: [bird]}
    controls: {tags: [building]}
  - id: fish
    model: small
    layer: "2"
    filter: 0
    statement: Fish
    positives: {tags: [fish]}
    controls: {tags: [building]}
gates: {min_supported: 1, require: {birds: [supported, underpowered]}}
"""
SMALL = Catalogue("nets:make", (Layer("2", 4, "3"), Layer("3", 4), Layer("features.5", 3)))


def checked(project: Path, text: str = REPORT) -> Study:
    (project / "small.safetensors").write_bytes(b"weights")
    (project / "report.yml").write_text(text)

    def catalogue(architecture: str) -> Catalogue | None:
        from generator.models.layers import vgg

        return SMALL if architecture == "nets:make" else vgg(architecture)

    return review(read(project / "report.yml"), catalogue=catalogue)


def test_every_layer_has_an_address_and_every_claim_one_filter(project: Path):
    spec = checked(project).spec
    assert [each.layer for each in spec.layers] == ["vgg16.features.5", "small.features.5"]
    assert spec.layers[1].filters == (0, 1, 2)
    assert [(each.id, each.layer, each.filter) for each in spec.claims] == [
        ("birds-vgg16", "vgg16.features.28", 501),
        ("birds-small", "small.features.5", 2),
        ("birds-small-2", "small.features.5", 1),
        ("fish", "small.2", 0),
    ]
    assert list(spec.gates.require) == ["birds-vgg16", "birds-small", "birds-small-2"]
    assert [each.layer for each in spec.reported_layers] == [
        "vgg16.features.5",
        "small.features.5",
        "vgg16.features.28",
        "small.2",
    ]


def test_claims_of_one_family_share_their_photographs_and_lines(project: Path):
    study = checked(project)
    assert [each.family for each in study.evidence] == ["birds", "birds", "birds", ""]
    assert len({each.positives for each in study.evidence[:3]}) == 1
    assert study.lines == ((11, 18), (11, 18), (11, 18), (19, 25))


def test_evidence_calls_a_layer_as_its_title_does(project: Path):
    text = REPORT.replace(
        "layer: features.5, filters: all", "layer: features.5, title: last, filters: all"
    )
    study = checked(project, text)
    names = [each.layer for each in study.evidence]
    assert names == ["vgg16.features.28", "last", "last", "small.2"]


def test_each_network_has_its_own_report_in_plain_names(project: Path):
    study = checked(project)
    parts = dict(alone(study))
    assert list(parts) == ["vgg16", "small"]
    assert [each.layer for each in parts["small"].spec.reported_layers] == ["features.5", "2"]
    assert [each.claim.layer for each in parts["small"].evidence] == ["features.5"] * 2 + ["2"]
    assert parts["small"].spec.model.architecture == "nets:make"
    assert not parts["small"].spec.models
    assert parts["vgg16"].library == study.library


def test_a_report_of_one_network_is_its_own(project: Path):
    (project / "report.yml").write_text(
        "version: 1\ntitle: x\nlayers: [{layer: features.5, filters: [1]}]\n"
    )
    study = review(read(project / "report.yml"), catalogue=lambda _: None)
    assert dict(alone(study)) == {"": study}
    assert named_models(study.spec) == (("", study.spec.model),)
    assert address("", "features.5") == "features.5"
    dumped = json.dumps(study.spec.model_dump(mode="json"))
    assert '"models"' not in dumped  # a provenance written before there were several still holds


@pytest.mark.parametrize(
    ("old", "new", "where", "message"),
    [
        ("version: 1\n", "version: 1\nmodel: {}\n", "4:1: models", "write either `model`, or"),
        ("name: small,", "name: vgg16,", "5:12: models[1].name", "'vgg16' is already written"),
        ("name: small,", "name: Small,", "5:12: models[1].name", "found 'Small'"),
        ("{name: small, ", "{", "5:5: models[1].name", "is missing: what the report calls it"),
        ("{model: vgg16, layer: 5,", "{layer: 5,", "8:13: layers[0].layer", "vgg16 or small"),
        ("    model: small\n    l", "    l", "20:12: claims[1].layer", "which of the networks?"),
        ("- {model: vgg16, layer: 5", "- {model: vgg, layer: 5", "8:13:", "did you mean vgg16?"),
        ("{model: vgg16, layer: 28,", "{layer: 28,", "13:9: claims[0].on[0].model", "is missing"),
        ("layer: 28, filter: 501", "layer: 99, filter: 1", "13:31:", "vgg16 has no layer"),
        ("filter: 501", "filter: 512", "13:43: claims[0].on[0].filter", "filters 0 to 511: no 512"),
        ("filter: 2}", "filter: 3}", "14:51: claims[0].on[1].filter", "filters 0 to 2: no 3"),
        ("filter: 2}", "filter: 1}", "15:9: claims[0].on[2]", "already named by the claim"),
        ("    on:\n", "    filter: 1\n    on:\n", "11:5: claims[0]", "either `on` or filter"),
        ("id: fish", "id: birds-small", "19:9: claims[1].id", "is that of 'birds'"),
        ("require: {birds:", "require: {bird:", "26:37:", "the report has no claim 'bird'"),
        ("min_supported: 1", "min_supported: 5", "26:24:", "the report has 4"),
        ("small.safetensors", "large.safetensors", "5:55: models[1].weights", "no such file"),
        ("layer: features.5, filters: all", "layer: 2, filters: all", "9:27:", 'layer: "2"'),
    ],
)
def test_what_is_wrong_is_said_at_its_place(
    old: str, new: str, where: str, message: str, *, project: Path
):
    text = REPORT.replace(old, new, 1)
    assert text != REPORT
    with pytest.raises(SpecError) as refusal:
        checked(project, text)
    told = [str(problem) for problem in refusal.value.problems]
    assert any(where in each and message in each for each in told), told


def test_a_name_without_several_networks_is_refused(project: Path):
    text = REPORT.replace(
        'models:\n  - {name: vgg16}\n  - {name: small, architecture: "nets:make",'
        " weights: small.safetensors}\n",
        "",
    )
    with pytest.raises(SpecError, match="but one network, which needs no name"):
        checked(project, text)


def test_the_schema_knows_both_ways_of_writing_a_claim():
    claim = schema()["$defs"]["Claim"]
    assert claim["anyOf"] == [{"required": ["layer", "filter"]}, {"required": ["on"]}]
    assert "on" in claim["properties"]
    assert claim["required"] == ["id", "statement", "positives", "controls"]
