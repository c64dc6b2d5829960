"""Ways to cheat or to err, from the spec with real photographs to a careful reviewer's verdict.

The responses are made up, one filter of forty; the photographs, their copies and all checks on them
are real.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generator.artifacts.artifact import Artifacts
from generator.errors import SpecError
from generator.findings import find
from generator.findings.findings import ClaimFinding
from generator.images.photographs import Photograph
from generator.models.layers import vgg
from generator.spec import read, review
from generator.spec.study import Study
from tests.findings.studies import Array, model, rendering, response
from tests.records import ROOT

LAYER = "features.28"
FILTERS = 40
SPEC = """\
version: 1
title: A report
images: images.csv
layers: [{{layer: {layer}, filters: [0]}}]
thresholds: {{min_controls: 10, t4_controls: 10}}
claims:
  - id: birds
    layer: {layer}
    filter: 0
    statement: Birds
    positives: {positives}
    {lookalikes}
    controls: {controls}
    {discovery}
"""
Answer = Callable[[Photograph, np.random.Generator], float]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Birds, mammals and fish of the example library."""
    folder = tmp_path_factory.mktemp("report")
    with (ROOT / "images" / "images.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            r for r in csv.DictReader(file) if {"bird", "mammals", "fish"} & {*r["tags"].split()}
        ]
    lines = ["file,tags"]
    for row in rows:
        name = row["file"].replace("/", "-")
        shutil.copy(ROOT / "images" / row["file"], folder / name)
        lines.append(f"{name},{row['tags']}")
    (folder / "images.csv").write_text("\n".join(lines) + "\n")
    return folder


@dataclass(frozen=True, slots=True)
class Report:
    """A claim about birds in a folder of photographs; every part can be spoiled."""

    folder: Path

    def study(
        self,
        *,
        positives: str = "{tags: [bird]}",
        lookalikes: str = "lookalikes: {tags: [mammals]}",
        controls: str = "{tags: [fish]}",
        discovery: str = "",
    ) -> Study:
        path = self.folder / "report.yml"
        path.write_text(
            SPEC.format(
                layer=LAYER,
                positives=positives,
                lookalikes=lookalikes,
                controls=controls,
                discovery=discovery,
            )
        )
        return review(read(path), catalogue=vgg)

    def judged(self, study: Study, answer: Answer) -> ClaimFinding:
        rng = np.random.default_rng(0)
        responses = []
        for photograph in study.library:
            values: Array = np.maximum(rng.normal(0, 1, FILTERS), 0)
            values[0] = answer(photograph, rng)
            responses.append(response(photograph, values, layer=LAYER))
        made = Artifacts((rendering(LAYER, 0),), tuple(responses))
        return find(study, (model(FILTERS, LAYER),), made).claims[0]


@pytest.fixture
def report(library: Path, tmp_path: Path) -> Report:
    folder = tmp_path / "project"
    shutil.copytree(library, folder)
    return Report(folder)


def birds(photograph: Photograph, rng: np.random.Generator) -> float:
    """A filter for birds."""
    return float(rng.normal(3.5 if "bird" in photograph.tags else 0, 1))


def test_an_honest_claim_is_supported(report: Report):
    assert report.judged(report.study(), birds).verdict.code == "supported"


def test_the_same_image_as_positive_and_control_is_refused(report: Report):
    shutil.copy(report.folder / "birds-blackbird.jpg", report.folder / "twin.jpg")
    with pytest.raises(SpecError, match=r"report.yml:\d+:\d+: .*twin.jpg \(the same file as") as e:
        report.study(controls="[twin.jpg, fish-*.jpg]")
    assert "a control must not show what the claim names" in str(e.value)


@pytest.mark.parametrize("how", ["resized", "mirrored", "cropped"])
def test_a_copy_of_a_discovery_image_does_not_count(report: Report, how: str):
    with Image.open(report.folder / "birds-crow.jpg") as image:
        width, height = image.size
        copy = {
            "resized": lambda: image.resize((width // 2, height // 2)),
            "mirrored": lambda: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
            "cropped": lambda: image.crop((width // 10, height // 10, width, height)),
        }[how]()
        copy.save(report.folder / "seen.jpg")
    found = report.judged(report.study(discovery="discovery: [seen.jpg]"), birds)
    gone = [(r.photograph.name, r.reason) for r in found.removed]
    assert gone == [
        ("birds-crow.jpg", "nearly the same picture as seen.jpg (used for discovery)"),
    ]
    assert found.count("positive") == 35


def test_the_images_that_chose_the_filter_make_the_claim_invalid(report: Report):
    study = report.study(discovery="discovery: ['*.jpg']")
    found = report.judged(study, birds)
    assert found.verdict.code == "invalid"
    assert "all its positives chose the filter" in found.verdict.sentence


def test_five_positives_are_too_few(report: Report):
    names = sorted(path.name for path in report.folder.glob("birds-*.jpg"))[:5]
    found = report.judged(report.study(positives=f"[{', '.join(names)}]"), birds)
    assert found.verdict.code == "underpowered"
    assert "5 positives are too few" in found.verdict.sentence


def test_a_claim_without_lookalikes_is_not_supported(report: Report):
    found = report.judged(report.study(lookalikes=""), birds)
    assert found.verdict.code == "underpowered"
    assert "not tested against look-alikes" in found.verdict.sentence


def test_one_image_only(report: Report):
    found = report.judged(report.study(positives="[birds-crow.jpg]"), birds)
    assert found.verdict.code == "underpowered"
    assert found.results.t1
    assert found.results.t1.high - found.results.t1.low > 0.4


def test_swapped_roles_are_contradicted(report: Report):
    swapped = report.study(positives="{tags: [fish]}", controls="{tags: [bird]}")
    assert report.judged(swapped, birds).verdict.code == "contradicted"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda photograph, rng: 5 + rng.normal(), "hardly more than ordinary ones"),
        (lambda photograph, rng: 0.0, "responds to all of them alike"),
        (lambda photograph, rng: 7.0, "responds to all of them alike"),
    ],
    ids=["fires on everything", "dead", "constant"],
)
def test_a_filter_that_tells_nothing_apart_is_contradicted(
    report: Report, answer: Answer, words: str
):
    found = report.judged(report.study(), answer)
    assert found.verdict.code == "contradicted"
    assert words in found.verdict.sentence


def test_a_filter_for_animals_is_too_wide(report: Report):
    found = report.judged(
        report.study(),
        lambda p, rng: float(rng.normal(3.5 if {"bird", "mammals"} & p.tags else 0, 1)),
    )
    assert found.verdict.code == "too_narrow"


def test_a_response_that_is_no_number_makes_the_claim_invalid(report: Report):
    found = report.judged(
        report.study(),
        lambda p, rng: np.nan if p.name == "birds-crow.jpg" else birds(p, rng),
    )
    assert found.verdict.code == "invalid"
    assert "birds-crow.jpg" in found.verdict.sentence


def test_the_same_image_many_times_counts_once(report: Report):
    for k in range(9):
        with Image.open(report.folder / "birds-crow.jpg") as image:
            image.save(report.folder / f"again-{k}.jpg", quality=60 + 3 * k)
    found = report.judged(report.study(positives="[birds-crow.jpg, 'again-*.jpg']"), birds)
    assert found.count("positive") == 1
    assert found.verdict.code == "underpowered"
    assert len(found.removed) == 9
