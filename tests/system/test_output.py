"""Results where their user wants them, and never over a file that the program did not write."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from generator.errors import MachineError, ReportError
from generator.system.output import check_output, is_remembered, remember, write_bytes, write_text


def is_ours(data: bytes) -> bool:
    return data.startswith(b"ours")


@pytest.mark.parametrize("before", [None, b"", b"ours, of before"])
def test_new_empty_and_own_files_are_written(tmp_path: Path, before: bytes | None) -> None:
    path = tmp_path / "result"
    if before is not None:
        path.write_bytes(before)
    write_text("ours", path, is_ours)
    assert path.read_text() == "ours"


@pytest.mark.parametrize("kind", ["file", "link"])
def test_files_of_others_are_refused(tmp_path: Path, kind: str) -> None:
    theirs, path = tmp_path / "thesis.txt", tmp_path / "thesis.txt"
    theirs.write_text("years")
    if kind == "link":
        path = tmp_path / "link"
        path.symlink_to(theirs)
    with pytest.raises(ReportError, match="did not write it") as refusal:
        check_output(path, is_ours)
    assert "name another file" in refusal.value.remedy
    with pytest.raises(ReportError):
        write_bytes(path, b"ours", is_ours)
    assert theirs.read_text() == "years"


def test_pipes_are_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_bytes(pipe, b"ours", is_ours)
    assert os.read(reader, 9) == b"ours"
    os.close(reader)


def test_folders_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent" / "file"):
        with pytest.raises(MachineError, match="cannot be written"):
            check_output(path, is_ours)


def test_pictures_are_known_by_their_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILTERBOOK_CACHE", str(tmp_path / "cache"))
    remember(b"a picture")
    assert is_remembered(b"a picture")
    assert not is_remembered(b"another picture")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FILTERBOOK_CACHE", str(tmp_path / "file"))
    remember(b"a picture")  # a cache that cannot be written is no reason to fail
