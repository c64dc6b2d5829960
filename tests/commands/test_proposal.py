"""Words of the command line → selections; a found filter → YAML that says the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.artifacts.artifact import Responses
from generator.commands.find.proposal import propose, refuse_unspeakable, scalar
from generator.commands.find.ranking import promising, ranked
from generator.commands.photo_arguments import selection
from generator.errors import ReportError
from generator.findings.response_table import tabulate
from generator.spec.report import Claim, EvidenceSpec, Query
from generator.spec.study import Evidence
from generator.spec.text import hidden_in
from tests.records import ROOT, library

VISIBLE = st.text(min_size=1, max_size=30).filter(
    lambda text: text.encode("utf-8", "ignore").decode() == text and not hidden_in(text)
)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["tags:bird"], {"tags": ("bird",)}),
        (["tags:bird,-cutout"], {"tags": ("bird",), "without": ("cutout",)}),
        (["tags: bird , owl,-cutout"], {"tags": ("bird", "owl"), "without": ("cutout",)}),
        (["tags:-bird,-owl"], {"without": ("bird", "owl")}),
        (["a.jpg", "b/*.png"], ("sub/a.jpg", "sub/b/*.png")),
        (["../x"], ("x",)),
        (["./tags:odd"], ("sub/tags:odd",)),
    ],
)
def test_selections(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], expected: Any
) -> None:
    """Paths count from where the user stands, and end relative to the spec's folder."""
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    assert selection(words, tmp_path.resolve(), option="controls") == expected


@pytest.mark.parametrize("words", [["tags:"], ["tags:,a"], ["tags:a", "b"], ["", "a"], ["tags:--"]])
def test_selections_that_say_nothing(words: list[str]) -> None:
    with pytest.raises(ReportError, match=r"^--controls: ") as refusal:
        selection(words, Path.cwd(), option="controls")
    assert refusal.value.remedy


@given(VISIBLE)
def test_a_scalar_is_read_back_as_the_same_text(text: str) -> None:
    assert yaml.safe_load(f"- {scalar(text)}") == [text]


@pytest.mark.parametrize("text", ["yes", "No", "null", "1e3", "012", "a: b", "- a", "#", "é'\"\\"])
def test_words_that_yaml_would_read_otherwise(text: str) -> None:
    assert yaml.safe_load(f"[{scalar(text)}]") == [text]


def test_what_a_terminal_obeys_is_spelled_out() -> None:
    text = "a\u202eb\xa0c\U000e0001"
    assert scalar(text) == r'"a\u202eb\u00a0c\U000e0001"'
    assert yaml.safe_load(scalar(text)) == text


def evidence(**changes: Any) -> Evidence:
    photographs = library()
    claim = Claim(
        id="asked", layer="features.28", filter=0, statement="?",
        positives=Query(tags=("bird",)), controls=("images/fish", "a [1].jpg"),
        lookalikes=Query(tags=("mammals",), without=("bird",)),
    )  # fmt: skip
    made = Evidence(claim, photographs[:4], photographs[4:7], photographs[7:12], (), ())
    return replace(made, **changes)


def test_the_claim_says_what_was_asked() -> None:
    text = propose(evidence(), ("features.28", 501), folder=ROOT, taken={"found-features-28-501"})
    (claim,) = yaml.safe_load(text)
    assert claim.pop("discovery") == sorted(photograph.name for photograph in library()[:12])
    assert claim == {
        "id": "found-features-28-501-2",
        "layer": "features.28",
        "filter": 501,
        "statement": "Photographs tagged bird",
        "positives": {"tags": ["bird"]},
        "lookalikes": {"tags": ["mammals"], "without": ["bird"]},
        "controls": ["images/fish", "a [1].jpg"],
    }


def test_a_photograph_outside_is_listed_by_its_way(tmp_path: Path) -> None:
    (tmp_path / "mine.jpg").write_bytes(b"")
    outside = replace(library()[0], name="tmp/mine.jpg", path=str(tmp_path / "mine.jpg"))
    text = propose(evidence(positives=(outside,)), ("l", 1), folder=ROOT, taken=())
    (claim,) = yaml.safe_load(text)
    paths = {(ROOT / name).resolve() for name in claim["discovery"]}
    assert (tmp_path / "mine.jpg").resolve() in paths


def test_a_name_that_no_spec_can_hold() -> None:
    hidden = replace(library()[0], name="a\x07b.jpg", path=str(ROOT / "a\x07b.jpg"))
    with pytest.raises(ReportError, match=r"a\\x07b.jpg") as refusal:
        refuse_unspeakable(evidence(controls=(hidden,)), ROOT)
    assert refusal.value.remedy == "rename the file"
    refuse_unspeakable(evidence(), ROOT)


def test_the_filter_that_knows_its_lookalikes_is_proposed() -> None:
    """Channel 0 likes everything alive, 1 the concept alone, 2 nothing in particular."""
    made = evidence()
    high = {
        0: {p.sha256 for p in made.positives + made.lookalikes},
        1: {p.sha256 for p in made.positives[1:]},
        2: {made.controls[0].sha256},
    }
    responses = tuple(
        Responses("l", p.sha256, *[np.array([p.sha256 in high[k] for k in range(3)], "f4")] * 4)
        for p in made.photographs
    )
    (table,) = tabulate(EvidenceSpec(), responses)
    rows = ranked(table, made)
    assert [row.filter for row in rows] == [0, 1, 2]
    assert [row.place for row in rows] == [1, 2, 3]
    assert (rows[0].auc, rows[0].lookalikes) == (1.0, 0.5)
    assert rows[1].lookalikes == 0.875
    assert promising(rows).filter == 1
    assert promising(ranked(table, replace(made, lookalikes=()))).filter == 0
