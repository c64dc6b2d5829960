"""Values that say something else than was meant: comments, tags, lists, names of files."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import SpecError
from generator.pipeline.read_study import read_study
from generator.pipeline.request import Request
from generator.spec import read
from generator.system.console import Console
from generator.system.locations import locations_beside
from tests.spec.conftest import INDEX, REPORT, Check, photograph

FOLDER = REPORT[: REPORT.index("claims:")]


def write_index(project: Path, *rows: str) -> None:
    (project / "images" / "images.csv").write_text("\n".join(("file,tags", *rows)) + "\n")


@pytest.mark.parametrize(
    ("written", "comment"),
    [
        ("title: Birds #1 of the network", "'#1 of the network'"),
        ("title: Birds #1", "'#1'"),
        ("authors: [{name: Jane #2\n    }]\ntitle: x", "'#2'"),
        ("title: Birds\n  of all #kinds", "'#kinds'"),
    ],
)
def test_a_value_that_ends_as_a_comment_is_a_warning(written: str, comment: str, tmp_path: Path):
    path = tmp_path / "report.yml"
    path.write_text(f"version: 1\n{written}\n")
    (warning,) = read(path).warnings
    assert f"is a comment here, {comment}: put the value in quotes" in warning.message
    line = path.read_text().splitlines()[warning.line - 1]
    assert line[warning.column - 1 :].startswith("#")


@pytest.mark.parametrize(
    "written",
    [
        "title: Birds # of all kinds",
        'title: "Birds #1"',
        "title: Birds#1",
        "title: |\n  Birds #1",
        "title: Birds  #",
        "layers: [all] #later",
    ],
)
def test_comments_and_quotes_are_no_warning(written: str, tmp_path: Path):
    path = tmp_path / "report.yml"
    path.write_text(f"version: 1\n{written}\n")
    assert read(path).warnings == ()


def test_a_value_that_is_all_comment_is_refused(tmp_path: Path):
    path = tmp_path / "report.yml"
    path.write_text("version: 1\ntitle: #1 of birds\n")
    (problem,) = read(path).faults
    assert (problem.line, problem.path) == (2, "title")


def test_the_check_says_it(project: Path, capsys: pytest.CaptureFixture[str]):
    path = project / "report.yml"
    path.write_text(FOLDER.replace("title: What VGG-16's filters look for", "title: Birds #1 of"))
    read_study(Request(path, locations_beside(path), Console("plain"), "cpu"), with_torch=False)
    assert "report.yml:2:14: title: what follows `#` is a comment here" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("cell", "tags"),
    [
        ("great tit;", {"great tit"}),
        ("great tit; bird", {"great tit", "bird"}),
        ('"great  tit, bird"', {"great tit", "bird"}),
        ("great tit", {"great", "tit"}),
        (" ; ", set()),
    ],
)
def test_tags_of_an_index(cell: str, tags: set[str], project: Path, check: Check):
    write_index(project, f"bird-1.jpg,{cell}")
    assert [set(each.tags) for each in check(FOLDER).library] == [tags]


def test_a_tag_of_two_words_that_the_index_takes_apart(project: Path, check: Check):
    write_index(project, *(f"{name},{tags}" for name, tags in INDEX))
    with pytest.raises(SpecError) as refusal:
        check(REPORT.replace("tags: [bird]", "tags: [bird fowl]"))
    assert "in a CSV, write `bird fowl;` to keep the words together" in str(refusal.value)


def test_a_query_of_a_library_without_tags(project: Path, check: Check):
    write_index(project, *(f"{name}," for name, _ in INDEX))
    with pytest.raises(SpecError) as refusal:
        check()
    assert {
        "a query needs tags, and the library has none: put its photographs in sub-folders, or fill "
        "the column `tags` of its CSV"
    } == {each.message for each in refusal.value.problems}


@pytest.mark.parametrize(
    ("mean", "message"),
    [
        ("0.5", "expected a list such as [a, b], found 0.5: write [0.5, 0.5, 0.5]"),
        ("[0.5]", "entry 2 of 3 is missing"),
        ("[0.5, 0.5, 0.5, 0.5]", "has more than 3 entries"),
        ("127.5", "found 127.5: write [0.5, 0.5, 0.5]"),
        ("[123.675, 116.28, 103.53]", "colours are 0 to 1 here, not 0 to 255: write [0.485, 0.456"),
    ],
)
def test_lists_of_so_many_entries(mean: str, message: str, check: Check):
    model = f"model: {{architecture: vgg16, preprocessing: {{mean: {mean}}}}}"
    line = next(line for line in REPORT.splitlines() if line.startswith("model:"))
    with pytest.raises(SpecError) as refusal:
        check(REPORT.replace(line, model))
    assert message in refusal.value.problems[0].message


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (
            "more\\jay.jpg",
            "images/more\\jay.jpg was left out: there is no such file: write more/jay",
        ),
        ("https://example.org/jay.jpg", "it is an address; download it, and name the file"),
        ("More/jay.jpg", "the disk has 'more'"),
    ],
)
def test_files_of_an_index_that_are_not_there(file: str, message: str, project: Path, check: Check):
    photograph(project / "images" / "more" / "jay.jpg", 70)
    write_index(project, "bird-1.jpg,bird", f"{file},jay")
    (warning,) = check(FOLDER).warnings
    assert message in warning


def test_a_library_that_is_not_there_says_why(project: Path, check: Check):
    with pytest.raises(SpecError) as refusal:
        check(FOLDER.replace("images/images.csv", "images\\images.csv"))
    assert "write images/images.csv, with /" in str(refusal.value)
