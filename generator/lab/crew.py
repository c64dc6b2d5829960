"""Several devices at once: one process for each, which takes batch after batch.

The same steps give the same artifacts, whichever process makes them. A process that dies takes
nothing with it but the batch in its hands, which another makes again.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from signal import SIG_IGN, SIGINT, signal
from threading import Thread

import torch

from generator.errors import MachineError, ReportError
from generator.lab import devices, work
from generator.lab.models import Bench
from generator.plan import RenderTask, Step

MOST_DEATHS = 2  # of processes over one batch, after which the batch is to blame
Batch = list[Step[RenderTask]]


def render(
    steps: Sequence[Step[RenderTask]],
    bench: Bench,
    say: work.Say,
    *,
    crew: Sequence[torch.device],
) -> Iterator[work.Made]:
    """Make pictures; with several devices, what is finished is yielded as it arrives.

    Raises
    ------
    MachineError
        If processes die over the same batch again and again, or a device has no room.
    """
    if len(crew) == 1:
        yield from work.render(steps, bench, say)
        return
    batches = deque(_Due(batch) for batch in work.batches(steps, crew[0]))
    data = pickle.dumps(replace(bench, network=bench.network.cpu(), device=torch.device("cpu")))
    bench.network.to(bench.device)
    crew = crew[: len(batches)]
    workers = [_Worker.start(device, data) for device in crew]
    try:
        while batches or any(worker.due for worker in workers):
            for worker in workers:
                worker.take(batches)
            for at in _ready(workers):
                made = workers[at].answer(say)
                if made is None:
                    workers[at] = _replaced(workers[at], data, batches, say)
                else:
                    yield made
    finally:
        for worker in workers:
            worker.end()


@dataclass(slots=True, eq=False)
class _Due:
    """A batch, and how many processes died over it."""

    steps: Batch
    deaths: int = 0


@dataclass(slots=True, eq=False)
class _Worker:
    """A process with a device of its own; ``due`` is the batch in its hands."""

    device: torch.device
    process: BaseProcess
    pipe: Connection
    due: _Due | None = None

    @classmethod
    def start(cls, device: torch.device, data: bytes) -> _Worker:
        """Spawned, not forked: CUDA and OpenMP do not survive a fork."""
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, device, data), daemon=True)
        process.start()
        theirs.close()
        return cls(device, process, ours)

    def take(self, batches: deque[_Due]) -> None:
        """The next batch, if the worker has nothing to do."""
        if self.due is None and batches:
            self.due = batches.popleft()
            with suppress(OSError):  # it died; that shows when it is asked for its answer
                self.pipe.send(self.due.steps)

    def answer(self, say: Callable[[str], None]) -> work.Made | None:
        """What it made; None if it died. What it has to say on the way is said."""
        try:
            kind, found = self.pipe.recv()
        except (EOFError, OSError):
            return None
        if kind == "said":
            say(found)
            return ()
        if kind == "refused":
            raise found
        self.due = None
        made: work.Made = found
        return made

    def end(self) -> None:
        """At once: whatever it still holds is made again by the next build."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


def _ready(workers: Sequence[_Worker]) -> list[int]:
    """Which of those at work have something to say, or have died."""
    pipes = {worker.pipe: at for at, worker in enumerate(workers) if worker.due}
    return [pipes[pipe] for pipe in wait(list(pipes)) if isinstance(pipe, Connection)]


def _replaced(dead: _Worker, data: bytes, batches: deque[_Due], say: work.Say) -> _Worker:
    """Another process for one that died; its batch comes first."""
    dead.end()
    due = dead.due
    if due is not None:
        due.deaths += 1
        if due.deaths > MOST_DEATHS:
            raise MachineError(
                f"{due.deaths} processes died over the same pictures ({due.steps[0].task.name}…)",
                "build with --device cpu, or at a smaller size",
            )
        batches.appendleft(due)
    say(f"warning: a process on {dead.device} died: its batch is made again")
    return _Worker.start(dead.device, data)


def _serve(pipe: Connection, device: torch.device, data: bytes) -> None:
    """What a worker process does: batch after batch, until it is ended."""
    signal(SIGINT, SIG_IGN)  # Ctrl-C is the parent's to answer
    Thread(target=_end_with, args=(multiprocessing.parent_process(),), daemon=True).start()
    bench: Bench = pickle.loads(data)  # noqa: S301 - from the parent
    bench = replace(bench, network=bench.network.to(device), device=device)
    devices.settle(device)
    if device.type == "cpu":
        torch.set_num_threads(1)
    while True:
        try:
            steps: Batch = pipe.recv()
        except EOFError:
            return
        try:
            made = [pair for part in work.render(steps, bench, _saying(pipe)) for pair in part]
        except ReportError as refusal:
            pipe.send(("refused", refusal))
        else:
            pipe.send(("made", tuple(made)))


def _end_with(parent: BaseProcess | None) -> None:
    """A build that is killed cannot end its workers: each would go on to the end of its batch."""
    if parent is not None:
        parent.join()
        os._exit(1)


def _saying(pipe: Connection) -> work.Say:
    return lambda text: pipe.send(("said", text))
