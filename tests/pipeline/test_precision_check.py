"""Precisions of a report: refused before any work, unless the store holds the pictures."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from generator.lab import capabilities
from generator.lab.accelerate import precision
from generator.lab.accelerate.precision import Arithmetic
from generator.pipeline import precision_check
from generator.store.store import Store
from generator.system.precision import Capabilities
from generator.system.processor import Processor
from tests.conftest import SMALL, Run, make_project

PLACES = {  # where a precision may be written: what is replaced in the small report, and by what
    "render": ("stability: 1}", "stability: 1, precision: int8}"),
    "layer": ("filters: [12, 33]}", "filters: [12, 33], render: {precision: int8}}"),
    "filter": ("filters: [12, 33]}", "filters: [12, {filter: 33, precision: int8}]}"),
    "objective": (
        "filters: [12, 33]}",
        "filters: [12, 33], objectives: [{id: quiet, filter: 2, negative: true, precision: int8}]}",
    ),
    "all": ("filters: [12, 33]}", "filters: all, render: {precision: int8}}"),
}
AVX2 = Processor("x86_64", "AMD", frozenset({"avx", "avx2"}))
LIMITED = Capabilities("this device", bf16="slow", int8="none")
REFUSAL = "error: precision int8 needs an x86 CPU with AVX512-VNNI or AVX-VNNI"
REMEDY = "precisions that work here: auto, fp32, bf16 (slowly)"


@pytest.fixture(autouse=True)
def limited(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine with AVX2 alone, whatever it is."""
    monkeypatch.setattr(precision_check, "processor", lambda: AVX2)
    monkeypatch.setattr(precision_check, "_GPUS", ())
    monkeypatch.setattr(capabilities, "of", lambda _device: LIMITED)
    return iter([None])


def written(folder: Path, place: str, precision: str = "int8") -> Path:
    old, new = PLACES[place]
    assert old in SMALL
    return make_project(folder, SMALL.replace(old, new.replace("int8", precision)))


def refuse_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("weights were loaded")

    monkeypatch.setattr("generator.lab.loading.weights.obtain", refuse)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("command", ["check", "plan", "build"])
def test_it_is_refused_before_weights_are_loaded(
    command: str, place: str, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_weights(monkeypatch)
    ended = run(command, "--spec", written(tmp_path, place))
    assert ended.code == 3
    assert ended.err.startswith(REFUSAL)
    assert REMEDY in ended.err
    assert not ended.out
    assert not list(tmp_path.glob(".filterbook/objects/*/*"))


@pytest.mark.parametrize("place", ["render", "filter"])
def test_a_slow_one_is_warned_of_by_check(place: str, tmp_path: Path, run: Run) -> None:
    ended = run("check", "--spec", written(tmp_path, place, "bf16"))
    assert ended.code == 0
    assert ended.err.count("warning: precision bf16 is slower than fp32") == 1
    assert run("check", "--spec", make_project(tmp_path / "auto")).err == ""


def test_a_gpu_may_be_faster_than_the_processor(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision_check, "_GPUS", (str(tmp_path),))
    assert run("check", "--spec", written(tmp_path / "a", "render", "bf16")).err == ""
    assert run("check", "--spec", written(tmp_path / "b", "render")).code == 3


def test_one_picture_is_refused_before_weights_are_loaded(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_weights(monkeypatch)
    to = tmp_path / "picture.png"
    asked = ("--spec", make_project(tmp_path / "a"), "-o", to, "--precision", "int8")
    ended = run("render", "features.5", "12", *asked)
    assert (ended.code, ended.err.startswith(REFUSAL)) == (3, True)
    assert REMEDY in ended.err
    spec = written(tmp_path / "b", "filter")
    assert run("render", "features.5", "33", "--spec", spec, "-o", to).code == 3
    assert not to.exists()


def test_what_the_store_holds_may_be_of_any_precision(
    built: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pictures made on another machine are published from one that cannot make them."""
    folder = tmp_path / "copy"
    shutil.copytree(built.parent, folder)
    spec = folder / built.name
    said = run("plan", "--spec", spec)
    assert said.code == 0
    elsewhere = replace(LIMITED, int8="fast")
    monkeypatch.setattr(capabilities, "of", lambda _: elsewhere)
    choose = precision.choose
    plain = Arithmetic(torch.float32)
    monkeypatch.setattr(precision, "choose", lambda *_, **__: plain)
    old, new = PLACES["filter"]
    spec.write_text(spec.read_text().replace(old, new))
    assert run("build", "--spec", spec, "--device", "cpu").code in (0, 1)
    monkeypatch.setattr(precision, "choose", choose)
    monkeypatch.setattr(capabilities, "of", lambda _: LIMITED)
    assert run("build", "--spec", spec, "--device", "cpu").code in (0, 1)
    assert run("plan", "--spec", spec).code == 0
    checked = run("check", "--spec", spec)
    assert checked.code == 0
    assert "a build takes such pictures from the store, or is refused" in checked.err
    spec.write_text(spec.read_text().replace("size: 64", "size: 72"))
    for command in ("plan", "build"):
        ended = run(command, "--spec", spec, "--device", "cpu")
        assert ended.code == 3
        assert "is not (render features.5:33)" in ended.err
    assert not Store(folder / ".filterbook").empty
