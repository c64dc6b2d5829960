"""Files that can be made again: verified on reading, put aside when damaged, named."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.system.file_cache import FileCache, fault

KEY, OTHER = "a" * 64, "b" * 64


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def overwritten(path: Path) -> None:
    path.write_bytes(b"another picture")


def renamed(path: Path) -> None:
    path.rename(path.with_name(path.name.replace(OTHER, KEY)))


def folder_instead(path: Path) -> None:
    path.unlink()
    path.mkdir()


def pipe_instead(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def dead_link(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


SPOILED = (emptied, cut, overwritten, folder_instead, pipe_instead, dead_link)


def test_what_was_put_is_found_again(tmp_path: Path) -> None:
    path = FileCache(tmp_path, pytest.fail).put(KEY, ".webp", b"one")
    assert FileCache(tmp_path, pytest.fail).get(KEY, ".webp") == (path, b"one")
    assert FileCache(tmp_path, pytest.fail).get(KEY, ".svg") is None
    assert FileCache(tmp_path, pytest.fail).get(OTHER, ".webp") is None
    assert FileCache(tmp_path / "none", pytest.fail).get(KEY, ".webp") is None
    assert fault(path.name, b"one") == ""


@pytest.mark.parametrize("spoil", SPOILED)
def test_a_damaged_file_is_named_and_put_aside(tmp_path: Path, spoil: Callable) -> None:
    path = FileCache(tmp_path, pytest.fail).put(KEY, ".webp", b"one")
    spoil(path)
    said: list[str] = []
    cache = FileCache(tmp_path, said.append)
    assert cache.get(KEY, ".webp") is None
    assert len(said) == 1
    assert KEY[:16] in said[0]
    assert [each.name for each in tmp_path.iterdir()] == [f"{path.name}.damaged"]
    assert cache.get(KEY, ".webp") is None
    assert cache.put(KEY, ".webp", b"one") == path
    assert cache.get(KEY, ".webp") == (path, b"one")
    assert len(said) == 1


def test_a_file_under_another_key_is_damaged(tmp_path: Path) -> None:
    renamed(FileCache(tmp_path, pytest.fail).put(OTHER, ".webp", b"one"))
    said: list[str] = []
    assert FileCache(tmp_path, said.append).get(KEY, ".webp") is None
    assert len(said) == 1


def test_a_new_content_replaces_the_old(tmp_path: Path) -> None:
    cache = FileCache(tmp_path, pytest.fail)
    cache.put(KEY, ".json", b"one")
    path = cache.put(KEY, ".json", b"two")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["notes.txt", f"{KEY}.json", f".{'0' * 64}.json"])
def test_names_that_this_program_does_not_give(name: str) -> None:
    assert fault(name, b"one") == "its name is not one that this program gives"
