"""Groups a plan's steps into batches and runs them.

What is made is yielded batch after batch, so that it can be stored before the next. No artifact
depends on its batch, and on the CPU none depends on how many cores there are: every core takes
pictures and photographs of its own, with one thread (thread_pool.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Generic, TypeVar

import torch

from generator.artifacts.artifact import Artifact
from generator.errors import MachineError
from generator.lab.devices import MemoryBudget, room
from generator.lab.engines.thread_pool import on_every_core
from generator.lab.loading.models import Bench
from generator.plan import Step, T

Made = tuple[tuple[str, Artifact], ...]  # (key, artifact)
Say = Callable[[str], None]
Member = TypeVar("Member")
Family = list[Step[T]]  # steps that have to be made together


@dataclass(frozen=True, slots=True)
class TaskExecutor(Generic[T]):
    """A kind of work; task_runners.py lists them.

    Attributes
    ----------
    make:
        Families of one group → their artifacts.
    groups:
        Steps → groups of families that may share a batch.
    at_once:
        How many families of a group fit a device.
    uses_pool:
        Whether ``make`` itself gives every core a part of a family; otherwise every core takes
        families.
    """

    make: Callable[[Sequence[Family[T]], Bench, Say], Iterator[Made]]
    groups: Callable[[Sequence[Step[T]]], list[list[Family[T]]]]
    at_once: Callable[[Sequence[Family[T]], MemoryBudget], int]
    uses_pool: bool = False

    def run(self, steps: Sequence[Step[T]], bench: Bench, say: Say) -> Iterator[Made]:
        """Make the artifacts of some steps with one device.

        Raises
        ------
        MachineError
            If there is no memory even for a batch of one.
        """
        groups = self.groups(steps)
        if bench.device.type == "cpu" and not self.uses_pool:
            yield from on_every_core(partial(self._alone, say=say), chain(*groups), bench)
            return
        for group in groups:
            size = self.at_once(group, room(bench.device))
            yield from _in_batches(group, size, lambda batch: self.make(batch, bench, say), say)

    def batches(self, steps: Sequence[Step[T]], space: MemoryBudget) -> Iterator[list[Step[T]]]:
        """The steps as ``run`` takes them together on a device of such room."""
        for group in self.groups(steps):
            size = self.at_once(group, space)
            for start in range(0, len(group), size):
                yield [step for family in group[start : start + size] for step in family]

    def _alone(self, family: Family[T], bench: Bench, *, say: Say) -> Made:
        made = _in_batches([family], 1, lambda batch: self.make(batch, bench, say), say)
        return tuple(pair for batch in made for pair in batch)


def grouped(members: Sequence[Member], by: Callable[[Member], object]) -> list[list[Member]]:
    """Members that share what ``by`` says, together, in the order of each group's first."""
    groups: dict[object, list[Member]] = {}
    for member in members:
        groups.setdefault(by(member), []).append(member)
    return list(groups.values())


def _in_batches(
    members: Sequence[Member],
    size: int,
    make: Callable[[Sequence[Member]], Iterator[Made]],
    say: Say,
) -> Iterator[Made]:
    """``make`` in batches of ``size``; a batch that finds no memory is halved and tried again."""
    position = 0
    while position < len(members):
        batch = members[position : position + size]
        try:
            yield from make(batch)
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


def _out_of_memory(reason: RuntimeError | MemoryError) -> bool:
    """Whether memory ran out; on the CPU and on MPS torch says so only in the words."""
    if isinstance(reason, torch.OutOfMemoryError | MemoryError):
        return True
    return any(words in str(reason) for words in ("can't allocate memory", "out of memory"))
