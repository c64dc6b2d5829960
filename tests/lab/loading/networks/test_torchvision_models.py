"""From a name to a network without weights."""

from __future__ import annotations

import pytest

from generator.errors import ReportError
from generator.lab.loading.models import catalogue
from generator.lab.loading.networks import build


@pytest.mark.parametrize(
    ("name", "meant"), [("vgg61", "vgg16"), ("resnet_18", "resnet18"), ("VGG16", "vgg16")]
)
def test_an_unknown_architecture_names_its_near_matches(name: str, meant: str) -> None:
    with pytest.raises(ReportError, match=f"no model '{name}'") as refusal:
        catalogue(name)
    assert meant in refusal.value.remedy
    assert refusal.value.exit_code == 2


def test_an_architecture_that_is_like_nothing() -> None:
    with pytest.raises(ReportError, match="no model 'qqqqqqq'"):
        build("qqqqqqq")


def test_googlenet_turns_its_input_as_its_published_weights_want_it() -> None:
    assert build("googlenet").transform_input
    assert build("inception_v3").transform_input
