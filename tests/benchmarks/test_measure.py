"""What is due: finished work is kept, an interrupted run goes on, old versions are made again."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks import __main__ as bench
from benchmarks import engine, matrix, sheet
from benchmarks.cli import parse
from benchmarks.runner import measure
from benchmarks.runner.job import Job, Timing, eight_bits, read_jobs, write_jobs
from benchmarks.runner.measure import Shelf, in_environment
from benchmarks.tools import OURS, TOOLS
from generator.errors import MachineError, ReportError

JOB = Job("lucent", "features.28", 501, 0, 224)


def put(shelf: Shelf, job: Job, *, run: int = 0, version: str = "0.1.8") -> None:
    timing = Timing(wall=1, cpu=2, threads=2, version=version, run=run)
    (shelf.folder / f"{job.slug}.json").write_text(json.dumps(asdict(timing)), encoding="utf-8")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def test_finished_work_is_kept(shelf: Shelf) -> None:
    assert shelf.due([JOB]) == [JOB]
    put(shelf, JOB)
    assert shelf.due([JOB]) == []
    assert shelf.due([JOB], run=1) == [JOB]
    put(shelf, JOB, run=1)
    assert shelf.due([JOB], run=1) == []
    put(shelf, JOB, version="0.1.7")
    assert shelf.due([JOB]) == [JOB]


def test_a_recipe_that_changed_is_made_again(shelf: Shelf) -> None:
    job = Job("multiscale", "features.28", 501, 0, 224, budget=2)
    put(shelf, job, version=engine.version(job))
    assert shelf.due([job]) == []
    put(shelf, job, version=engine.version(Job("multiscale", "features.28", 501, 0, 224)))
    assert shelf.due([job]) == [job]


def test_an_interrupted_run_goes_on(shelf: Shelf) -> None:
    assert shelf.begin(anew=False) == 1
    assert shelf.begin(anew=False) == 1
    assert shelf.begin(anew=True) == 2
    shelf.finish()
    assert shelf.latest() == 2
    assert shelf.begin(anew=False) == 3


def test_a_budget_multiplies_the_steps() -> None:
    whole = engine.recipe(Job("multiscale", "features.28", 1, 0, 224))
    half = engine.recipe(Job("multiscale", "features.28", 1, 0, 224, budget=0.5))
    assert [scale.steps for scale in half.scales] == [s.steps // 2 for s in whole.scales]
    least = engine.recipe(Job("multiscale", "features.28", 1, 0, 224, budget=0.001))
    assert {scale.steps for scale in least.scales} == {1}


def test_jobs_survive_the_file_and_have_names_of_their_own(tmp_path: Path) -> None:
    jobs = [*matrix.timed(True, matrix.FILTERS), *matrix.judged(True, matrix.FILTERS)]
    write_jobs(tmp_path / "jobs.json", jobs)
    assert read_jobs(tmp_path / "jobs.json") == jobs
    assert len({job.slug for job in jobs}) == len(set(jobs))


def test_the_default_asks_the_slowest_peer_for_one_picture() -> None:
    quick, full = (matrix.timed(full, matrix.FILTERS) for full in (False, True))
    assert {job.tool for job in quick} == {*OURS, "article code", "lucent", "dreamlens", "horama"}
    assert [job.unit for job in quick if job.tool == "horama"] == ["features.10:7"]
    assert set(quick) < set(full)
    assert {job.size for job in full if job.tool == "horama"} == {1280}
    units = {(job.layer, job.filter) for job in quick if job.size == 408}
    assert units == {
        ("features.28", 501),
        ("features.28", 286),
        ("features.21", 54),
        ("features.10", 7),
    }


def test_a_worker_makes_a_picture_in_a_process_of_its_own(
    shelf: Shelf, source: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    job = Job("article code", "features.5", 12, 0, 60, budget=0.1)
    measure.measure([job], shelf, source, run=1, say=lambda _: None)
    with Image.open(shelf.picture(job)) as made:
        assert made.size == (60, 60)
    timing = shelf.timing(job)
    assert timing is not None
    assert timing.wall > 0
    assert timing.cpu > 0
    assert timing.run == 1
    assert "article-code_features.5_12_s0_60px_x0.1" in capfd.readouterr().err


def test_failures_are_refusals(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(MachineError, match="not installed"):
        in_environment(tmp_path / "python", "benchmarks.runner.worker")
    with pytest.raises(MachineError, match="nothing ended with 1"):
        in_environment(Path(sys.executable), "benchmarks.nothing")
    assert "No module named benchmarks.nothing" in capfd.readouterr().err


def test_own_filters_and_photographs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = parse(["--filters", "features.28:1,2", "--filters", "features.5:3"], "")
    assert asked.filters == {"features.28": (1, 2), "features.5": (3,)}
    assert asked.own
    assert parse(["--photographs", str(tmp_path)], "").own
    assert not parse([], "").own
    for wrong in (["--tools", "lucid"], ["--photographs", str(tmp_path / "none")],
                  ["--filters", "features.28"]):  # fmt: skip
        with pytest.raises(SystemExit):
            parse(wrong, "")
    told = capsys.readouterr().err
    assert "no such tool: lucid" in told
    assert "is no folder" in told


def test_what_is_to_be_added() -> None:
    asked = parse(["--add", "--tools", "lucent", "--seeds", "1,2"], "")
    assert (asked.add, asked.own, asked.seeds) == (True, False, (1, 2))


def test_to_pictures_of_another_version_none_are_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "prepare", lambda: (Shelf(tmp_path), tmp_path))
    monkeypatch.setattr(bench, "measure", lambda *_args, **_named: pytest.fail("measured"))
    monkeypatch.setattr(bench, "version", lambda job: "newer" if job.tool == "maco" else "")
    asked = parse(["--add", "--tools", "maco", "--seeds", "7"], "")
    with pytest.raises(ReportError, match="the page has maco of another version"):
        bench.bench(asked)


def test_other_photographs_are_refused_before_hours_of_measuring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "prepare", lambda: (Shelf(tmp_path), tmp_path))
    monkeypatch.setattr(bench, "measure", lambda *_args, **_named: pytest.fail("measured"))
    asked = parse(["--add", "--tools", "lucent", "--seeds", "7"], "")
    with pytest.raises(ReportError, match="0 photographs now, 462 when"):
        bench.bench(replace(asked, photographs=tmp_path))


def test_a_sheet_leaves_room_for_what_is_missing(tmp_path: Path) -> None:
    picture = np.full((224, 224, 3), (200, 0, 0), np.uint8)
    canvas = sheet.sheet(["a", "b"], [("features.28:501", [picture, None])], side=160)
    line = canvas[sheet.HEADER + 80]
    assert tuple(line[sheet.MARGIN + 80]) == (200, 0, 0)
    assert tuple(line[sheet.MARGIN + 160 + sheet.GAP + 80]) == (255, 255, 255)
    sheet.save(canvas, tmp_path / "deep" / "sheet.webp")
    with Image.open(tmp_path / "deep" / "sheet.webp") as saved:
        assert saved.size == canvas.shape[1::-1]


def test_eight_bits_are_rounded_and_clipped() -> None:
    assert eight_bits([-1.0, 0.5, 0.999, 2.0]).tolist() == [0, 128, 255, 255]


def test_every_tool_has_a_module() -> None:
    for tool in TOOLS.values():
        assert (measure.HOME / f"{tool.module.replace('.', '/')}.py").is_file()
