"""Paths, folders and globs; the border of the project; what photographs are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import SpecError
from generator.models.layers import vgg
from generator.spec import Study, read, review
from generator.spec.locations import Project
from tests.spec.conftest import REPORT, Check, photograph


def with_paths(*patterns: str) -> str:
    """Give the report with these in place of the query for birds, and no library."""
    return REPORT.replace("{tags: [bird]}", str(list(patterns)))


def positives(study: Study) -> list[str]:
    return [photograph.name for photograph in study.evidence[1].positives]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("birds/a.jpg", ["birds/a.jpg"]),
        ("birds", ["birds/a.jpg", "birds/deep/b.png", "birds/noname"]),
        ("birds/", ["birds/a.jpg", "birds/deep/b.png", "birds/noname"]),
        ("birds/*", ["birds/a.jpg", "birds/noname"]),
        ("birds/**", ["birds/a.jpg", "birds/deep/b.png", "birds/noname"]),
        ("birds/*/*.gif", []),
        ("birds/**/*", ["birds/a.jpg", "birds/deep/b.png", "birds/noname"]),
        ("**/*.png", ["birds/deep/b.png"]),
        ("b?rds/[a].jpg", ["birds/a.jpg"]),
        ("birds/../birds/a.jpg", ["birds/a.jpg"]),
        ("set [1]/c.jpg", ["set [1]/c.jpg"]),
        ("set [1]", ["set [1]/c.jpg"]),
        ("set*/", ["set [1]/c.jpg"]),
        ("se? *", ["set [1]/c.jpg"]),
    ],
)
def test_a_path_a_folder_and_a_glob_find_photographs(
    pattern: str, found: list[str], *, project: Path, check: Check
):
    photograph(project / "birds/a.jpg", 60)
    photograph(project / "birds/deep/b.png", 61)
    photograph(project / "set [1]/c.jpg", 62)
    (project / "birds/noname").write_bytes((project / "images/bird-1.jpg").read_bytes())
    (project / "birds/readme.md").write_text("# Birds")
    (project / "birds/.hidden.jpg").write_text("x")
    study = check(with_paths("images/bird-2.jpg", pattern))
    assert positives(study) == sorted([*found, "images/bird-2.jpg"])
    told = () if found else (f"'{pattern}' finds no photograph.",)
    assert study.warnings == told


def test_a_photograph_named_by_its_path_keeps_what_the_library_says(project: Path, check: Check):
    study = check(with_paths("images/bird-1.jpg"))
    assert study.evidence[1].positives[0].tags == {"bird"}
    assert len(study.library) == 9


def test_a_link_out_of_the_project_is_refused(project: Path, tmp_path: Path, check: Check):
    photograph(tmp_path / "private.jpg", 70)
    (project / "birds").mkdir()
    (project / "birds/link.jpg").symlink_to(tmp_path / "private.jpg")
    (project / "door").symlink_to(tmp_path)
    for pattern in ("birds/link.jpg", "birds", "birds/*", "door", "door/*.jpg"):
        with pytest.raises(SpecError) as refusal:
            check(with_paths("images/bird-2.jpg", pattern))
        (problem,) = refusal.value.problems
        assert problem.path == "claims[1].positives[1]"
        assert "leads outside the project" in problem.message


def test_outside_is_open_on_request_and_no_name_is_absolute(
    project: Path, tmp_path: Path, check: Check
):
    for seed, place in enumerate(("one/birds", "two/birds", "home/jane")):
        photograph(tmp_path / place / "a.jpg", 80 + seed)
    photograph(project / "birds/a.jpg", 90)
    patterns = [str(tmp_path / "one/birds/a.jpg"), "../two/birds/*.jpg", "birds/a.jpg"]
    study = check(with_paths(*patterns, "../home/jane"), allow_outside=True)
    assert positives(study) == ["a.jpg", "birds/a (2).jpg", "birds/a (3).jpg", "birds/a.jpg"]
    assert not any(str(tmp_path) in photograph.name for photograph in study.library)


def test_the_project_is_the_nearest_folder_with_an_mkdocs_yml(
    project: Path, monkeypatch: pytest.MonkeyPatch
):
    (project / "mkdocs.yml").write_text("site_name: x\n")
    folder = project / "examples"
    folder.mkdir()
    text = REPORT.replace("images/images.csv", "../images/images.csv")
    (folder / "other.yml").write_text(text.replace("extra/", "../extra/"))
    monkeypatch.chdir(project)
    study = review(read(Path("examples/other.yml")), catalogue=vgg)
    assert study.folder == folder
    assert "../images/bird-1.jpg" in [photograph.name for photograph in study.library]

    (project / "mkdocs.yml").unlink()
    with pytest.raises(SpecError, match=r"leads outside the project \(examples/\)"):
        review(read(Path("examples/other.yml")), catalogue=vgg)


def test_a_name_says_where_the_spec_would_look(project: Path):
    (project / "images/pointer.jpg").symlink_to("bird-1.jpg")
    (project / "elsewhere").symlink_to("images")
    found = Project.around(project / "report.yml", allow_outside=False)
    for written, name in {
        "images/bird-1.jpg": "images/bird-1.jpg",
        "images/pointer.jpg": "images/pointer.jpg",
        "./images//bird-1.jpg": "images/bird-1.jpg",
        "elsewhere/../extra/found.jpg": "extra/found.jpg",
    }.items():
        path = found.folder / written
        assert found.name(path, found.admit(path)) == name


def test_hostile_names_are_spelled_out_in_warnings(project: Path, check: Check):
    (project / "birds").mkdir()
    (project / "birds" / "a\x1b[31m\nb.jpg").write_bytes(b"")
    study = check(with_paths("images/bird-2.jpg", "birds"))
    assert study.warnings == ("birds/a\\x1b[31m\\nb.jpg was left out: it is empty.",)


def test_links_in_a_circle_are_one_warning(project: Path, check: Check):
    (project / "loop.jpg").symlink_to("loop.jpg")
    study = check(with_paths("images/bird-2.jpg", "loop.jpg"))
    assert study.warnings == ("loop.jpg was left out: its symbolic links lead in a circle.",)


@pytest.mark.parametrize("name", ["x" * 300 + ".jpg", "a/" * 1_000, "~/x.jpg", "C:\\x.jpg"])
def test_strange_paths_find_nothing_or_something_but_never_fail(name: str, check: Check):
    study = check(with_paths("images/bird-2.jpg", name).replace("{tags: [building]}", "[extra]"))
    assert study.evidence
