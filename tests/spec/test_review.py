"""A report in order becomes a study; a report in disorder becomes the list of what is wrong."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from generator.errors import ExitCode, SpecError
from generator.images.photographs import Photograph
from generator.models.layers import Catalogue, Layer, vgg
from generator.recipes.objective import Objective, Term
from generator.spec import check_layers, read, review
from tests.spec.conftest import REPORT, Check

ROOT = Path(__file__).parents[2]


def names(photographs: Iterable[Photograph]):
    return [Path(photograph.name).name for photograph in photographs]


def test_everything_in_a_report_is_resolved(check: Check, project: Path):
    study = check()

    assert study.folder == project.resolve()
    assert study.file == project / "report.yml"
    assert study.warnings == ()
    assert [layer.layer for layer in study.spec.layers] == ["features.24", "features.28"]
    assert study.spec.claims[0].review.on == date(2026, 1, 31)
    arches, birds = study.evidence
    assert arches.claim.id == "arches"
    assert names(arches.positives) == ["arch-1.jpg", "arch-2.jpg"]
    assert names(arches.lookalikes) == ["house-1.jpg", "house-2.jpg"]
    assert names(arches.controls) == ["bird-1.jpg", "bird-2.jpg", "fish-1.jpg", "fish-2.jpg"]
    assert names(arches.discovery) == ["found.jpg"]
    assert birds.lookalikes == birds.discovery == birds.removed == ()


def test_the_library_holds_every_photograph_once_by_name_and_nothing_absolute(check: Check):
    study = check()

    listed = [photograph.name for photograph in study.library]
    assert listed == sorted(listed)
    assert len(set(listed)) == 9
    assert "extra/found.jpg" in listed
    bird = next(p for p in study.library if p.name == "images/bird-2.jpg")
    assert bird.tags == {"bird", "fowl"}
    assert (bird.subject, bird.source, bird.licence) == ("bird-2", "the author", "CC0")
    assert bird in study.evidence[1].positives


def test_the_example_library_loads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    report = REPORT.replace("images/images.csv", str(ROOT / "images/images.csv"))
    path = tmp_path / "report.yml"
    path.write_text(report.replace("    discovery: [extra/found.jpg]\n", ""))

    study = review(read(path), catalogue=vgg, allow_outside=True)

    assert len(study.library) == 462
    assert len(study.evidence[0].positives) == 20
    assert study.warnings == ()


def test_a_minimal_report_has_its_defaults(check: Check):
    study = check("version: 1\ntitle: t\nlayers: [{layer: 0, filters: [0]}]\n")

    assert study.library == study.evidence == study.warnings == ()
    assert study.pages is None
    assert study.spec.model.weights == "IMAGENET1K_FEATURES"


def test_weights_default_to_the_networks_own(check: Check):
    study = check(REPORT.replace("vgg16, weights: IMAGENET1K_FEATURES", "vgg16_bn"))
    assert study.spec.model.weights == "DEFAULT"


def test_pages_are_a_folder_of_the_project(check: Check, project: Path):
    (project / "site_src" / "pages").mkdir(parents=True)
    assert check(REPORT + "pages: site_src/pages\n").pages == project / "site_src" / "pages"


def test_layers_of_an_unknown_architecture_are_checked_when_the_model_is_known(
    check: Check, project: Path
):
    text = REPORT.replace("vgg16, weights: IMAGENET1K_FEATURES", "resnet18")
    study = check(text)
    catalogue = Catalogue("resnet18", (Layer("layer1.0.conv1", 64), Layer("features.24", 100)))

    problems = check_layers(read(study.file), catalogue)

    assert [(p.path, p.line) for p in problems] == [
        ("layers[0].filters[0]", 8),
        ("layers[1].layer", 9),
        ("claims[0].filter", 13),
        ("claims[1].layer", 21),
    ]
    assert "resnet18 has no layer 'features.28'" in problems[1].message


def test_a_number_that_is_no_index_is_told_how_to_be_written(check: Check):
    text = REPORT.replace("vgg16, weights: IMAGENET1K_FEATURES", "resnet18")
    source = read(check(text).file)

    own = check_layers(source, Catalogue("own:make", (Layer("28", 512), Layer("24", 512))))
    assert own[1].message.endswith('; its own layer 28 is written in quotes: layer: "28"')
    named = check_layers(source, Catalogue("resnet18", (Layer("layer1", 64),)))
    assert "numbers count within `features`, which it lacks" in named[1].message


def test_all_problems_come_at_once_in_the_order_of_their_places(check: Check):
    spoiled = (
        REPORT.replace("title: What", "titel: What")
        .replace("filters: [456, 45]", "filters: [456, x, 512, 456]")
        .replace("filter: 501", "filter: 900")
        .replace("{tags: [arch]}", "{tags: [arc]}")
        .replace("2026-01-31", "31.1.2026")
        .replace("id: birds", "id: arches")
        .replace("min_supported: 1", "min_supported: 3")
    )
    with pytest.raises(SpecError) as refusal:
        check(spoiled)

    found = [(p.line, p.path) for p in refusal.value.problems]
    assert found == [
        (1, "title"),
        (2, "titel"),
        (8, "layers[0].filters[1]"),
        (8, "layers[0].filters[2]"),
        (8, "layers[0].filters[3]"),
        (15, "claims[0].positives.tags[0]"),
        (19, "claims[0].review.on"),
        (20, "claims[1].id"),
        (22, "claims[1].filter"),
        (26, "gates.min_supported"),
    ]
    assert refusal.value.exit_code is ExitCode.USAGE
    assert refusal.value.remedy.startswith("10 problems")


def test_a_problem_shows_its_line_with_a_caret_under_the_place(check: Check):
    with pytest.raises(SpecError) as refusal:
        check(REPORT.replace("filter: 501", "filter: 900"))

    assert str(refusal.value) == (
        "report.yml:22:13: claims[1].filter: "
        "features.28 has 512 channels, filters 0 to 511: no 900\n"
        "        filter: 900\n"
        "                ^"
    )


def test_a_hundred_problems_are_enough(check: Check):
    report = "version: 1\ntitle: t\nlayers: [{layer: 0, filters: [" + "x," * 5_000 + "0]}]\n"
    with pytest.raises(SpecError) as refusal:
        check(report)
    assert len(refusal.value.problems) == 101
    assert refusal.value.problems[-1].message == "there are more problems than these"


def test_nothing_here_loads_torch():
    code = (
        "import sys, generator.spec, generator.commands.schema, generator.images.photographs;"
        "sys.exit('torch' in sys.modules or 'torchvision' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    assert done.returncode == 0


LAYERS = """\
version: 1
title: t
render: {recipe: [multiscale, fourier], size: 96}
layers:
  - {layer: 0, filters: all, render: {recipe: article, seed: 3}}
  - layer: 5
    filters: [7, {filter: 3, variants: 2, size: 64}]
    render: {precision: fp32}
    objectives:
      - {id: centre, filter: 7, at: centre}
      - {id: towards, direction: {12: 1, 3: -0.5}, seed: 9}
      - {id: mixture, sum: [{filter: 1, at: [0, 23]}, {filter: 2, weight: -2}], negative: true}
"""


def test_all_filters_are_written_out_from_the_catalogue(check: Check) -> None:
    first, _ = check(LAYERS).spec.reported_layers
    assert first.filters == tuple(range(64))
    assert not first.open
    assert {(r.recipe, r.size, r.seed) for r in first.renders} == {(("article",), 96, 3)}


def test_what_is_said_nearer_to_a_filter_wins(check: Check) -> None:
    _, second = check(LAYERS).spec.reported_layers
    seven, three = second.renders
    assert (seven.recipe, seven.size, seven.precision) == (("multiscale", "fourier"), 96, "fp32")
    assert (three.variants, three.size, three.precision) == (2, 64, "fp32")
    assert seven.variants == 1


def test_objectives_in_all_their_forms(check: Check) -> None:
    _, second = check(LAYERS).spec.reported_layers
    centre, towards, mixture = (each.objective for each, _ in second.objectives)
    assert centre == Objective((Term(7, 1.0, "centre"),))
    assert towards == Objective((Term(3, -0.5), Term(12, 1.0)), direction=True)
    assert mixture == Objective((Term(1, -1.0, (0, 23)), Term(2, 2.0)))
    assert [own.seed for _, own in second.objectives] == [0, 9, 0]


def test_all_filters_of_a_network_that_is_not_known_yet(project: Path) -> None:
    path = project / "report.yml"
    model = "model: {architecture: resnet18}"
    path.write_text(f"version: 1\ntitle: t\n{model}\nlayers: [{{layer: conv1, filters: all}}]\n")
    (layer,) = review(read(path), catalogue=lambda _: None).spec.reported_layers
    assert (layer.filters, layer.open) == ((), True)
