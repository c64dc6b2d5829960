"""The library: an index with its columns, or a folder; what cannot be used is named."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from generator.errors import SpecError
from tests.spec.conftest import INDEX, REPORT, Check, photograph


def write(project: Path, *rows: str, head: str = "file,tags") -> None:
    (project / "images" / "images.csv").write_text("\n".join((head, *rows)) + "\n")


ROWS = tuple(f"{name},{tags}" for name, tags in INDEX)


def test_only_the_column_file_is_needed_and_unknown_ones_are_ignored(project: Path, check: Check):
    write(project, *(f"12,{name}" for name, _ in INDEX), head="width, file ")
    text = REPORT[: REPORT.index("claims:")]
    study = check(text)
    assert len(study.library) == 8
    assert all(photograph.tags == frozenset() for photograph in study.library)


def test_tags_may_be_separated_by_commas_in_quotes(project: Path, check: Check):
    write(project, 'bird-1.jpg,"bird, fowl; white"', *ROWS[:4], *ROWS[5:])
    bird = next(p for p in check().library if p.name.endswith("bird-1.jpg"))
    assert bird.tags == {"bird", "fowl", "white"}


def test_an_index_of_windows_is_read(project: Path, check: Check):
    text = "\ufefffile,tags\r\n" + "".join(f"{row}\r\n\r\n" for row in ROWS)
    (project / "images" / "images.csv").write_bytes(text.encode())
    assert len(check().library) == 9


@pytest.mark.parametrize(
    ("rows", "head", "line", "message"),
    [
        ([], "", 0, "is empty: the first line names the columns, of which `file` is needed"),
        (["a.jpg"], "files", 1, "the column `file` is missing among 'files'; did you mean"),
        (["a.jpg"], "subject,tags", 1, "the column `file` is missing among 'subject', 'tags'"),
        (["a.jpg;x"], "file;tags", 1, "columns must be separated by commas, not by semicolons"),
        (["a.jpg\tx"], "file\ttags", 1, "columns must be separated by commas, not by tabs"),
        ([], "PK\x03\x04" + "\0" * 50, 1, "is an Excel workbook or another archive"),
        (["a.jpg,a,b"], "file,tags,file", 1, "the column `file` is there twice"),
        (["bird-1.jpg,a,b"], "file,tags", 2, "3 cells under 2 headings"),
        (["bird-1.jpg,a", ",b"], "file,tags", 3, "the column `file` is empty"),
        (["bird-1.jpg,a", "./bird-1.jpg,b"], "file,tags", 3, "is already listed on line 2"),
        (["../../x.jpg,a"], "file,tags", 2, "../../x.jpg leads outside the project (project/)"),
        (["/etc/passwd,a"], "file,tags", 2, "/etc/passwd leads outside the project"),
        (["leak.jpg,a"], "file,tags", 2, "leak.jpg leads outside the project"),
        (['"bird-1.jpg,a', "b"], "file,tags", 2, "this is not CSV: unexpected end of data"),
        (['"bird"-1.jpg,a'], "file,tags", 2, "this is not CSV: ',' expected after '\"'"),
        (["x" * 200_000 + ",a"], "file,tags", 2, "this is not CSV: field larger than"),
        (["bird-1.jpg,\x1b[31m"], "file,tags", 2, "the invisible character U+001B"),
        (["bird-1.jpg,\xa0\udcff"], "file,tags", 2, "is not UTF-8"),
        (['bird-1.jpg,"two\nlines"', ",b"], "file,tags", 4, "the column `file` is empty"),
    ],
)
def test_a_spoiled_index_is_refused_by_line(
    rows: list[str], head: str, line: int, message: str, *, project: Path, check: Check
):
    (project / "images" / "leak.jpg").symlink_to("/etc/passwd")
    text = "\n".join((head, *rows))
    (project / "images" / "images.csv").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(SpecError) as refusal:
        check()
    hits = [p for p in refusal.value.problems if message in p.message]
    assert [(p.file, p.line) for p in hits] == [("images/images.csv", line)], str(refusal.value)


def test_faults_of_index_and_report_come_together(project: Path, check: Check):
    write(project, *ROWS, "/a.jpg,x", ",y")
    with pytest.raises(SpecError) as refusal:
        check(REPORT.replace("filter: 501", "filter: 900"))
    assert [(p.file, p.line) for p in refusal.value.problems] == [
        ("report.yml", 22),
        ("images/images.csv", 10),
        ("images/images.csv", 11),
    ]


def test_a_photograph_that_is_not_the_one_of_the_index_is_left_out(project: Path, check: Check):
    right = hashlib.sha256((project / "images/bird-1.jpg").read_bytes()).hexdigest()
    rows = [f"{row},{right.upper() if 'bird-1' in row else ''}" for row in ROWS]
    rows[5] = f"{ROWS[5]},{'0' * 64}"
    write(project, *rows, head="file,tags,sha256")
    study = check()
    assert study.warnings == (
        "images/bird-2.jpg was left out: its SHA-256 is not the one in the index.",
    )
    assert [p.name for p in study.evidence[1].positives] == ["images/bird-1.jpg"]


def test_missing_and_broken_photographs_are_one_warning_each(project: Path, check: Check):
    (project / "images/fish-1.jpg").unlink()
    (project / "images/fish-2.jpg").write_bytes(b"\xff\xd8\xff and no more")
    study = check(REPORT.replace("extra/found.jpg", "extra/found.jpg, images/fish-1.jpg"))
    assert study.warnings == (
        "images/fish-1.jpg was left out: there is no such file.",
        "images/fish-2.jpg was left out: it is damaged (UnidentifiedImageError).",
    )
    assert len(study.library) == 7


def test_a_claim_without_photographs_says_which_are_missing(project: Path, check: Check):
    for path in (project / "images").glob("bird-*"):
        path.unlink()
    with pytest.raises(SpecError) as refusal:
        check()
    (problem,) = refusal.value.problems
    assert (problem.line, problem.path) == (24, "claims[1].positives")
    assert "bird-1.jpg (missing or unreadable), bird-2.jpg (missing" in problem.message


def test_photographs_are_selected_from_a_user_s_own_index(project: Path, check: Check):
    """Any name and place inside the project, tags of one's own, boxes, queries both ways."""
    lines = ["file,tags,boxes"]
    for seed, (name, tags) in enumerate(
        (
            ("gull one.jpg", "gull sea"),
            ("gull two.jpg", "gull harbour"),
            ("tern.jpg", "tern sea"),
            ("crane.jpg", "harbour"),
            ("Möwe.jpg", "gull sea"),
        )
    ):
        photograph(project / "field notes" / name, seed + 70)
        lines.append(f"{name},{tags},{'2 2 8 8' if 'gull' in tags else ''}")
    (project / "field notes" / "mine.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    text = REPORT.replace("images/images.csv", "field notes/mine.csv")
    text = text[: text.index("  - id: birds")]
    text = text.replace("{tags: [arch]}", "{tags: [gull, sea]}")
    text = text.replace("{tags: [building], without: [arch]}", "{tags: [sea], without: [gull]}")
    text = text.replace("{without: [building]}", "{without: [sea]}")
    evidence = check(text).evidence[0]
    roles = [
        [each.name.removeprefix("field notes/") for each in group]
        for group in (evidence.positives, evidence.lookalikes, evidence.controls)
    ]
    assert roles == [["Möwe.jpg", "gull one.jpg"], ["tern.jpg"], ["crane.jpg", "gull two.jpg"]]
    assert all(each.boxes for each in evidence.positives)
    assert not evidence.lookalikes[0].boxes


def test_the_sub_folders_of_a_folder_are_its_tags(project: Path, check: Check):
    for seed, name in enumerate(("house/arch/a.jpg", "house/b.jpg", "bird/c.jpg", "d.jpg")):
        photograph(project / "photos" / name, seed + 60)
    (project / "photos" / "bird" / "notes.txt").write_text("not a photograph")
    (project / "photos" / "bird" / "._c.jpg").write_text("hidden")
    (project / "photos" / ".cache").mkdir()
    photograph(project / "photos" / ".cache" / "e.jpg", 99)
    (project / "photos" / "bird" / "link.jpg").symlink_to("c.jpg")
    text = REPORT[: REPORT.index("claims:")].replace("images/images.csv", "photos")
    study = check(text)
    assert {p.name: set(p.tags) for p in study.library} == {
        "photos/bird/c.jpg": {"bird"},
        "photos/d.jpg": set(),
        "photos/house/arch/a.jpg": {"house", "arch"},
        "photos/house/b.jpg": {"house"},
    }
    assert study.warnings == ()


def test_a_folder_without_photographs_is_refused(project: Path, check: Check):
    (project / "empty").mkdir()
    with pytest.raises(SpecError, match="there is no photograph in this folder"):
        check(REPORT.replace("images/images.csv", "empty"))


def test_a_name_that_is_not_utf8_is_left_out(project: Path, check: Check):
    folder = project / "photos"
    photograph(folder / "good.jpg", 3)
    os.rename(folder / "good.jpg", os.fsencode(folder) + b"/b\xffd.jpg")  # noqa: PTH104
    photograph(folder / "good.jpg", 4)
    text = REPORT[: REPORT.index("claims:")].replace("images/images.csv", "photos")
    study = check(text)
    assert [p.name for p in study.library] == ["photos/good.jpg"]
    assert study.warnings == ("photos/b\\udcffd.jpg was left out: its name is not UTF-8.",)
