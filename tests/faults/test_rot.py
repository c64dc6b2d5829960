"""A sample of the rot that `make torture` spreads; and `verify` as a command."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

from generator.artifacts.artifact import FeatureMaps
from generator.commands.verify.files import Places, verify
from generator.site.manifest import write_manifest
from generator.store.store import Store
from generator.system import folder_mark
from generator.system.file_cache import FileCache
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


def places(store: Store) -> Places:
    """Nothing but a store: all other folders are empty."""
    nowhere = store.folder.parent / "none"
    return Places(store.folder, store.folder / "weights", nowhere, nowhere, nowhere)


@pytest.fixture(autouse=True)
def nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FILTERBOOK_CACHE", "TORCH_HOME", "HF_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)


def ended(run: Run, store: Store, *more: object) -> tuple[int, list[str]]:
    """How the command ended for the report beside which the store lies."""
    spec, weights = store.folder.parent / "report.yml", store.folder / "weights"
    done = run("verify", "--spec", spec, "--store", store.folder, "--weights", weights, *more)
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
    reasons = [damage.reason for damage in verify(places(store)).damaged]
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


def test_a_finished_site(run: Run, store: Store) -> None:
    site = store.folder.parent / "site"
    site.mkdir()
    folder_mark.write(site, "A site.")
    (site / "index.html").write_text("<p>")
    write_manifest(site)
    assert ended(run, store)[0] == 0
    (site / "index.html").write_text("")
    (site / "more.html").write_text("")
    for more in ((), ("--repair",)):
        code, lines = ended(run, store, *more)
        assert code == 1
        assert lines[:2] == [
            "site/index.html: it was changed after the build",
            "site/more.html: it was added after the build",
        ]
        assert lines[-1] == "the next build writes the whole site anew"
    (site / "filterbook.manifest.json").write_text("{}")
    code, lines = ended(run, store)
    assert (code, lines[0]) == (1, "site/filterbook.manifest.json: it is damaged")


def test_caches_of_the_user_and_of_a_build(run: Run, store: Store, tmp_path: Path) -> None:
    folders = (
        tmp_path / "FILTERBOOK_CACHE" / "layers",
        tmp_path / "FILTERBOOK_CACHE" / "photographs",
        tmp_path / "build" / "assets",
    )
    paths = [FileCache(folder, pytest.fail).put("a" * 64, ".x", b"one") for folder in folders]
    (folders[2] / "notes.txt").write_text("mine")
    (tmp_path / "store" / "images").mkdir()
    (tmp_path / "store" / "images" / hashlib.sha256(b"image").hexdigest()).write_bytes(b"image")
    assert ended(run, store)[0] == 0
    for path in paths:
        path.write_bytes(b"")
    assert ended(run, store, "--repair")[0] == 1
    assert not any(path.exists() for path in paths)
    assert (folders[2] / "notes.txt").read_text() == "mine"
    code, lines = ended(run, store)
    assert code == 0
    assert "3 were put aside before" in lines[-1]


def test_what_other_programs_keep_is_read_and_left(run: Run, store: Store, tmp_path: Path) -> None:
    digest = hashlib.sha256(b"weights").hexdigest()
    torch = tmp_path / "TORCH_HOME" / "hub" / "checkpoints" / f"net-{digest[:8]}.pth"
    face = tmp_path / "HF_HOME" / "hub" / "models--timm--net" / "blobs" / digest
    for path in (torch, face, face.with_name("0" * 40), torch.with_name("own.pth")):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"weights")
    assert ended(run, store)[0] == 0
    for path in (torch, face):
        path.write_bytes(b"weigths")
    code, lines = ended(run, store, "--repair")
    assert code == 1
    assert {line.split(":")[0] for line in lines[:2]} == {torch.name, face.name}
    assert "it is fetched again" in lines[-1]
    assert torch.exists()
