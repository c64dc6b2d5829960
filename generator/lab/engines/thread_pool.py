"""Runs a function on every core, one thread each.

No item waits for others, as the threads of one convolution do, and no number depends on how many
cores there are: threads that share a sum add its terms in another order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from threading import Event, local
from typing import TypeVar

import torch

from generator.images.photographs import heeding_warnings
from generator.lab import cancellation, devices
from generator.lab.accelerate.precision import twin
from generator.lab.loading.models import Bench

Item = TypeVar("Item")
Result = TypeVar("Result")


def on_every_core(
    call: Callable[[Item, Bench], Result], items: Iterable[Item], bench: Bench
) -> Iterator[Result]:
    """``call(item, bench)`` for every item, in their order; few are under way.

    Each thread has modules of its own, for hooks, whose tensors all share. If iteration stops, work
    under way is cancelled.
    """
    cores = devices.usable_cores()
    own, cancelled = local(), Event()

    def run(item: Item) -> Result:
        torch.set_num_threads(1)  # each time: MKL has one number for the whole process
        if not hasattr(own, "bench"):
            own.bench = replace(bench, network=twin(bench.network))
        return call(item, own.bench)

    pool = ThreadPoolExecutor(cores, "core", initializer=cancellation.bind, initargs=(cancelled,))
    flying: deque[Future[Result]] = deque()
    try:
        with heeding_warnings():
            for item in items:
                flying.append(pool.submit(run, item))
                if len(flying) > cores:
                    yield flying.popleft().result()
            while flying:
                yield flying.popleft().result()
    finally:
        cancelled.set()
        pool.shutdown(wait=True, cancel_futures=True)
        devices.settle(bench.device)  # the threads' count of threads is the whole process's
