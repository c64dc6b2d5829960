"""A sample of the faults that `make torture` tries."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.commands import exit_codes
from generator.errors import MachineError
from generator.spec.locations import Project
from generator.spec.photograph_cache import PhotographCache, photographs_below
from generator.system.files import UnreadableError, is_machine, read_file, refused_by_machine
from tests.faults.disk import try_disk
from tests.faults.nursery import Nursery
from tests.faults.syscalls import compiler

MACHINE = (errno.ENOSPC, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EROFS)


@pytest.mark.skipif(compiler() is None, reason="no C compiler: no operation can be made to fail")
def test_any_operation_may_fail(crew: tuple[Nursery, ...], tmp_path: Path) -> None:
    operations, tried, complaints = try_disk(crew, tmp_path, each=1, most=8, seed=os.getpid())
    assert operations > 500
    assert tried == 8
    assert complaints == []


def raising(reason: BaseException) -> Callable[[], int]:
    def command() -> int:
        raise reason

    return command


@pytest.mark.parametrize("code", [*MACHINE, errno.EACCES])
def test_what_the_machine_refuses_is_exit_code_3(
    code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    reason = OSError(code, os.strerror(code), "/some/where/page.md")
    assert exit_codes.code_of(raising(reason)) == 3
    cause, remedy = capsys.readouterr().err.splitlines()
    assert cause == f"error: {os.strerror(code)}: page.md"
    assert "run the same command again" in remedy


def test_memory_that_runs_out_is_exit_code_3(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_codes.code_of(raising(MemoryError())) == 3
    assert capsys.readouterr().err.startswith("error: memory ran out\n  free memory")


def test_a_bug_stays_a_bug() -> None:
    with pytest.raises(FileNotFoundError):
        exit_codes.code_of(raising(FileNotFoundError(errno.ENOENT, "no such file", "x")))


def test_what_could_not_be_copied_is_named(tmp_path: Path) -> None:
    reason = shutil.Error([("a", "b", "[Errno 28] No space left on device: 'b'")])
    assert is_machine(reason)
    assert "No space left" in refused_by_machine(reason).cause


@pytest.mark.parametrize("code", MACHINE)
def test_a_file_is_not_passed_over_for_the_machine_s_fault(
    code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.jpg").write_bytes(b"x")

    def fail(*_: object, **__: object) -> int:
        raise OSError(code, os.strerror(code), "a.jpg")

    monkeypatch.setattr(os, "open", fail)
    with pytest.raises(MachineError):
        read_file(tmp_path / "a.jpg", 10)


def test_a_file_without_rights_is_the_user_s_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.jpg").write_bytes(b"x")

    def fail(*_: object, **__: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied", "a.jpg")

    monkeypatch.setattr(os, "open", fail)
    with pytest.raises(UnreadableError, match="may not be read"):
        read_file(tmp_path / "a.jpg", 10)


def test_a_folder_that_may_not_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "birds").mkdir()
    real = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("birds"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    shelf = PhotographCache(Project.around(tmp_path / "report.yml", allow_outside=False))
    assert list(photographs_below(tmp_path, shelf)) == []
    assert len(shelf.warnings) == 1
    assert "birds was left out" in shelf.warnings[0]
