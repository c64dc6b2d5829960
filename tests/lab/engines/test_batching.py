"""Batches: what belongs together goes together, and memory that runs out loses nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch

from generator.artifacts.artifact import FeatureMaps, Rendering, Responses
from generator.errors import MachineError
from generator.images.photographs import Photograph
from generator.lab.devices import MemoryBudget
from generator.lab.engines import batching, task_runners
from generator.lab.loading.models import Bench
from generator.lab.measure.activations import feature_maps, scan
from generator.lab.optimize.render import PictureRequest, RenderSettings, picture
from generator.models.layers import Layer
from generator.plan import MapTask, RenderTask, ResponseTask, Step, Task
from generator.recipes.objective import of_channel
from generator.recipes.presets import Recipe, Scale

SHORT = Recipe("short", 1, (Scale(24, 2, 0.2, 3),), (0.5, 0.9), 0.0, True)
OUT_OF_MEMORY = (
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"),
    MemoryError(),
    RuntimeError("[enforce fail at alloc_cpu.cpp:127] DefaultCPUAllocator: can't allocate memory"),
    RuntimeError("MPS backend out of memory (MPS allocated: 1 GB)"),
)


def steps(*tasks: Task) -> list[Step]:
    return [Step(task, f"key {number}", "new") for number, task in enumerate(tasks)]


Make = Callable[[Sequence[int]], Iterator[batching.Made]]


def numbers(count: int) -> tuple[Sequence[int], Make]:
    return range(count), lambda batch: iter([tuple((str(number), number) for number in batch)])


@pytest.mark.parametrize("reason", OUT_OF_MEMORY, ids=lambda reason: str(reason)[:20])
@pytest.mark.parametrize("room", [1, 3, 5, 8])
def test_batches_are_halved_until_they_fit(reason: Exception, room: int) -> None:
    members, make = numbers(20)
    said: list[str] = []
    sizes: list[int] = []

    def narrow(batch: Sequence[int]) -> Iterator[batching.Made]:
        sizes.append(len(batch))
        if len(batch) > room:
            raise reason
        return make(batch)

    made = [
        pair for batch in batching._in_batches(members, 8, narrow, said.append) for pair in batch
    ]
    assert made == [pair for batch in make(members) for pair in batch]
    failed = [size for size in sizes if size > room]
    assert failed == [8, 4, 2][: len(failed)]
    assert len(said) == len(failed)
    assert all(
        "out of memory" in text and f"batches of {size // 2}" in text
        for text, size in zip(said, failed, strict=True)
    )


@pytest.mark.parametrize("reason", OUT_OF_MEMORY, ids=lambda reason: str(reason)[:20])
def test_no_room_even_for_one(reason: Exception) -> None:
    members, make = numbers(6)

    def fail_late(batch: Sequence[int]) -> Iterator[batching.Made]:
        if max(batch) >= 4:
            raise reason
        return make(batch)

    made = []
    with pytest.raises(MachineError, match="no room even for a batch of one") as refusal:
        for batch in batching._in_batches(members, 4, fail_late, lambda _: None):
            made += batch
    assert made == list(*make(range(4)))
    assert refusal.value.remedy


def test_other_errors_are_not_taken_for_memory() -> None:
    def fail(_: Sequence[int]) -> Iterator[batching.Made]:
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    with pytest.raises(RuntimeError, match="shapes"):
        list(batching._in_batches([1, 2], 2, fail, pytest.fail))


def watched(
    monkeypatch: pytest.MonkeyPatch, *, at_once: int
) -> list[tuple[str, list[PictureRequest]]]:
    """Every batch of pictures that is made, and no more than so many at once."""
    batches: list[tuple[str, list[PictureRequest]]] = []

    def note(
        bench: Bench, layer: Layer, subjects: Sequence[PictureRequest], way: RenderSettings
    ) -> tuple[Rendering, ...]:
        batches.append((layer.name, list(subjects)))
        return picture(bench, layer, subjects, way)

    monkeypatch.setattr(task_runners, "picture", note)
    monkeypatch.setattr(MemoryBudget, "pictures", lambda *_: at_once)
    return batches


def test_on_a_cpu_every_core_takes_one_picture_after_the_other(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = watched(monkeypatch, at_once=2)
    first = RenderTask("3", of_channel(0), SHORT, 0)
    tasks = [replace(first, objective=of_channel(number)) for number in range(3)]
    tasks.insert(1, RenderTask("5", of_channel(1), SHORT, 0))
    tasks.append(replace(first, seed=1))
    due = steps(*tasks)
    made = dict(
        pair for batch in task_runners.RENDER.run(due, bench, pytest.fail) for pair in batch
    )
    taken = [(layer, [(s.objective.channel, s.seed) for s in them]) for layer, them in batches]
    assert sorted(taken) == [
        ("3", [(0, 0)]),
        ("3", [(0, 1)]),
        ("3", [(1, 0)]),
        ("3", [(2, 0)]),
        ("5", [(1, 0)]),
    ]
    for step in due:
        found = made[step.key]
        assert isinstance(found, Rendering)
        assert (found.layer, found.filter, found.seed) == (
            step.task.layer,
            step.task.objective.channel,
            step.task.seed,
        )


def test_variants_are_made_with_those_before_them(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = watched(monkeypatch, at_once=1)
    whole = [RenderTask("3", of_channel(0), SHORT, 0, variant=number) for number in range(3)]
    every = dict(
        p for made in task_runners.RENDER.run(steps(*whole), bench, pytest.fail) for p in made
    )
    (last,) = task_runners.RENDER.run(steps(whole[2])[0:1], bench, pytest.fail)
    assert [[s.variant for s in subjects] for _, subjects in batches] == [[0, 1, 2], [0, 1, 2]]
    assert last[0][1].png == every["key 2"].png


def test_a_photograph_goes_through_the_network_once(
    bench: Bench, photographs: tuple[Photograph, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    passes: list[tuple[list[str], int]] = []

    def note(
        bench: Bench, layers: Sequence[Layer], some: Sequence[Photograph]
    ) -> tuple[Responses, ...]:
        passes.append(([layer.name for layer in layers], len(some)))
        return scan(bench, layers, some)

    monkeypatch.setattr(task_runners, "scan", note)
    due = steps(
        *(ResponseTask(layer, photograph) for photograph in photographs for layer in ("0", "3")),
        ResponseTask("5", photographs[0]),
    )
    made = dict(
        pair for batch in task_runners.RESPOND.run(due, bench, pytest.fail) for pair in batch
    )
    assert passes == [(["0", "3", "5"], 1), *[(["0", "3"], 1)] * 3]
    for step in due:
        responses = made[step.key]
        assert isinstance(responses, Responses)
        assert responses.layer == step.task.layer
        assert responses.photograph == step.task.photograph.sha256


def test_one_photograph_under_two_names(bench: Bench, photographs: tuple[Photograph, ...]) -> None:
    copy = replace(photographs[0], name="copy.jpg")
    due = steps(*(ResponseTask(layer, p) for p in (photographs[0], copy) for layer in ("0", "3")))
    made = [pair for batch in task_runners.RESPOND.run(due, bench, pytest.fail) for pair in batch]
    assert sorted(key for key, _ in made) == sorted(step.key for step in due)
    by_key = dict(made)
    for step in due:
        assert by_key[step.key].layer == step.task.layer


def test_maps_find_their_places(bench: Bench, photographs: tuple[Photograph, ...]) -> None:
    wanted = [("0", (2, 4), 0), ("3", (7,), 0), ("3", (1, 7), 3), ("5", (1,), 2), ("0", (5,), 3)]
    due = steps(*(MapTask(layer, photographs[p], filters) for layer, filters, p in wanted))
    made = dict(
        pair for batch in task_runners.FEATURE_MAPS.run(due, bench, pytest.fail) for pair in batch
    )
    assert made.keys() == {step.key for step in due}
    for step in due:
        found = made[step.key]
        assert isinstance(found, FeatureMaps)
        place = (bench.layer(step.task.layer), step.task.filters)
        ((alone,),) = feature_maps(bench, [(step.task.photograph, [place])])
        assert found.filters == alone.filters == step.task.filters
        np.testing.assert_allclose(found.values, alone.values, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "kind", [task_runners.RENDER, task_runners.RESPOND, task_runners.FEATURE_MAPS]
)
def test_nothing_to_do(bench: Bench, kind: batching.TaskExecutor) -> None:
    assert list(kind.run([], bench, pytest.fail)) == []


def test_photographs_share_a_batch_where_a_device_has_room(
    photographs: tuple[Photograph, ...],
) -> None:
    due = steps(*(ResponseTask(layer, photo) for photo in photographs for layer in ("0", "3")))
    batches = list(task_runners.RESPOND.batches(due, MemoryBudget(2**30)))
    assert batches == [due]
    assert list(task_runners.RESPOND.batches(due, MemoryBudget(0))) == [
        due[at : at + 2] for at in (0, 2, 4, 6)
    ]


def test_no_number_depends_on_the_count_of_threads(
    vgg16: Bench, photographs: tuple[Photograph, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    due = steps(*(ResponseTask("features.28", photograph) for photograph in photographs))
    found = []
    for count in ("1", "2"):
        monkeypatch.setenv("OMP_NUM_THREADS", count)
        made = dict(
            pair for batch in task_runners.RESPOND.run(due, vgg16, pytest.fail) for pair in batch
        )
        found.append([made[step.key].mean_after.tobytes() for step in due])
    assert found[0] == found[1]
