"""A sample of the rot that `make torture` spreads; and `verify` as a command."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from generator.artifacts.artifact import FeatureMaps
from generator.commands.verify import verify
from generator.store.store import Store
from tests.conftest import Run
from tests.faults.nursery import Nursery
from tests.faults.rot import try_rot

KEYS = tuple(f"{letter * 64}" for letter in "abcd")


def test_rot_is_found_put_aside_and_made_again(crew: tuple[Nursery, ...], tmp_path: Path) -> None:
    assert try_rot(crew, tmp_path, count=60, builds=1, seed=os.getpid()) == (60, [])


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store", pytest.fail)
    for number, key in enumerate(KEYS):
        values = np.full((1, 9, 9), number, np.float32)
        store.put(key, FeatureMaps("features.5", "0" * 64, (number,), values))
    store.remember({"map": {"seed": 0}})
    return store


def spoil(store: Store, key: str) -> Path:
    (path,) = (store.folder / "objects" / key[:2]).glob(f"{key}.*")
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    return path


def ended(run: Run, store: Store, *more: str) -> tuple[int, list[str]]:
    weights = store.folder / "weights"
    done = run("verify", "--store", store.folder, "--weights", weights, *more)
    assert done.err == ""
    return done.code, done.out.splitlines()


def test_a_sound_store(run: Run, store: Store) -> None:
    code, lines = ended(run, store)
    assert code == 0
    assert len(lines) == 1
    assert lines[0].startswith("5 files, ")
    assert lines[0].endswith("none damaged")


def test_damage_is_reported_and_left_until_repair_is_asked_for(run: Run, store: Store) -> None:
    path = spoil(store, KEYS[1])
    name = f"store/objects/bb/{path.name}"
    assert ended(run, store)[1][0] == f"{name}: its content does not fit its name"
    code, lines = ended(run, store)
    assert code == 1
    assert "1 damaged" in lines[1]
    assert path.exists()
    code, lines = ended(run, store, "--repair")
    assert code == 1
    assert "put aside" in lines[-1]
    assert not path.exists()
    assert path.with_suffix(".damaged").exists()
    code, lines = ended(run, store)
    assert code == 0
    assert "1 were put aside before" in lines[-1]


def test_objects_that_changed_places_or_names(store: Store) -> None:
    one, other = (next((store.folder / "objects" / k[:2]).iterdir()) for k in KEYS[:2])
    data = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(data)
    third = next((store.folder / "objects" / "cc").iterdir())
    third.rename(third.with_name(third.name.replace("c" * 64, "c" * 63 + "0")))
    odd = store.folder / "objects" / "dd" / "odd.safetensors"
    odd.write_bytes(b"?")
    reasons = [damage.reason for damage in verify(store.folder, store.folder / "none").damaged]
    assert sorted(reasons) == [
        "it is another object under this name",
        "its content does not fit its name",
        "its content does not fit its name",
        "its name is not one that this program gives",
    ]


def test_a_damaged_ledger(run: Run, store: Store) -> None:
    path = store.folder / "ledger.json"
    path.write_bytes(path.read_bytes().replace(b"seed", b"sead"))
    assert ended(run, store)[1][0] == "store/ledger.json: its content does not fit its digest"


def test_what_a_killed_build_was_writing_goes(store: Store) -> None:
    part = store.folder / "objects" / "aa" / f".part-{'0' * 16}"
    part.write_bytes(b"half")
    with store.lock(pytest.fail):
        assert not part.exists()


def test_repair_leaves_files_of_other_names_and_folders(run: Run, store: Store) -> None:
    weights = store.folder / "weights"
    weights.mkdir()
    theirs = (
        weights / f"mine.{'0' * 64}.safetensors",
        weights / "mine.safetensors",
        store.folder / "objects" / "aa" / "mine.safetensors",
    )
    for path in theirs:
        path.write_bytes(b"mine")
    code, lines = ended(run, store, "--repair")
    assert code == 1
    assert sum(line.endswith("left alone, as this program did not name it") for line in lines) == 3
    assert [path.read_bytes() for path in theirs] == [b"mine"] * 3


def test_nothing_to_verify(run: Run, tmp_path: Path) -> None:
    assert ended(run, Store(tmp_path / "nothing"))[1][0].startswith("0 files")
