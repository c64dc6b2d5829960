"""A store that several share, behind an address: fsspec's memory stands for the network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import fsspec
import numpy as np
import pytest

from generator.artifacts.artifact import FeatureMaps
from generator.errors import ReportError, StoreError
from generator.store.remote import RemoteStore
from generator.store.store import Store
from tests.conftest import SMALL, Run, make_project

KEY, OTHER = "ab" * 32, "cd" * 32
MAP = FeatureMaps("features.5", "0" * 64, (3,), np.arange(12, dtype=np.float32).reshape(1, 3, 4))
ADDRESS = "memory://lab/filterbook"


@pytest.fixture(autouse=True)
def memory() -> Iterator[fsspec.AbstractFileSystem]:
    files = fsspec.filesystem("memory")
    yield files
    files.store.clear()


def store(folder: Path, said: list[str] | None = None) -> Store:
    return Store(folder, (said if said is not None else []).append, RemoteStore(ADDRESS))


def test_what_one_makes_others_have(tmp_path: Path) -> None:
    one, early = store(tmp_path / "one"), store(tmp_path / "early")
    assert not early.has(KEY)
    one.put(KEY, MAP)
    other = store(tmp_path / "other")
    assert one.has(KEY)
    assert other.has(KEY)
    assert not other.has(OTHER)
    assert other.get(OTHER) is None
    found = other.get(KEY)
    assert isinstance(found, FeatureMaps)
    np.testing.assert_array_equal(found.values, MAP.values)
    assert Store(tmp_path / "other").get(KEY) is not None  # it was kept


def test_what_was_spoiled_on_the_way_is_made_again(
    tmp_path: Path, memory: fsspec.AbstractFileSystem
) -> None:
    store(tmp_path / "one").put(KEY, MAP)
    (path,) = memory.find("/lab/filterbook")
    whole = memory.cat_file(path)
    for data in (whole[:-1], whole[:40] + bytes([whole[40] ^ 1]) + whole[41:], b""):
        memory.pipe_file(path, data)
        said: list[str] = []
        other = store(tmp_path / "other", said)
        assert other.get(KEY) is None
        assert "shared store is damaged" in said[0]
        assert not list((tmp_path / "other").rglob("*.safetensors"))
    other.put(KEY, MAP)
    assert memory.cat_file(path) == whole


def test_a_network_that_refuses_loses_nothing(
    tmp_path: Path, memory: fsspec.AbstractFileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ConnectionResetError("reset by peer")

    monkeypatch.setattr(type(memory), "pipe_file", refuse)
    with pytest.raises(StoreError, match=r"memory://lab/filterbook refused: ConnectionReset") as it:
        store(tmp_path / "one").put(KEY, MAP)
    assert "kept beside the report" in it.value.remedy
    assert Store(tmp_path / "one").get(KEY) is not None
    monkeypatch.setattr(type(memory), "find", refuse)
    with pytest.raises(StoreError, match="reset by peer"):
        store(tmp_path / "two").has(KEY)


def test_an_address_that_nobody_knows(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="wrong://x"):
        Store(tmp_path, print, RemoteStore("wrong://x")).has(KEY)


def test_a_report_is_built_from_what_another_made(run: Run, tmp_path: Path) -> None:
    text = SMALL.replace("size: 64", "size: 56").replace("[12, 33]", "[33]")
    specs = [make_project(tmp_path / name, text) for name in ("first", "second")]
    first = run("build", "--spec", specs[0], "--device", "cpu", "--store", ADDRESS)
    assert first.code == 0, first.err
    assert "pictures: 1 to make" in first.err
    second = run("build", "--spec", specs[1], "--device", "cpu", "--store", ADDRESS)
    assert second.code == 0, second.err
    assert "to make" not in second.err
    sites = [spec.parent / "site" / "results.json" for spec in specs]
    assert sites[0].read_bytes() == sites[1].read_bytes()
    refused = run("verify", "--spec", specs[1], "--store", ADDRESS)
    assert refused.code != 0
    assert "verified when it is used" in refused.err
