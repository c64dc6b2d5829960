"""The engine for several GPUs of one machine: one process each.

The same steps give the same artifacts, whichever process makes them. A process that dies takes
nothing with it but what is in its hands, which another makes again.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from signal import SIG_IGN, SIGINT, signal
from threading import Thread
from typing import Any

import torch

from generator.errors import MachineError, ReportError
from generator.lab.devices import room
from generator.lab.engines.batching import Made, Say, TaskExecutor
from generator.lab.engines.protocol import Call, Item, Result, made_of
from generator.lab.engines.transfer import ProcessEnvironment, packed, unpacked
from generator.lab.loading.models import Bench
from generator.plan import Step, T

MOST_DEATHS = 2  # of processes over one item, after which the item is to blame


@dataclass(slots=True, eq=False)
class MultiGpuEngine:
    """One process for each device; they stay while the same bench is worked with."""

    devices: Sequence[torch.device]
    code: Path | None = None
    _workers: list[_Worker] = field(default_factory=list)
    _bench: Bench | None = None
    _luggage: _WorkerSetup | None = None

    def run(
        self, work: TaskExecutor[T], steps: Sequence[Step[T]], bench: Bench, say: Say
    ) -> Iterator[Made]:
        """Batches as one device would take them, each to whichever process is free."""
        batches = list(work.batches(steps, room(self.devices[0])))
        yield from self.each(partial(made_of, work), batches, bench, say)

    def each(
        self, call: Call[Item, Result], items: Sequence[Item], bench: Bench, say: Say
    ) -> Iterator[Result]:
        """What is left in a process's hands when nobody asks on is given up with the process."""
        self._prepare(bench, len(items))
        due = deque(_Due((call, item)) for item in items)
        workers = self._workers
        try:
            while due or any(worker.due for worker in workers):
                for worker in workers:
                    worker.take(due)
                for at in _ready(workers):
                    answer = workers[at].answer(say)
                    if answer is None:
                        workers[at] = self._replaced(workers[at], due, say)
                    else:
                        yield from answer
        finally:
            if any(worker.due for worker in workers):
                self.close()

    def close(self) -> None:
        """End every process at once: what it still holds is made again by the next build."""
        for worker in self._workers:
            worker.end()
        self._workers.clear()
        self._bench = None

    def _prepare(self, bench: Bench, count: int) -> None:
        """No more processes than there are things to do."""
        if self._bench is not bench:
            self.close()
            self._bench = bench
            self._luggage = _WorkerSetup(packed(bench), ProcessEnvironment.here(self.code))
        for device in self.devices[len(self._workers) : count]:
            self._workers.append(self._started(device))

    def _started(self, device: torch.device) -> _Worker:
        assert self._luggage is not None  # noqa: S101 - set before any worker
        return _Worker.start(device, self._luggage)

    def _replaced(self, dead: _Worker, due: deque[_Due], say: Say) -> _Worker:
        """Another process for one that died; what it held comes first."""
        dead.end()
        if dead.due is not None:
            dead.due.deaths += 1
            if dead.due.deaths > MOST_DEATHS:
                raise MachineError(
                    f"{dead.due.deaths} processes died over the same work",
                    "build with --device cpu, or at a smaller size",
                )
            due.appendleft(dead.due)
        say(f"warning: a process on {dead.device} died: what it held is made again")
        return self._started(dead.device)


@dataclass(frozen=True, slots=True)
class _WorkerSetup:
    """What a process starts with."""

    bench: bytes
    surroundings: ProcessEnvironment


@dataclass(slots=True, eq=False)
class _Due:
    """A call with its item, and how many processes died over it."""

    errand: tuple[Call[Any, Any], Any]
    deaths: int = 0


@dataclass(slots=True, eq=False)
class _Worker:
    """A process with a device of its own; ``due`` is what is in its hands."""

    device: torch.device
    process: BaseProcess
    pipe: Connection
    due: _Due | None = None

    @classmethod
    def start(cls, device: torch.device, luggage: _WorkerSetup) -> _Worker:
        """Spawned, not forked: CUDA and OpenMP do not survive a fork."""
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, device, luggage), daemon=True)
        process.start()
        theirs.close()
        return cls(device, process, ours)

    def take(self, waiting: deque[_Due]) -> None:
        """The next item, if the worker has nothing to do."""
        if self.due is None and waiting:
            self.due = waiting.popleft()
            with suppress(OSError):  # it died; that shows when it is asked for its answer
                self.pipe.send(self.due.errand)

    def answer(self, say: Say) -> tuple[Any, ...] | None:
        """What it made; None if it died. What it has to say on the way is said."""
        try:
            kind, found = self.pipe.recv()
        except (EOFError, OSError):
            return None
        if kind == "said":
            say(found)
            return ()
        self.due = None
        if kind == "refused":
            raise found
        return (found,)

    def end(self) -> None:
        """At once."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


def _ready(workers: Sequence[_Worker]) -> list[int]:
    """Which of those at work have something to say, or have died."""
    pipes = {worker.pipe: at for at, worker in enumerate(workers) if worker.due}
    return [pipes[pipe] for pipe in wait(list(pipes)) if isinstance(pipe, Connection)]


def _serve(pipe: Connection, device: torch.device, luggage: _WorkerSetup) -> None:
    """What a worker process does: item after item, until it is ended."""
    signal(SIGINT, SIG_IGN)  # Ctrl-C is the parent's to answer
    Thread(target=_end_with, args=(multiprocessing.parent_process(),), daemon=True).start()
    luggage.surroundings.enter()
    if device.type == "cpu":
        os.environ["OMP_NUM_THREADS"] = "1"  # its share of the cores
    bench = unpacked(luggage.bench, device)
    while True:
        try:
            call, item = pipe.recv()
        except EOFError:
            return
        try:
            made = call(item, bench, _saying(pipe))
        except ReportError as refusal:
            pipe.send(("refused", refusal))
        else:
            pipe.send(("made", made))


def _end_with(parent: BaseProcess | None) -> None:
    """A build that is killed cannot end its workers: each would go on to the end of its item."""
    if parent is not None:
        parent.join()
        os._exit(1)


def _saying(pipe: Connection) -> Say:
    return lambda text: pipe.send(("said", text))
