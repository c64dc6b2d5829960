"""The interface of every engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

from generator.lab.engines.batching import Made, Say, TaskExecutor
from generator.lab.loading.models import Bench
from generator.plan import Step, T

Item = TypeVar("Item")
Result = TypeVar("Result")
Call = Callable[[Item, Bench, Say], Result]


class Engine(Protocol):
    """Where work runs."""

    def run(
        self, work: TaskExecutor[T], steps: Sequence[Step[T]], bench: Bench, say: Say
    ) -> Iterator[Made]:
        """Make the artifacts of some steps; what is finished is yielded as it arrives.

        Raises
        ------
        MachineError
            If processes die over the same batch again and again, or a device has no room.
        """

    def each(
        self, call: Call[Item, Result], items: Sequence[Item], bench: Bench, say: Say
    ) -> Iterator[Result]:
        """``call(item, bench, say)`` for each item; what is finished is yielded as it arrives.

        Raises
        ------
        MachineError
            If processes die over the same item again and again.
        """


def made_of(work: TaskExecutor[T], steps: Sequence[Step[T]], bench: Bench, say: Say) -> Made:
    """What a process makes of a batch that is handed to it."""
    return tuple(pair for part in work.run(steps, bench, say) for pair in part)
