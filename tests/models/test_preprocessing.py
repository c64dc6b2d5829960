"""A wrong preprocessing is found where a classifier can tell, and not where it cannot."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from generator.artifacts.artifact import Recognition
from generator.findings.preprocessing_check import judge
from generator.models.card import Preprocessing
from generator.models.preprocessing import labelled_photographs, preprocessing_variants

IMAGENET = Preprocessing(256, 224, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
PHOTOGRAPHS = 25


def seen(own: float, other: float, *, named: tuple[int, int] = (24, 24), noise: float = 0.3):
    """Two ways of preparing, then worse ones: mean log-likelihoods, and how many are named."""
    rng = np.random.default_rng(0)
    count = len(preprocessing_variants(IMAGENET))
    likelihood = np.full((count, PHOTOGRAPHS), -6.0)
    hits = np.zeros((count, PHOTOGRAPHS))
    for way, (mean, right) in enumerate(zip((own, other), named, strict=True)):
        likelihood[way] = mean + rng.normal(0, noise, PHOTOGRAPHS)
        hits[way, :right] = 1
    return Recognition(hits.astype(np.float32), likelihood.astype(np.float32))


def test_the_example_s_own_photographs() -> None:
    known = labelled_photographs()
    assert len(known) == PHOTOGRAPHS
    assert all(0 <= each < 1000 for one in known for each in one.classes)
    assert len({one.photograph.sha256 for one in known}) == PHOTOGRAPHS


def test_where_they_are_not_installed(tmp_path: Path) -> None:
    assert labelled_photographs(tmp_path) == ()
    finding = judge(None, preprocessing_variants(IMAGENET))
    assert (finding.wrong, finding.sentence[:11]) == (False, "not checked")


def test_the_report_s_way_comes_first_and_no_other_is_the_same() -> None:
    tried = preprocessing_variants(IMAGENET)
    assert tried[0].preprocessing == IMAGENET
    assert [way.preprocessing for way in tried[1:-1]].count(IMAGENET) == 0
    assert tried[-1].swapped
    half = preprocessing_variants(replace(IMAGENET, mean=(0.5,) * 3, std=(0.5,) * 3))
    assert len(half) == len(tried)
    own = preprocessing_variants(replace(IMAGENET, mean=(0.3,) * 3))
    assert len(own) == len(tried) + 1


def test_a_network_without_a_classifier() -> None:
    empty = np.zeros((0, PHOTOGRAPHS), dtype=np.float32)
    finding = judge(Recognition(empty, empty), preprocessing_variants(IMAGENET))
    assert not finding.wrong
    assert "no classifier" in finding.sentence


@pytest.mark.parametrize(
    ("record", "wrong", "words"),
    [
        (seen(-0.5, -0.8), False, "checked: 24 of 25"),
        (seen(-0.5, -0.45), False, "no usual other way does better"),  # too little to matter
        (seen(-1.1, -0.8), True, "probably wrong: 24 of 25"),
        (seen(-10, -1.8, named=(0, 21)), True, "with mean 0.5 and deviation 0.5 21"),
        (seen(-1.1, -0.8, noise=3), False, "checked"),  # too uneven to be sure
        (seen(-6, -5, named=(0, 2)), False, "its classes are not ImageNet"),
    ],
)
def test_what_the_check_says(record: Recognition, wrong: bool, words: str) -> None:
    finding = judge(record, preprocessing_variants(IMAGENET))
    assert finding.wrong is wrong
    assert words in finding.sentence
