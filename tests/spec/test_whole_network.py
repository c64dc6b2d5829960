"""``layers: all``: every convolution of a network, some of them otherwise than the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import SpecError
from generator.markdown import Names
from generator.models.layers import Catalogue, Layer, vgg
from generator.spec import read, review
from generator.spec.report import Spec
from tests.spec.conftest import REPORT, Check

LISTED = """\
  - {layer: features.24, title: conv5_1, filters: [456, 45]}
  - {layer: 28, title: conv5_3, filters: [501]}
"""


def written(layers: str) -> str:
    """The report with other layers."""
    return REPORT.replace(f"layers:\n{LISTED}", f"layers: {layers}\n")


def lines(*entries: str) -> str:
    return REPORT.replace(LISTED, "".join(f"  - {entry}\n" for entry in entries))


@pytest.mark.parametrize("text", [written("all"), written("[all]"), lines("all")])
def test_every_filter_of_every_convolution(check: Check, text: str) -> None:
    layers = check(text).spec.reported_layers
    assert len(layers) == 13
    assert sum(len(layer.filters) for layer in layers) == 4224
    assert [layer.layer for layer in layers][:3] == ["features.0", "features.2", "features.5"]
    assert layers[-1].layer == "features.28"
    assert layers[-1].filters == tuple(range(512))


def test_named_layers_have_it_otherwise(check: Check) -> None:
    study = check(
        lines(
            "all",
            "{layer: 24, title: conv5_1, render: {size: 64}}",
            "{layer: 5, filters: [12, {filter: 33, seed: 4}]}",
            "{layer: features.29, filters: [1]}",
            "{layer: 26, objectives: [{id: quiet, filter: 3, negative: true}]}",
        )
    )
    layers = {layer.layer: layer for layer in study.spec.reported_layers}
    assert list(layers)[-1] == "features.29"  # no convolution: beside them
    assert list(layers)[9:12] == ["features.21", "features.24", "features.26"]
    assert (layers["features.24"].title, len(layers["features.24"].filters)) == ("conv5_1", 512)
    assert {each.size for each in layers["features.24"].renders} == {64}
    assert layers["features.5"].filters == (12, 33)
    assert [each.seed for each in layers["features.5"].renders] == [0, 4]
    assert layers["features.29"].filters == (1,)
    assert len(layers["features.26"].filters) == 512
    assert len(layers["features.26"].objectives) == 1
    assert not study.spec.whole


def refused(check: Check, text: str) -> list[str]:
    with pytest.raises(SpecError) as caught:
        check(text)
    return [str(problem).splitlines()[0] for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        (written("al"), "7:9", "expected all or a layer such as {layer: features.24, filters: "),
        (written("al"), "7:9", "found the text 'al'; did you mean all?"),
        (written("ALL"), "7:9", "found the text 'ALL'; did you mean all?"),
        (lines("all", "everything"), "9:5", "found the text 'everything'"),
        (lines("all", "all"), "9:5", "the word all is already written on line 8"),
        (lines("all", "{layer: 24}", "{layer: 24}"), "10:13", "already written on line 9"),
        (lines("all", "{layer: 25, filters: [512]}"), "9:27", "filters 0 to 511: no 512"),
        (lines("all", "{layer: 31}"), "9:13", "vgg16 has no layer 'features.31'"),
        (lines("all", "{title: x}"), "9:5", "is missing: the layer's dotted name"),
        (lines("all", "24"), "9:5", "expected a mapping with the keys layer, title, filters"),
        (lines("{layer: 24}"), "8:5", "name `filters`, `objectives`, or both"),
        (written("{all: true}"), "7:9", "expected a list such as [a, b], found a mapping of keys"),
        (written("[]"), "7:9", "must not be empty"),
        (written("24"), "7:9", "expected a list such as [a, b], found 24: write [24]"),
    ],
)
def test_what_is_refused(check: Check, text: str, place: str, message: str) -> None:
    (problem,) = [each for each in refused(check, text) if "claims" not in each]
    assert problem.startswith(f"report.yml:{place}: layers")
    assert message in problem


def test_a_network_without_convolutions(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    text = written("all").replace(
        "{architecture: vgg16, weights: IMAGENET1K_FEATURES}", "{architecture: timm/mixer}"
    )
    (project / "report.yml").write_text(text)
    mixer = Catalogue("timm/mixer", (Layer("features.24", 512, kind="linear"),))
    with pytest.raises(SpecError) as caught:
        review(read(project / "report.yml"), catalogue=lambda _: mixer)
    said = min(map(str, caught.value.problems), key=lambda text: "claims" in text)
    assert said.startswith("report.yml:7:9: layers: timm/mixer has no convolutions")
    assert "python -m generator layers" in said


def test_pages_may_name_any_filter_of_a_network_that_is_not_known_yet() -> None:
    spec = Spec(version=1, title="t", layers=("all",))
    names = Names.of(spec)
    assert spec.whole
    assert names.filter_fault("features.24", 5000) == ""
    assert "by its number" in names.filter_fault("features.24", "x")
    known = vgg("vgg16")
    assert known
    names = Names.of(spec.with_all({"": known}))
    assert "unknown layer" in names.layer_fault("features.25")
    assert "no filter 5000" in names.filter_fault("features.24", 5000)
