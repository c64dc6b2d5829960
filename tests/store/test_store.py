"""The store: what goes in comes out, and nothing that was damaged ever does."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import pickle
import random
import re
import tempfile
import threading
import tracemalloc
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from generator.artifacts.artifact import Artifact, FeatureMaps, Rendering, Responses
from generator.artifacts.blobs import Blob
from generator.errors import ReportError, StoreError
from generator.store.store import Store

KEY, OTHER = "ab" * 32, "cd" * 32
MAP = FeatureMaps("features.5", "0" * 64, (3,), np.arange(12, dtype=np.float32).reshape(1, 3, 4))

names = st.text(max_size=20)
floats = st.floats(allow_nan=False, width=32)
vectors = arrays.arrays(np.float32, st.integers(0, 9), elements=st.floats(width=32))
renderings = st.builds(
    Rendering,
    layer=names,
    filter=st.integers(0, 4096),
    recipe=names,
    size=st.integers(1, 2048),
    seed=st.integers(0, 2**31),
    png=st.binary(max_size=200).map(Blob.of),
    activation=st.floats(allow_nan=False),
    history=st.lists(floats, max_size=5).map(tuple),
    sides=st.lists(st.integers(1, 2048), max_size=5).map(tuple),
    dead=st.booleans(),
    device=names,
)
responses = st.builds(Responses, names, names, vectors, vectors, vectors, vectors)
maps = st.builds(
    FeatureMaps,
    names,
    names,
    st.lists(st.integers(0, 4096), max_size=5).map(tuple),
    arrays.arrays(np.float32, arrays.array_shapes(min_dims=3, max_dims=3, max_side=8)),
)


def same(left: Artifact, right: Artifact) -> bool:
    if type(left) is not type(right):
        return False
    for item in fields(left):
        one, other = getattr(left, item.name), getattr(right, item.name)
        if isinstance(one, np.ndarray):
            if one.dtype != other.dtype or one.shape != other.shape:
                return False
            if one.tobytes() != other.tobytes():
                return False
        elif one != other or type(one) is not type(other):
            return False
    return True


def objects(store: Store) -> list[Path]:
    return sorted(path for path in (store.folder / "objects").rglob("*") if path.is_file())


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def store(tmp_path: Path, said: list[str]) -> Store:
    return Store(tmp_path / "store", said.append)


@settings(max_examples=60, deadline=None)
@given(st.one_of(renderings, responses, maps))
def test_what_goes_in_comes_out(artifact: Artifact) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder), pytest.fail)
        assert store.get(KEY) is None
        store.put(KEY, artifact)
        found = store.get(KEY)
        assert found is not None
        assert same(found, artifact)


def spoiled(data: bytes, chance: random.Random) -> bytes:
    """A flipped bit, a cut-off tail, a lengthened tail, or a run of zeros."""
    position = chance.randrange(len(data))
    match chance.randrange(6):
        case 0:
            return data[:position]
        case 1:
            return data + bytes(1 + chance.randrange(8))
        case 2 if any(data[position : position + 64]):
            return (
                data[:position] + bytes(len(data[position : position + 64])) + data[position + 64 :]
            )
        case _:
            bit = 1 << chance.randrange(8)
            return data[:position] + bytes([data[position] ^ bit]) + data[position + 1 :]


def test_every_damage_is_found_put_aside_and_reported(store: Store, said: list[str]) -> None:
    chance = random.Random(20260131)
    store.put(KEY, MAP)
    (path,) = objects(store)
    sound = path.read_bytes()
    for _ in range(300):
        path.write_bytes(spoiled(sound, chance))
        said.clear()
        assert store.get(KEY) is None
        assert not store.has(KEY)
        assert len(said) == 1
        assert "damaged" in said[0]
        (aside,) = objects(store)
        assert aside.suffix == ".damaged"
        aside.unlink()
    store.put(KEY, MAP)
    assert store.get(KEY) is not None


def test_two_swapped_objects_are_both_refused(store: Store, said: list[str]) -> None:
    store.put(KEY, MAP)
    store.put(OTHER, FeatureMaps("features.5", "1" * 64, (4,), np.zeros((1, 2, 2), np.float32)))
    one, other = objects(store)
    contents = one.read_bytes(), other.read_bytes()
    one.write_bytes(contents[1])
    other.write_bytes(contents[0])
    assert store.get(KEY) is None
    assert store.get(OTHER) is None
    assert len(said) == 2


def test_an_object_under_another_s_name_is_refused(store: Store, said: list[str]) -> None:
    """Renamed with its digest, as a careless copy would: the key inside tells."""
    store.put(KEY, MAP)
    (path,) = objects(store)
    target = store.folder / "objects" / OTHER[:2] / path.name.replace(KEY, OTHER)
    target.parent.mkdir(parents=True)
    path.rename(target)
    assert store.get(OTHER) is None
    assert "another object" in said[0]


@pytest.mark.parametrize("name", ["ab.safetensors", "x.safetensors", ".part-xyz"])
def test_foreign_files_are_left_alone(store: Store, said: list[str], name: str) -> None:
    store.put(KEY, MAP)
    (path,) = objects(store)
    path.with_name(name).write_bytes(b"foreign")
    found = store.get(KEY)
    assert found is not None
    assert same(found, MAP)
    assert said == []


def test_a_damaged_object_does_not_hide_a_sound_one(store: Store) -> None:
    store.put(KEY, MAP)
    (path,) = objects(store)
    path.with_name(f"{KEY}.{'0' * 64}.safetensors").write_bytes(b"half")
    found = store.get(KEY)
    assert found is not None
    assert same(found, MAP)


def test_putting_twice_is_putting_once(store: Store) -> None:
    store.put(KEY, MAP)
    before = [(path.name, path.read_bytes()) for path in objects(store)]
    store.put(KEY, MAP)
    assert [(path.name, path.read_bytes()) for path in objects(store)] == before


def full_disk(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("where", ["pathlib.Path.replace", "os.fsync", "pathlib.Path.mkdir"])
def test_a_write_that_fails_leaves_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.setattr(where, full_disk)
    with pytest.raises(StoreError, match="No space left") as refusal:
        store.put(KEY, MAP)
    assert "--store" in refusal.value.remedy
    monkeypatch.undo()
    assert objects(store) == []
    assert not store.has(KEY)
    store.put(KEY, MAP)
    assert store.has(KEY)


def test_a_write_that_is_interrupted_leaves_no_object(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pathlib.Path.replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        store.put(KEY, MAP)
    monkeypatch.undo()
    assert not store.has(KEY)
    assert store.get(KEY) is None


def test_a_store_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file where the folder should be")
    store = Store(tmp_path / "store")
    with pytest.raises(StoreError, match="the store cannot be used"):
        store.put(KEY, MAP)
    with pytest.raises(ReportError, match="is not a folder"), store.lock(print):
        pytest.fail("the lock was given")


def put_many(folder: Path, start: int) -> None:
    store = Store(folder)
    for number in range(40):
        values = np.full((1, 2, 2), number, np.float32)
        store.put(f"{number:064x}", FeatureMaps("l", str(start % 1), (number,), values))


def test_two_processes_putting_at_once(store: Store, said: list[str]) -> None:
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=put_many, args=(store.folder, n)) for n in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    for number in range(40):
        found = store.get(f"{number:064x}")
        assert isinstance(found, FeatureMaps)
        assert found.values.tolist() == [[[number] * 2] * 2]
    assert said == []
    assert len(objects(store)) == 40


def test_whoever_waits_for_the_lock_is_told(store: Store) -> None:
    order: list[str] = []
    told = threading.Event()

    def say(text: str) -> None:
        order.append(text)
        told.set()

    def second() -> None:
        with store.lock(say):
            order.append("second")

    with store.lock(pytest.fail):
        waiting = threading.Thread(target=second)
        waiting.start()
        assert told.wait(10)
        order.append("first is done")
    waiting.join(10)
    assert order == [
        "another build works on this store: waiting until it is done",
        "first is done",
        "second",
    ]


def test_the_ledger_comes_back(store: Store) -> None:
    ledger = {"render features.5:1": {"seed": 0, "recipe": {"name": "multiscale"}}}
    store.remember(ledger)
    assert store.memory().ledger == ledger


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b"[1]", b"3", b'{"render": 5}', b'{"render": null}']
)
def test_a_ledger_that_cannot_be_read_is_an_empty_one(store: Store, content: bytes) -> None:
    store.folder.mkdir()
    (store.folder / "ledger.json").write_bytes(content)
    memory = store.memory()
    assert memory.ledger == {}
    assert memory.why("render", {"seed": 0}) == "new"


def test_an_object_s_name_says_what_it_must_contain(store: Store) -> None:
    store.put(KEY, MAP)
    (path,) = objects(store)
    assert re.fullmatch(rf"{KEY}\.[0-9a-f]{{64}}\.safetensors", path.name)
    header = path.read_bytes()
    length = int.from_bytes(header[:8], "little")
    assert json.loads(header[8 : 8 + length])["__metadata__"]["artifact"].count(KEY) == 1


def picture(data: bytes) -> Rendering:
    made = ("features.5", 3, "multiscale", 56, 0, Blob.of(data), 1.0, (1.0,), (56,), False, "cpu")
    return Rendering(*made, growth=Blob.of(data[:100]))


def test_pictures_stay_on_the_disk_until_they_are_asked_for(store: Store) -> None:
    data = os.urandom(2**24)
    kept = store.put(KEY, picture(data))
    for found in (kept, store.get(KEY)):
        assert isinstance(found, Rendering)
        assert len(pickle.dumps(found.png)) > len(data)  # another machine gets the bytes
        assert found.png.read() == data
        assert found.growth.read() == data[:100]
        assert not found.importance
    tracemalloc.start()
    held = [store.get(KEY) for _ in range(8)]
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(held) == 8
    assert size < len(data)


@pytest.mark.parametrize("spoil", [b"", b"other bytes" * 1000])
def test_an_object_that_changes_while_a_build_holds_it(store: Store, spoil: bytes) -> None:
    made = store.put(KEY, picture(b"some bytes" * 1000))
    assert isinstance(made, Rendering)
    (path,) = objects(store)
    path.write_bytes(spoil)
    with pytest.raises(StoreError, match="changed while the build ran"):
        made.png.read()
    path.unlink()
    with pytest.raises(StoreError, match="cannot be used"):
        made.png.read()
