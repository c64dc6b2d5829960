"""Steps of a plan → artifacts, in batches of what can be computed together.

Every function yields after each batch what it made, so that it can be stored before the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

import torch

from generator.artifacts import Artifact
from generator.circuits import KernelTask, SignalTask
from generator.errors import MachineError
from generator.interventions import AblateTask, CoverTask
from generator.lab import circuits
from generator.lab.ablation import ablate
from generator.lab.activations import feature_maps, scan, trace
from generator.lab.covering import covered
from generator.lab.devices import pictures_at_once
from generator.lab.models import Bench
from generator.lab.visualize import Subject, Way, picture
from generator.plan import MapTask, RenderTask, ScanTask, Step
from generator.traces import TraceTask

Made = tuple[tuple[str, Artifact], ...]  # (key, artifact)
Say = Callable[[str], None]
Family = list[Step[RenderTask]]
Member = TypeVar("Member")
PHOTOGRAPHS_AT_ONCE = 8


def render(steps: Sequence[Step[RenderTask]], bench: Bench, say: Say) -> Iterator[Made]:
    """Make pictures; those of one layer with one recipe share a batch."""

    def make(batch: Sequence[Family]) -> Made:
        like = batch[0][0].task
        layer = bench.layer(like.layer)
        subjects = [subject for family in batch for subject in _subjects(family)]
        made = picture(bench, layer, subjects, Way(like.recipe, like.precision, say))
        found = dict(zip(subjects, made, strict=True))
        return tuple((step.key, found[_subject(step.task)]) for each in batch for step in each)

    for group in _groups(steps):
        yield from _in_batches(group, _families_at_once(group, bench.device), make, say)


def batches(
    steps: Sequence[Step[RenderTask]], device: torch.device
) -> Iterator[list[Step[RenderTask]]]:
    """The steps as ``render`` would take them together on such a device."""
    for group in _groups(steps):
        size = _families_at_once(group, device)
        for start in range(0, len(group), size):
            yield [step for family in group[start : start + size] for step in family]


def _groups(steps: Sequence[Step[RenderTask]]) -> list[list[Family]]:
    """Families that may share a batch: alike in layer, recipe, arithmetic and size."""
    return _grouped(_families(steps), lambda each: (_together(each), len(_subjects(each))))


def _families_at_once(group: Sequence[Family], device: torch.device) -> int:
    size = pictures_at_once(device, group[0][0].task.recipe.size)
    return max(1, size // len(_subjects(group[0])))


def _families(steps: Sequence[Step[RenderTask]]) -> list[Family]:
    """Variants of one picture, which have to be made together."""
    return _grouped(steps, lambda step: (step.task.objective, step.task.seed, _together([step])))


def _together(family: Family) -> tuple[object, ...]:
    """What pictures must share to be made in one batch."""
    return family[0].task.layer, family[0].task.recipe, family[0].task.precision


def _subjects(family: Family) -> list[Subject]:
    """The family's pictures, and the earlier variants that they are kept away from."""
    first = _subject(family[0].task)
    last = max(step.task.variant for step in family)
    return [replace(first, variant=number) for number in range(last + 1)]


def _subject(task: RenderTask) -> Subject:
    return Subject(task.objective, task.seed, task.variant)


def respond(steps: Sequence[Step[ScanTask]], bench: Bench, say: Say) -> Iterator[Made]:
    """Measure responses; a photograph goes through the network once for all its layers."""
    by_photograph = _grouped(steps, lambda step: step.task.photograph.sha256)

    def make(batch: Sequence[list[Step[ScanTask]]]) -> Made:
        layers = [bench.layer(step.task.layer) for step in batch[0]]
        made = scan(bench, layers, [photograph[0].task.photograph for photograph in batch])
        due = [step for photograph in batch for step in photograph]
        return tuple((step.key, responses) for step, responses in zip(due, made, strict=True))

    for group in _grouped(by_photograph, lambda steps: tuple(step.task.layer for step in steps)):
        yield from _in_batches(group, PHOTOGRAPHS_AT_ONCE, make, say)


def locate(steps: Sequence[Step[MapTask]], bench: Bench, say: Say) -> Iterator[Made]:
    """Keep feature maps; a photograph goes through the network once for all that is wanted."""
    by_photograph = _grouped(steps, lambda step: step.task.photograph.sha256)

    def make(batch: Sequence[list[Step[MapTask]]]) -> Made:
        wanted = [
            (steps[0].task.photograph, [(bench.layer(s.task.layer), s.task.filters) for s in steps])
            for steps in batch
        ]
        made = (maps for photograph in feature_maps(bench, wanted) for maps in photograph)
        due = (step for photograph in batch for step in photograph)
        return tuple((step.key, maps) for step, maps in zip(due, made, strict=True))

    yield from _in_batches(by_photograph, PHOTOGRAPHS_AT_ONCE, make, say)


def cover(steps: Sequence[Step[CoverTask]], bench: Bench, say: Say) -> Iterator[Made]:
    """Measure photographs with parts covered; each goes through once for all filters wanted."""
    by_photograph = _grouped(
        steps, lambda step: (step.task.photograph.sha256, step.task.photograph.boxes)
    )

    def make(batch: Sequence[list[Step[CoverTask]]]) -> Made:
        (due,) = batch
        wanted = [(bench.layer(step.task.layer), step.task.filter) for step in due]
        made = covered(bench, wanted, due[0].task.photograph)
        return tuple((step.key, each) for step, each in zip(due, made, strict=True))

    yield from _in_batches(by_photograph, 1, make, say)


def silence(steps: Sequence[Step[AblateTask]], bench: Bench, say: Say) -> Iterator[Made]:
    """Read the classifier without channels, photograph by photograph."""

    def make(batch: Sequence[Step[AblateTask]]) -> Made:
        (step,) = batch
        task = step.task
        made = ablate(bench, bench.layer(task.layer), task.channels, task.photograph)
        return ((step.key, made),)

    yield from _in_batches(steps, 1, make, say)


def follow(steps: Sequence[Step[TraceTask]], bench: Bench, say: Say) -> Iterator[Made]:
    """Follow images through the layers on the way."""

    def make(batch: Sequence[Step[TraceTask]]) -> Made:
        layers = [bench.layer(name) for name in batch[0].task.layers]
        made = trace(bench, layers, [step.task.image for step in batch])
        return tuple((step.key, found) for step, found in zip(batch, made, strict=True))

    for group in _grouped(steps, lambda step: step.task.layers):
        yield from _in_batches(group, PHOTOGRAPHS_AT_ONCE, make, say)


def read_kernels(steps: Sequence[Step[KernelTask]], bench: Bench, say: Say) -> Iterator[Made]:
    """Read weights, layer by layer."""
    for step in steps:
        task = step.task
        yield ((step.key, circuits.kernels(bench, task.layer, task.filters, task.inputs)),)


def listen(steps: Sequence[Step[SignalTask]], bench: Bench, say: Say) -> Iterator[Made]:
    """Average what layers are given; the photographs run through the network once for all."""
    for group in _grouped(steps, lambda step: step.task.photographs):
        layers = [step.task.layer for step in group]
        for made in circuits.signals(bench, layers, group[0].task.photographs):
            yield tuple((step.key, each) for step, each in zip(group, made, strict=False))


def _grouped(members: Sequence[Member], by: Callable[[Member], object]) -> list[list[Member]]:
    """Members that share what ``by`` says, together, in the order of each group's first."""
    groups: dict[object, list[Member]] = {}
    for member in members:
        groups.setdefault(by(member), []).append(member)
    return list(groups.values())


def _in_batches(
    members: Sequence[Member], size: int, make: Callable[[Sequence[Member]], Made], say: Say
) -> Iterator[Made]:
    """``make`` in batches of ``size``; a batch that finds no memory is halved and tried again."""
    position = 0
    while position < len(members):
        batch = members[position : position + size]
        try:
            made = make(batch)
        except (RuntimeError, MemoryError) as reason:
            if not _out_of_memory(reason):
                raise
            if len(batch) == 1:
                raise MachineError(
                    "the device has no room even for a batch of one",
                    "render at a smaller size, or on another device",
                ) from None
            size = len(batch) // 2
            say(f"warning: out of memory: going on with batches of {size}")
            if torch.cuda.is_available():
                torch.cuda.empty_cache()
            continue
        position += len(batch)
        yield made


def _out_of_memory(reason: RuntimeError | MemoryError) -> bool:
    """Whether memory ran out; on the CPU and on MPS torch says so only in the words."""
    if isinstance(reason, torch.OutOfMemoryError | MemoryError):
        return True
    return any(words in str(reason) for words in ("can't allocate memory", "out of memory"))
