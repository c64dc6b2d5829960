"""Patterns lead where pathlib's lead, and no folder is passed over in silence."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.system.glob import below, matches

FILES = (
    "a.jpg",
    "b.png",
    "sub/c.jpg",
    "sub/d.jpg",
    "sub/deep/e.jpg",
    ".hidden/f.jpg",
    "sub/[g].jpg",
)
PARTS = ("*", "**", "*.jpg", "sub", "s?b", "[ab].*", "deep", "nothing", "a.jpg", "*.jp*", "[!a]*")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tree")
    for name in FILES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"")
    (root / "linked").symlink_to(root / "sub")
    (root / "circle").symlink_to(root)
    return root


def unexpected(reason: OSError) -> None:
    raise reason


@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=4).filter(lambda p: p[-1] != "**"))
def test_as_pathlib_where_everything_can_be_read(tree: Path, parts: list[str]) -> None:
    assert matches(tree, parts, unexpected) == set(tree.glob("/".join(parts)))


def test_everything_below_in_the_order_of_names(tree: Path) -> None:
    assert sorted(below(tree)) == sorted(tree.rglob("*"))
    names = [path.relative_to(tree).as_posix() for path in below(tree)]
    assert names == [
        *(".hidden", "a.jpg", "b.png", "circle", "linked", "sub", ".hidden/f.jpg"),
        *("sub/[g].jpg", "sub/c.jpg", "sub/d.jpg", "sub/deep", "sub/deep/e.jpg"),
    ]


@pytest.fixture
def close(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Make a folder one that may not be read, for whoever runs the tests, root included."""
    scandir = os.scandir

    def close(folder: Path) -> None:
        def refusing(path: str | Path) -> object:
            if Path(path) == folder:
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return scandir(path)

        monkeypatch.setattr(os, "scandir", refusing)

    return close


@pytest.mark.parametrize(
    "parts", [("**", "*.jpg"), ("sub", "*"), ("*", "*.jpg"), ("s*", "**", "*")]
)
def test_a_closed_folder_is_told(
    tree: Path, parts: tuple[str, ...], close: Callable[[Path], None]
) -> None:
    close(tree / "sub")
    told: list[OSError] = []
    matches(tree, parts, told.append)
    assert {Path(each.filename) for each in told} >= {tree / "sub"}


def test_a_closed_folder_ends_a_walk(tree: Path, close: Callable[[Path], None]) -> None:
    close(tree / "sub")
    with pytest.raises(PermissionError):
        list(below(tree))


def test_a_name_that_no_file_can_have(tree: Path) -> None:
    with pytest.raises(OSError, match="too long"):
        matches(tree, ("*", "x" * 300), unexpected)
