"""Whatever is done to a report: a study, or a list of problems with places that exist. Soon."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.errors import SpecError, visible
from generator.models.layers import vgg
from generator.spec import Study, read, review
from tests.faults.specs import try_specs
from tests.spec.conftest import REPORT

FUZZ = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
TOKENS = st.sampled_from(
    [
        "- ", ": ", "? ", "[", "]", "{", "}", ", ", "&a ", "*a", "!!python/none ", "<<: ", "|\n",
        ">\n", "'", '"', "#", "%", "@", "`", "\n", "\n---\n", "\n...\n", "\t", "  ", "null", "~",
        "yes", "on", "012", "1e-3", "1:30", ".inf", "-1", "99999999999999999999", "2026-13-41",
        "features.24", "**/*", "../..", "/", "\\", "\0", "\x1b[2J", "\u202e", "\ufeff", "😀",
        "tags", "claims", "positives: ", "images/*.jpg", "without", "é", "<query>", "<paths>",
    ]
)  # fmt: skip
EDITS = st.lists(
    st.tuples(st.integers(0, len(REPORT)), st.integers(0, 30), TOKENS | st.text(max_size=5)),
    min_size=1,
    max_size=6,
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    [line.split(":", 1)[0] for line in REPORT.splitlines() if ": " in line and "{" not in line[:6]]
)


def outcome(project: Path, text: str) -> Study | SpecError:
    """Read and review within two seconds, and hold the laws of every outcome."""
    path = project / "report.yml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
    begin = time.process_time()
    try:
        result: Study | SpecError = review(read(path), catalogue=vgg)
    except SpecError as error:
        result = error
    assert time.process_time() - begin < 2
    return result


def assert_lawful(result: Study | SpecError) -> None:
    """Check that problems point into the file and are printable, and that studies are sound."""
    if isinstance(result, SpecError):
        assert result.problems
        for problem in result.problems:
            assert problem.line >= 0
            assert visible(problem.message) == problem.message
            assert visible(problem.path) == problem.path
        return
    for evidence in result.evidence:
        assert evidence.positives
        assert evidence.controls
        contents = [photograph.sha256 for photograph in evidence.photographs]
        assert len(set(contents)) == len(contents)


@FUZZ
@given(EDITS)
def test_an_edited_report_is_a_study_or_a_list_of_problems(
    project: Path, edits: list[tuple[int, int, str]]
):
    text = REPORT
    for place, length, token in edits:
        text = text[:place] + token + text[place + length :]
    assert_lawful(outcome(project, text))


@FUZZ
@given(FIELDS, VALUES)
def test_any_value_in_any_field_is_judged(project: Path, field: str, value: object):
    line = next(line for line in REPORT.splitlines() if line.startswith(field + ":"))
    assert_lawful(outcome(project, REPORT.replace(line, f"{field}: {value!r}", 1)))


@FUZZ
@given(st.binary(max_size=400))
def test_bytes_are_judged(project: Path, data: bytes):
    (project / "report.yml").write_bytes(data)
    try:
        result: Study | SpecError = review(read(project / "report.yml"), catalogue=vgg)
    except SpecError as error:
        result = error
    assert_lawful(result)


@FUZZ
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8")))
def test_any_index_is_judged(project: Path, data: bytes):
    (project / "images" / "images.csv").write_bytes(b"file,tags\n" + data)
    assert_lawful(outcome(project, REPORT))


@pytest.mark.parametrize("key", ["images", "pages"])
@pytest.mark.parametrize("name", ["é" * 400, "x" * 300 + "/y", "a\u0001b", "images/" * 90])
def test_a_name_that_no_file_can_have_is_a_problem(project: Path, key: str, name: str):
    spec = REPORT.replace("images: images/images.csv\n", "") + f"{key}: {name!r}\n"
    result = outcome(project, spec)
    assert isinstance(result, SpecError)
    assert_lawful(result)


@pytest.mark.parametrize(
    "pattern", ["*/" + "x" * 300 + "/y/*", "images/*/" + "9" * 400, "x" * 300 + "/*"]
)
def test_a_pattern_that_no_file_can_match_is_a_problem(project: Path, pattern: str):
    spec = REPORT.replace("positives: {tags: [bird]}", f"positives: [{pattern!r}]")
    assert spec != REPORT
    result = outcome(project, spec)
    assert isinstance(result, SpecError)
    assert_lawful(result)


def test_a_sample_of_a_million_mutants(tmp_path: Path):
    """`make torture` tries the million."""
    seed = int.from_bytes(os.urandom(4), "big")
    tried, complaints = try_specs(tmp_path / "project", count=300, seconds=60, seed=seed)
    assert complaints == []
    assert tried > 100
