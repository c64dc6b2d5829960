"""Several processes: the same pictures as one, whatever dies. Two CPUs stand for GPUs."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from generator.artifacts.artifact import Rendering
from generator.artifacts.blobs import Blob
from generator.errors import MachineError, ReportError
from generator.images.photographs import Photograph
from generator.lab import devices
from generator.lab.engines import batching, open_engine, task_runners
from generator.lab.engines.multi_gpu import MultiGpuEngine
from generator.lab.loading.models import Bench
from generator.plan import RenderTask, ResponseTask, Step
from generator.recipes.objective import Objective, Term, of_channel
from generator.recipes.presets import Recipe, Scale

SHORT = Recipe("short", 1, (Scale(24, 3, 0.2, 3),), (0.5, 0.9), 0.0, True)
TASK = RenderTask("3", of_channel(0), SHORT, 0)
CPU = torch.device("cpu")


def steps(*tasks: RenderTask) -> list[Step[RenderTask]]:
    return [Step(task, f"key {number}", "new") for number, task in enumerate(tasks)]


def pictures(made: list[batching.Made]) -> dict[str, Blob]:
    return {
        key: artifact.png
        for batch in made
        for key, artifact in batch
        if isinstance(artifact, Rendering)
    }


def test_two_processes_make_what_one_makes_though_one_is_killed(bench: Bench) -> None:
    due = steps(*(replace(TASK, objective=of_channel(number)) for number in range(6)))
    alone = pictures(list(task_runners.RENDER.run(due, bench, pytest.fail)))
    said: list[str] = []
    made: list[batching.Made] = []
    with closing(MultiGpuEngine([CPU, CPU])) as both:
        for batch in both.run(task_runners.RENDER, due, bench, said.append):
            made.append(batch)
            if len(made) == 1:
                multiprocessing.active_children()[0].kill()
    assert pictures(made) == alone
    assert [text for text in said if "a process on cpu died" in text]
    assert multiprocessing.active_children() == []


ORPHANED = """
import multiprocessing, torch
from dataclasses import replace
from generator.lab.engines import task_runners
from generator.lab.engines.multi_gpu import MultiGpuEngine
from generator.lab.loading.models import Bench
from generator.models.card import ModelCard
from generator.recipes.presets import Scale
from tests.lab.conftest import PREPROCESSING, TINY, tiny_network
from tests.lab.engines.test_crew import SHORT, TASK, steps

if __name__ == "__main__":
    card = ModelCard("tiny", "random", "0" * 64, "made here", "none", PREPROCESSING, TINY)
    cpu = torch.device("cpu")
    bench = Bench(card, tiny_network().eval().requires_grad_(False), cpu)
    endless = replace(TASK, recipe=replace(SHORT, scales=(Scale(24, 10**7, 0.2, 3),)))
    due = steps(TASK, replace(TASK, seed=1), endless, replace(endless, seed=1))
    for made in MultiGpuEngine([cpu, cpu]).run(task_runners.RENDER, due, bench, print):
        print(*(child.pid for child in multiprocessing.active_children()), flush=True)
"""


def test_workers_end_with_a_build_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "orphaned.py"
    script.write_text(ORPHANED, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    with subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, text=True, env=environment
    ) as build:
        assert build.stdout is not None
        workers = [int(pid) for pid in build.stdout.readline().split()]
        build.kill()
    assert len(workers) == 2
    deadline = time.monotonic() + 20
    while any(map(_alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(_alive, workers))


def _alive(pid: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False


def test_processes_stay_for_the_next_work(
    bench: Bench, photographs: tuple[Photograph, ...]
) -> None:
    due = [Step(ResponseTask("3", each), each.sha256, "new") for each in photographs]
    alone = dict(
        pair for made in task_runners.RESPOND.run(due, bench, pytest.fail) for pair in made
    )
    with closing(MultiGpuEngine([CPU, CPU])) as both:
        list(both.run(task_runners.RENDER, steps(TASK, replace(TASK, seed=1)), bench, pytest.fail))
        before = {child.pid for child in multiprocessing.active_children()}
        made = dict(
            pair for some in both.run(task_runners.RESPOND, due, bench, str) for pair in some
        )
        assert {child.pid for child in multiprocessing.active_children()} == before
    assert multiprocessing.active_children() == []
    assert made.keys() == alone.keys()
    for key, responses in made.items():
        np.testing.assert_array_equal(responses.mean_after, alone[key].mean_after)


def test_a_refusal_comes_through(bench: Bench) -> None:
    beyond = replace(TASK, objective=Objective((Term(0, at=(99, 99)),)))
    with (
        closing(MultiGpuEngine([CPU, CPU])) as both,
        pytest.raises(ReportError, match="no row 99, column 99"),
    ):
        list(both.run(task_runners.RENDER, steps(beyond, beyond), bench, pytest.fail))
    assert multiprocessing.active_children() == []


def test_work_that_kills_every_process_is_given_up(bench: Bench) -> None:
    with (
        closing(MultiGpuEngine([CPU, CPU])) as both,
        pytest.raises(MachineError, match="3 processes died over the same work"),
    ):
        list(both.each(deadly, [1], bench, lambda _: None))


def deadly(_item: int, _bench: Bench, _say: batching.Say) -> None:
    os._exit(9)


def test_one_device_needs_no_process(bench: Bench) -> None:
    with open_engine("local", "cpu", pytest.fail) as engine:
        assert len(list(engine.run(task_runners.RENDER, steps(TASK), bench, pytest.fail))) == 1
        assert multiprocessing.active_children() == []


def test_an_address_is_of_a_cluster() -> None:
    with pytest.raises(ReportError, match="--address is of a Ray cluster"):
        open_engine("local", "cpu", pytest.fail, address="127.0.0.1:6379").__enter__()


def test_all_gpus_are_used_unless_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 3)
    assert [str(each) for each in devices.crew("auto")] == ["cuda:0", "cuda:1", "cuda:2"]
    monkeypatch.setattr(devices, "choose", torch.device)
    assert [str(each) for each in devices.crew("cuda:1")] == ["cuda:1"]
    assert [str(each) for each in devices.crew("cpu")] == ["cpu"]


def test_batches_are_those_of_a_single_process() -> None:
    tasks = [replace(TASK, variant=number) for number in range(2)]
    tasks += [replace(TASK, objective=of_channel(1)), replace(TASK, layer="5")]
    cut = [
        [step.key for step in batch]
        for batch in task_runners.RENDER.batches(steps(*tasks), devices.room(CPU))
    ]
    assert cut == [["key 0", "key 1"], ["key 2"], ["key 3"]]
