"""Files that are no report, and reports written to do harm: refused quickly, in printable words."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

import pytest

from generator.errors import SpecError
from generator.models.layers import vgg
from generator.spec import read, review
from tests.spec.conftest import REPORT, Check

LAUGHS = "a0: &a0 [x, x]\n" + "".join(
    f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]\n" for n in range(1, 60)
)
HEAD = "version: 1\ntitle: t\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "is empty: a report is a list of keys with values"),
        (b"\n# nothing\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"---\n---\n", "a second document begins here"),
        (b"~\n", "is empty"),
        (b"- a\n- b\n", "a report is a list of keys with values, beginning with `version: 1`"),
        (b"just a sentence\n", "a report is a list of keys"),
        (b"3\n", "a report is a list of keys"),
        (b"!!python/object/apply:os.system [id]\n", "tags (!name) are not read"),
        (b"*a\n", "aliases (*a) are not read"),
        (b"title: a\0b\n", "the invisible character U+0000 has no meaning here"),
        (b"title: \x1b[31mred\n", "the invisible character U+001B"),
        ("title: a\u2028b\n".encode(), "the invisible character U+2028"),
        ("title: a\ufeffb\n".encode(), "the invisible character U+FEFF"),
        (b"title: a\x85b\n", "is not UTF-8 (perhaps it was written as Windows-1252"),
        (HEAD.encode("utf-16"), "is not UTF-8 (it looks like UTF-16)"),
        (b"title: \xed\xa0\x80\n", "is not UTF-8"),
        (b"[" * 2**20, "nested more than 50 levels deep"),
        (b"{a: " * 2**17, "nested more than 50 levels deep"),
        (b"- " * 2**19, "nested more than 50 levels deep"),
        (b"? " * 2**19, "nested more than 50 levels deep"),
        (b"a: [" + b"1," * 200_000 + b"]", "more than 50,000 values"),
        (b"#" * (2**20 + 1), "1 MiB large, more than 1 MiB"),
        (b'"' + b"x" * 2**19, "these quotes are not closed"),
        (LAUGHS.encode(), "aliases (*a0) are not read"),
        (b"%YAML 9.9\n---\na: 1\n", "remove the %YAML line"),
        (f"{HEAD}layers: [{{layer: 24, filters: [{'x,' * 45_000}]}}]".encode(), "whole number"),
        (f"{HEAD}layers: [{{layer: 24, filters: [{'9,' * 9_000}]}}]".encode(), "already written"),
        ((HEAD + "".join(f"key{n}: 1\n" for n in range(45_000))).encode(), "unknown key 'key0'"),
        ((HEAD + "a: 1\n" * 45_000).encode(), "the key `a` is already written on line 3"),
    ],
    ids=lambda value: value[:24].decode("latin-1") if isinstance(value, bytes) else "",
)
def test_hostile_text_is_refused_quickly(text: bytes, message: str, check: Check):
    begin = time.process_time()
    with pytest.raises(SpecError) as refusal:
        check(text)
    assert time.process_time() - begin < 4
    assert any(message in problem.message for problem in refusal.value.problems)


@pytest.mark.parametrize("where", ["key", "value", "tag", "file"])
@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\u200b", "\U000e0041"])
def test_what_a_terminal_would_obey_is_spelled_out(where: str, mark: str, check: Check):
    old, new = {
        "key": ("render:", f'"ren{mark}der":'),
        "value": ("multiscale", f'"multi{mark}scale"'),
        "tag": ("[bird]", f'["bi{mark}rd"]'),
        "file": ("{tags: [bird]}", f'["bi{mark}rd.jpg"]'),
    }[where]
    with pytest.raises(SpecError) as refusal:
        check(REPORT.replace(old, new, 1))
    told = str(refusal.value)
    assert mark not in told
    assert mark.encode("unicode_escape").decode() in told


def test_a_caret_stays_under_its_place_behind_marks_and_tabs(check: Check):
    with pytest.raises(SpecError) as refusal:
        check(REPORT.replace("{recipe: multiscale,", '{\trecipe: "multi\u202e",', 1))
    (problem,) = refusal.value.problems
    assert problem.source[problem.column - 1] == '"'
    assert "\t" not in problem.source


def test_a_long_line_is_quoted_only_as_far_as_it_fits(check: Check):
    filters = ", ".join(map(str, range(120)))
    with pytest.raises(SpecError) as refusal:
        check(REPORT.replace("[456, 45]", f"[x, {filters}, y]"))
    first, last = refusal.value.problems
    assert len(first.source) == 160
    assert len(last.source) <= 160
    quoted, caret = str(last).split("\n")[-2:]
    assert quoted[caret.index("^")] == "y"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: None, "there is no such file: name the report with --spec FILE"),
        (lambda path: path.mkdir(), "it is a folder, not a file: name the report with --spec FILE"),
        (os.mkfifo, "it is no ordinary file (a pipe, a socket or a device)"),
        (lambda path: path.symlink_to(path), "its symbolic links lead in a circle"),
        (lambda path: path.symlink_to("/dev/zero"), "it is no ordinary file"),
        (lambda path: path.symlink_to("nowhere"), "there is no such file"),
    ],
    ids=["missing", "folder", "pipe", "circle", "device", "dangling"],
)
def test_what_is_no_ordinary_file_is_refused_without_waiting(make, message: str, tmp_path: Path):  # noqa: ANN001
    path = tmp_path / "report.yml"
    make(path)
    with pytest.raises(SpecError) as refusal:
        read(path)
    assert message in str(refusal.value)


def test_a_forbidden_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "report.yml"
    path.write_text(REPORT)

    def forbid(*_: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", forbid)
    with pytest.raises(SpecError, match="it may not be read"):
        read(path)


@pytest.mark.parametrize("name", ["a\0b", "x" * 5_000])
def test_an_impossible_name_is_refused(name: str):
    with pytest.raises(SpecError, match=r"there is no such file|its name is too long"):
        read(Path(name))


def test_the_file_is_called_what_the_user_called_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "report.yml").write_text("- 1\n")
    with pytest.raises(SpecError) as elsewhere:
        read(tmp_path / "report.yml")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SpecError) as here:
        read(tmp_path / "report.yml")
    assert elsewhere.value.problems[0].file == str(tmp_path / "report.yml")
    assert here.value.problems[0].file == "report.yml"


def test_a_spec_reached_by_a_link_counts_from_where_the_link_lies(project: Path, tmp_path: Path):
    (tmp_path / "stored.yml").write_text(REPORT)
    (project / "report.yml").symlink_to(tmp_path / "stored.yml")
    study = review(read(project / "report.yml"), catalogue=vgg)
    assert study.folder == project.resolve()
