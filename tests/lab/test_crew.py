"""Several processes: the same pictures as one, whatever dies. Two CPUs stand for GPUs."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace

import pytest
import torch

from generator.artifacts import Rendering
from generator.errors import MachineError, ReportError
from generator.lab import crew, devices, work
from generator.lab.models import Bench
from generator.objectives import Objective, Term, of_channel
from generator.plan import RenderTask, Step
from generator.recipes import Recipe, Scale

SHORT = Recipe("short", 1, (Scale(24, 3, 0.2, 3),), (0.5, 0.9), 0.0, True)
TASK = RenderTask("3", of_channel(0), SHORT, 0)
CPU = torch.device("cpu")


def steps(*tasks: RenderTask) -> list[Step[RenderTask]]:
    return [Step(task, f"key {number}", "new") for number, task in enumerate(tasks)]


def pictures(made: list[work.Made]) -> dict[str, bytes]:
    return {
        key: artifact.png
        for batch in made
        for key, artifact in batch
        if isinstance(artifact, Rendering)
    }


def test_two_processes_make_what_one_makes_though_one_is_killed(bench: Bench) -> None:
    due = steps(*(replace(TASK, objective=of_channel(number)) for number in range(6)))
    alone = pictures(list(work.render(due, bench, pytest.fail)))
    said: list[str] = []
    made: list[work.Made] = []
    for batch in crew.render(due, bench, said.append, crew=[CPU, CPU]):
        made.append(batch)
        if len(made) == 1:
            multiprocessing.active_children()[0].kill()
    assert pictures(made) == alone
    assert [text for text in said if "a process on cpu died" in text]
    assert multiprocessing.active_children() == []


def test_a_refusal_comes_through(bench: Bench) -> None:
    beyond = replace(TASK, objective=Objective((Term(0, at=(99, 99)),)))
    with pytest.raises(ReportError, match="no row 99, column 99"):
        list(crew.render(steps(beyond, beyond), bench, pytest.fail, crew=[CPU, CPU]))
    assert multiprocessing.active_children() == []


def test_pictures_that_kill_every_process_are_given_up(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew._Worker, "answer", lambda *_: None)  # dead, whenever it is asked
    monkeypatch.setattr(crew, "_ready", lambda workers: [0] if workers[0].due else [])
    with pytest.raises(MachineError, match="3 processes died over the same pictures"):
        list(crew.render(steps(TASK), bench, lambda _: None, crew=[CPU, CPU]))


def test_one_device_needs_no_process(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew._Worker, "start", lambda *_: pytest.fail("a process"))
    assert list(crew.render(steps(TASK), bench, pytest.fail, crew=[CPU]))


def test_all_gpus_are_used_unless_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 3)
    assert [str(each) for each in devices.crew("auto")] == ["cuda:0", "cuda:1", "cuda:2"]
    monkeypatch.setattr(devices, "choose", torch.device)
    assert [str(each) for each in devices.crew("cuda:1")] == ["cuda:1"]
    assert [str(each) for each in devices.crew("cpu")] == ["cpu"]


def test_batches_are_those_of_a_single_process() -> None:
    tasks = [replace(TASK, variant=number) for number in range(2)]
    tasks += [replace(TASK, objective=of_channel(1)), replace(TASK, layer="5")]
    cut = [[step.key for step in batch] for batch in work.batches(steps(*tasks), CPU)]
    assert cut == [["key 0", "key 1"], ["key 2"], ["key 3"]]
