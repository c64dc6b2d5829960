"""The whole way on the real VGG-16: build, build again, change, kill, damage, interrupt."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import SMALL, Run, make_project

SMALLEST = "{size: 56, stability: 1}"
MANY = SMALL.replace("[12, 33]", "[1, 2, 12, 33]")


@pytest.fixture
def project(built: Path, tmp_path: Path) -> Path:
    """A copy of the report that was built, to change; gives its spec's path."""
    shutil.copytree(built.parent, tmp_path / "report")
    return tmp_path / "report" / "report.yml"


def build(run: Run, spec: Path, *, code: int = 0) -> list[str]:
    """Build and give what was said, line by line."""
    ended = run("build", "--spec", spec, "--device", "cpu")
    assert ended.code == code, ended.err
    assert ended.out == ""
    return ended.err.splitlines()


def to_make(said: list[str]) -> dict[str, int]:
    """What had to be made, by the stage's name."""
    lines = [line for line in said if line.endswith(" to make")]
    return {line.split(":")[0]: int(line.split(":")[1].split()[0]) for line in lines}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def objects(spec: Path) -> dict[str, bytes]:
    return contents(spec.parent / ".filterbook" / "objects")


def replace(spec: Path, before: str, after: str) -> None:
    text = spec.read_text()
    assert before in text
    spec.write_text(text.replace(before, after))


def test_a_site_with_pictures_and_results(built: Path) -> None:
    site = built.parent / "site"
    results = json.loads((site / "results.json").read_text())
    assert [claim["id"] for claim in results["claims"]] == ["fish"]
    for number in (12, 33):
        data = (site / "pictures" / "features.5" / f"{number}.png").read_bytes()
        assert data.startswith(b"\x89PNG")
    assert (site / "index.html").is_file()
    assert len(objects(built)) >= 2 + 8 + 1


def test_a_second_build_makes_nothing_and_the_same_bytes(run: Run, project: Path) -> None:
    before = contents(project.parent / "site"), objects(project)
    assert to_make(build(run, project)) == {}
    assert (contents(project.parent / "site"), objects(project)) == before


def test_a_claim_s_words_cost_nothing(run: Run, project: Path) -> None:
    before = objects(project)
    replace(project, "Fish of all kinds", "Anything that swims")
    assert to_make(build(run, project)) == {}
    assert objects(project) == before
    assert b"Anything that swims" in (project.parent / "site" / "results.json").read_bytes()


def test_another_filter_is_made_alone_and_the_rest_again_when_damaged(
    run: Run, project: Path
) -> None:
    before = objects(project)
    replace(project, "[12, 33]", "[13, 33]")
    assert to_make(build(run, project))["pictures"] == 1
    assert before.items() <= objects(project).items()
    folder = project.parent / ".filterbook" / "objects"
    name, data = max(before.items(), key=lambda item: len(item[1]))
    (folder / name).write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    said = build(run, project)
    assert sum(to_make(said).values()) <= 1
    if to_make(said):  # the largest object may be the picture of filter 12, which nobody asks for
        assert any(line.startswith("warning: ") and "damaged" in line for line in said)
        assert "warning: warning" not in "".join(said)
        assert (folder / name).read_bytes() == data


def test_a_damaged_picture_is_made_again_with_the_same_bytes(run: Run, project: Path) -> None:
    folder = project.parent / ".filterbook" / "objects"
    before = objects(project)
    pictures = [name for name, data in before.items() if b'\\"Rendering\\"' in data]
    assert len(pictures) == 2
    path = folder / pictures[0]
    path.write_bytes(before[pictures[0]][:-9])
    said = build(run, project)
    assert to_make(said) == {"pictures": 1}
    assert len([line for line in said if "is damaged" in line]) == 1
    after = {name: data for name, data in objects(project).items() if ".damaged" not in name}
    assert after == before


def test_a_new_photograph_is_scanned_alone(run: Run, project: Path) -> None:
    shutil.copy(
        Path(__file__).parents[2] / "images" / "buildings" / "colosseum.jpg",
        project.parent / "photographs" / "birds",
    )
    assert to_make(build(run, project)).get("responses") == 1


def start(spec: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "generator", "build", "--spec", str(spec), "--device", "cpu"]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def pictures_of(spec: Path) -> dict[str, bytes]:
    """The pictures that are stored, small ones included."""
    return {
        name: data
        for name, data in objects(spec).items()
        if name.endswith(".safetensors") and b'\\"Rendering\\"' in data
    }


def wait_for_a_picture(process: subprocess.Popen[str], spec: Path) -> None:
    """Until the first picture is stored."""
    deadline = time.monotonic() + 100
    while not pictures_of(spec):
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_killed_build_goes_on_where_it_was(run: Run, tmp_path: Path) -> None:
    spec = make_project(tmp_path, MANY)
    process = start(spec)
    wait_for_a_picture(process, spec)
    process.kill()
    process.communicate()
    pictures = pictures_of(spec)
    assert 1 <= len(pictures) < 4
    assert to_make(build(run, spec))["pictures"] == 4 - len(pictures)
    assert pictures.items() <= objects(spec).items()


def test_a_whole_layer_that_was_killed_repeats_one_batch(run: Run, tmp_path: Path) -> None:
    layer = "{layer: features.0, filters: all}"
    spec = make_project(tmp_path, f"version: 1\ntitle: t\nrender: {SMALLEST}\nlayers: [{layer}]\n")
    process = start(spec)
    while len(objects(spec)) < 3:
        wait_for_a_picture(process, spec)
        time.sleep(0.01)
    process.kill()
    process.communicate()
    pictures = pictures_of(spec)
    told = run("plan", "--spec", spec).out
    assert f"render features.0, {64 - len(pictures)} pictures: new" in told
    assert f"{64 - len(pictures)} of 64 pictures" in told


def test_ctrl_c_finishes_what_is_in_flight(tmp_path: Path) -> None:
    spec = make_project(tmp_path, MANY)
    process = start(spec)
    wait_for_a_picture(process, spec)
    os.kill(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "finishing the batch in flight" in err
    assert err.splitlines()[-1] == "interrupted: run the same command to go on from here"
    assert "Traceback" not in err
    assert all(name.endswith(".safetensors") for name in objects(spec))
    assert not (spec.parent / "site").exists()


def test_the_same_photograph_under_two_names_is_measured_once(run: Run, project: Path) -> None:
    first = next((project.parent / "photographs" / "birds").iterdir())
    shutil.copy(first, first.with_name("again.jpg"))
    shutil.rmtree(project.parent / ".filterbook")
    assert to_make(build(run, project))["responses"] == 8
