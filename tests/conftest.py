"""A small report on the real VGG-16: two filters, one claim, eight real photographs."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.isolation import heed_ctrl_c, once, one_thread_each, undisturbed

heed_ctrl_c()
one_thread_each()
from generator import __main__ as program  # noqa: E402 - it may load torch

# How long inputs take to make says how busy the machine is, not whether the code is right.
# Without a database, no examples of earlier runs or of another worker are tried first.
settings.register_profile(
    "any machine", deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")

LIBRARY = Path(__file__).parents[1] / "images"
SMALL = """\
version: 1
title: A small report
render: {recipe: multiscale, size: 64, seed: 0, stability: 1}
layers:
  - {layer: features.5, title: conv2_1, filters: [12, 33]}
claims:
  - id: fish
    layer: features.5
    filter: 33
    statement: Fish of all kinds
    positives: [photographs/fish]
    controls: [photographs/birds]
"""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit code and what it wrote."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


def make_project(folder: Path, text: str = SMALL) -> Path:
    """Write a report with its photographs; gives the spec's path."""
    for kind in ("fish", "birds"):
        target = folder / "photographs" / kind
        target.mkdir(parents=True)
        for path in sorted((LIBRARY / kind).glob("*.jpg"))[:4]:
            shutil.copy(path, target)
    spec = folder / "report.yml"
    spec.write_text(text, encoding="utf-8")
    return spec


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line in this process."""

    def run(*arguments: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["filterbook", *map(str, arguments)])
        capsys.readouterr()
        code = program._run()
        out, err = capsys.readouterr()
        return Ended(int(code), out, err)

    return run


@pytest.fixture(autouse=True)
def alone() -> Iterator[None]:
    """No test leaves anything behind for the next one."""
    with undisturbed():
        yield


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The spec of the small report, built once; tests copy its folder before they change it.

    Every worker has a copy of its own: commands lock the store that they read.
    """

    def build(folder: Path) -> None:
        command = ["filterbook", "build", "--spec", str(make_project(folder)), "--device", "cpu"]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", command)
            assert program._run() == 0

    folder = tmp_path_factory.mktemp("report") / "report"
    shutil.copytree(once(tmp_path_factory, "built", build), folder)
    return folder / "report.yml"
