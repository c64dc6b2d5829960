"""The engine for one device in this process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.lab.engines.batching import Made, Say, TaskExecutor
from generator.lab.engines.protocol import Call, Item, Result
from generator.lab.loading.models import Bench
from generator.plan import Step, T


class LocalEngine:
    """Works on the bench's own device."""

    def run(
        self, work: TaskExecutor[T], steps: Sequence[Step[T]], bench: Bench, say: Say
    ) -> Iterator[Made]:
        """Batch after batch; one that finds no memory is halved, and so are those after it."""
        yield from work.run(steps, bench, say)

    def each(
        self, call: Call[Item, Result], items: Sequence[Item], bench: Bench, say: Say
    ) -> Iterator[Result]:
        """One after the other."""
        for item in items:
            yield call(item, bench, say)
