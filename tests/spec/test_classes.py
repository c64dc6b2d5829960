"""Classes that claims name: known ones pass, others are refused where they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import Problem
from generator.spec import check_classes, read
from tests.spec.conftest import REPORT

NAMES = ("cock", "hen", "crane", "crane", "Siamese cat")


def problems(folder: Path, classes: str) -> tuple[Problem, ...]:
    path = folder / "report.yml"
    path.write_text(
        REPORT.replace("    statement: Birds\n", f"    statement: Birds\n    classes: {classes}\n")
    )
    return tuple(check_classes(read(path), NAMES))


@pytest.mark.parametrize("classes", ["[cock, Hen, 2, 4, siamese cat]", "[0]", "[]"])
def test_known_classes_pass(tmp_path: Path, classes: str):
    assert problems(tmp_path, classes) == ()


@pytest.mark.parametrize(
    ("classes", "words"),
    [
        ("[5]", "the classifier has 5 classes, 0 to 4: no 5"),
        ("[crane]", "several classes are called"),
        ("[cok]", "did you mean"),
        ("[zeppelin]", "the classifier has no class"),
    ],
)
def test_unknown_classes_are_refused_where_they_stand(tmp_path: Path, classes: str, words: str):
    (problem,) = problems(tmp_path, classes)
    assert words in problem.message
    assert problem.path == "claims[1].classes[0]"
    assert problem.line > 0
