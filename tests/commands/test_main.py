"""The command line: what it refuses, with which exit code, and what it writes."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import generator
from generator.artifacts.artifact import Responses
from generator.store.store import Store
from tests.conftest import Run, make_project


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A report that was never built."""
    return make_project(tmp_path / "fresh")


def program(
    *arguments: object, environment: dict[str, str] | None = None, prelude: str = ""
) -> subprocess.CompletedProcess[str]:
    """The command line in a fresh interpreter."""
    code = f"{prelude}\nimport sys\nfrom generator.__main__ import main\nmain()"
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **(environment or {})},
    )


# ---- usage


@pytest.mark.parametrize("command", ["build", "plan", "check"])
def test_no_spec(run: Run, tmp_path: Path, command: str) -> None:
    ended = run(command, "--spec", tmp_path / "report.yml")
    assert ended.code == 2
    assert ended.out == ""
    assert ended.err.startswith("error: ")
    assert "report.yml" in ended.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["buid"],
        ["build", "--devise", "cpu"],
        ["build", "--log-format", "xml"],
        ["render", "features.5", "-1", "-o", "a.png"],
        ["render", "features.5", "3"],
        ["render", "features.5", "3", "-o", "a.png", "--size", "10"],
        ["render", "features.5", "3", "-o", "a.png", "--recipe", "other"],
        ["score", "features.5"],
        ["serve", "--port", "70000"],
    ],
)
def test_what_the_command_line_does_not_know(run: Run, arguments: list[str]) -> None:
    ended = run(*arguments)
    assert ended.code == 2
    assert ended.out == ""
    first, second = ended.err.splitlines()
    assert first.startswith("error: ")
    assert first.endswith("Did you mean 'build'?") == (arguments == ["buid"])
    assert "--help" in second


def test_a_spoiled_spec_shows_the_place(run: Run, spec: Path) -> None:
    spec.write_text(spec.read_text().replace("seed: 0", "sede: 0").replace("12, 33", "12, 128"))
    ended = run("check", "--spec", spec)
    assert ended.code == 2
    assert ended.out == ""
    lines = ended.err.splitlines()
    assert "report.yml:3:" in ended.err
    assert "sede" in ended.err
    assert "seed" in ended.err
    assert "128" in ended.err
    carets = [line for line in lines if line.strip() == "^"]
    assert len(carets) == 2
    position = lines.index(carets[0])
    assert lines[position - 1][len(carets[0]) - 1 :].startswith("sede")
    assert lines[-1].strip().startswith("2 problems")


def test_a_hostile_spec_does_not_reach_the_terminal(run: Run, spec: Path) -> None:
    spec.write_text(spec.read_text() + '"\\e[31mred\\u202e": 1\n')
    ended = run("check", "--spec", spec)
    assert ended.code == 2
    assert "\x1b" not in ended.err
    assert "\u202e" not in ended.err


@pytest.mark.parametrize("command", ["render", "score"])
@pytest.mark.parametrize(
    ("layer", "words"),
    [("features.55", "features.5"), ("features.", "no layer"), ("99", "no layer 'features.99'")],
)
def test_a_layer_that_is_not_there(
    run: Run, spec: Path, command: str, layer: str, words: str
) -> None:
    last = ["3", "-o", spec.parent / "a.png"] if command == "render" else [spec]
    ended = run(command, layer, *last, "--spec", spec)
    assert ended.code == 2
    assert "vgg16 has no layer" in ended.err
    assert words in ended.err


def test_a_filter_out_of_range(run: Run, spec: Path) -> None:
    ended = run("render", "5", 128, "-o", spec.parent / "a.png", "--spec", spec)
    assert ended.code == 2
    assert "features.5 has 128 channels, filters 0 to 127: no 128" in ended.err
    ended = run("score", "conv2_1", spec, "--filter", 1000, "--spec", spec)
    assert ended.code == 2
    assert "no 1000" in ended.err


def test_what_is_no_photograph(run: Run, spec: Path) -> None:
    ended = run("score", "5", spec, "--spec", spec)
    assert ended.code == 2
    assert "report.yml cannot be used: it is no JPEG" in ended.err


def test_nothing_asked_is_answered_with_help(run: Run) -> None:
    ended = run()
    assert ended.code == 2
    assert "build" in ended.out
    assert ended.err == ""


# ---- the environment


@pytest.mark.parametrize("where", ["missing/a.png", "."])
def test_an_output_that_cannot_be_written(run: Run, spec: Path, where: str) -> None:
    ended = run("render", "5", 3, "-o", spec.parent / where, "--spec", spec)
    assert ended.code == 3
    assert "cannot be written" in ended.err


def test_a_disk_that_is_full(run: Run, spec: Path) -> None:
    photograph = next((spec.parent / "photographs" / "fish").iterdir())
    ended = run("score", "5", photograph, "-o", "/dev/full", "--spec", spec)
    assert ended.code == 3
    assert "No space left on device" in ended.err


@pytest.mark.parametrize("device", ["cuda:99", "nonsense", "meta"])
def test_a_device_that_is_not_there(run: Run, spec: Path, device: str) -> None:
    ended = run("build", "--spec", spec, "--device", device)
    assert ended.code == 3
    assert f"device '{device}' cannot be used" in ended.err
    assert "--device cpu" in ended.err


def test_a_store_that_cannot_be_used(run: Run, spec: Path) -> None:
    ended = run("build", "--spec", spec, "--store", spec, "--device", "cpu")
    assert ended.code == 2
    assert "report.yml is not a folder\n  choose another folder with --store" in ended.err


def test_a_closed_pipe_is_no_failure() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "generator", "schema"],
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_terminal_without_unicode(spec: Path) -> None:
    name = spec.parent / "photographs" / "fish" / "Ω → \udce9.jpg"
    shutil.copy(next((spec.parent / "photographs" / "fish").iterdir()), name)
    narrow = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "1"}
    done = program("score", "5", name, "--spec", spec, environment=narrow)
    assert done.returncode == 0, done.stderr
    assert "\\u2192" in done.stdout


# ---- what it tells


def test_the_schema_is_json(run: Run) -> None:
    ended = run("schema")
    assert ended.code == 0
    assert json.loads(ended.out)["properties"].keys() >= {"version", "layers", "claims"}
    assert ended.err == ""


def test_the_version(run: Run) -> None:
    ended = run("--version")
    assert (ended.code, ended.out) == (0, f"filterbook {generator.__version__}\n")


@pytest.mark.parametrize("command", ["build", "plan", "check", "render", "score", "serve"])
def test_help(run: Run, command: str) -> None:
    ended = run(command, "--help")
    assert ended.code == 0
    assert "--spec" in ended.out


def test_check_needs_no_torch(spec: Path) -> None:
    prelude = """
import sys

class Refuse:
    @staticmethod
    def find_spec(name, *_):
        if name.partition(".")[0] in ("torch", "torchvision", "onnx"):
            raise ImportError(name)

sys.meta_path.insert(0, Refuse)
"""
    done = program("check", "--spec", spec, prelude=prelude)
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        "report.yml: 1 layer, 2 filters, 1 claim, 8 photographs: nothing wrong\n"
    )


def test_the_plan_of_a_fresh_report(run: Run, spec: Path) -> None:
    ended = run("plan", "--spec", spec)
    assert ended.code == 0
    *told, time, disk, rests = ended.out.splitlines()
    assert told == [
        "render features.5:12: new",
        "render features.5:33: new",
        "scan 8 responses of a layer to a photograph: new",
        "2 of 2 pictures and 8 of 8 responses are due; the feature maps shown depend on them",
    ]
    assert time.startswith("time: about ")
    assert " of one core (pictures " in time
    assert disk.startswith("disk: about ")
    assert rests.startswith("estimated from steps at features.5 and two photographs, timed just")
    assert not (spec.parent / ".filterbook").exists()


def test_the_plan_without_weights(run: Run, spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILTERBOOK_CACHE", str(spec.parent / "empty"))
    monkeypatch.setenv("TORCH_HOME", str(spec.parent / "empty"))
    ended = run("plan", "--spec", spec)
    assert ended.code == 0
    assert "render features.5:12: the weights have not been fetched yet" in ended.out
    assert ended.out.splitlines()[-1].startswith("how long it takes is known once the weights are")
    assert not (spec.parent / "empty" / "weights").exists()


def test_the_plan_gives_reasons(run: Run, built: Path, tmp_path: Path) -> None:
    shutil.copytree(built.parent, tmp_path / "report")
    spec = tmp_path / "report" / "report.yml"
    assert run("plan", "--spec", spec).out.startswith("0 of 2 pictures and 0 of 8 responses")
    spec.write_text(spec.read_text().replace("size: 64, seed: 0", "size: 72, seed: 4"))
    told = run("plan", "--spec", spec).out.splitlines()
    assert told[0] == "render features.5:12: size 64 → 72, seed 0 → 4"
    assert told[1:-3] == [
        "render features.5:33: size 64 → 72, seed 0 → 4",
        "2 of 2 pictures and 0 of 8 responses are due; the feature maps shown depend on them",
    ]


# ---- one picture, a few scores


def test_one_picture_by_hand_is_the_report_s(run: Run, built: Path, tmp_path: Path) -> None:
    target = tmp_path / "one.png"
    ended = run("render", "conv2_1", 33, "-o", target, "--spec", built, "--device", "cpu")
    assert ended.code == 0, ended.err
    assert ended.out == ""
    assert "one.png: features.5:33, published activation" in ended.err
    picture = built.parent / "site" / "pictures" / "features.5" / "33.png"
    assert target.read_bytes() == picture.read_bytes()
    other = run("render", 5, 33, "-o", target, "--seed", 9, "--spec", built, "--device", "cpu")
    assert other.code == 0
    assert target.read_bytes() != picture.read_bytes()


def test_scores_are_those_of_the_scan(run: Run, built: Path, tmp_path: Path) -> None:
    paths = sorted((built.parent / "photographs" / "fish").iterdir())[:2]
    ended = run("score", "features.5", *paths, "--filter", 33, "--spec", built, "--device", "cpu")
    assert ended.code == 0, ended.err
    rows = list(csv.DictReader(io.StringIO(ended.out)))
    assert [row["image"] for row in rows] == [path.name for path in paths]
    assert {(row["layer"], row["filter"], row["of"]) for row in rows} == {
        ("features.5", "33", "128")
    }
    store = Store(built.parent / ".filterbook", pytest.fail)
    for row, path in zip(rows, paths, strict=True):
        responses = scanned(store, path)
        assert float(row["mean"]) == pytest.approx(float(responses.mean_after[33]), rel=1e-4)
        assert float(row["max"]) == pytest.approx(float(responses.max_after[33]), rel=1e-4)
        stronger = (responses.mean_after > responses.mean_after[33]).sum()
        assert int(row["rank"]) == 1 + stronger
    target = tmp_path / "scores.csv"
    everything = run("score", 5, paths[0], "-o", target, "--spec", built, "--device", "cpu")
    assert (everything.code, everything.out) == (0, "")
    assert [row["rank"] for row in csv.DictReader(io.StringIO(target.read_text()))] == [
        "1",
        "2",
        "3",
        "4",
        "5",
    ]


def scanned(store: Store, path: Path) -> Responses:
    """What the build's own scan found for a photograph."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    keys = {each.name.split(".")[0] for each in store.folder.rglob("*.safetensors")}
    found = [store.get(key) for key in sorted(keys)]
    (responses,) = [
        each for each in found if isinstance(each, Responses) and each.photograph == digest
    ]
    return responses


# ---- gates


def test_a_gate_that_fails_is_exit_code_1(run: Run, built: Path, tmp_path: Path) -> None:
    shutil.copytree(built.parent, tmp_path / "report")
    spec = tmp_path / "report" / "report.yml"
    spec.write_text(spec.read_text() + "gates: {min_supported: 1}\n")
    ended = run("build", "--spec", spec, "--device", "cpu", "--log-format", "json")
    assert ended.code == 1
    events = [json.loads(line) for line in ended.err.splitlines()]
    assert any("FAILED" in event["text"] for event in events)
    assert (tmp_path / "report" / "site" / "index.html").is_file()


def test_an_objective_that_the_spec_does_not_have(run: Run, tmp_path: Path) -> None:
    spec = make_project(tmp_path)
    ended = run("render", "features.5", "three", "-o", tmp_path / "a.png", "--spec", spec)
    assert ended.code == 2
    assert "'three'" in ended.err.splitlines()[0]
    assert "number" in ended.err.splitlines()[1]
    assert not (tmp_path / "a.png").exists()
