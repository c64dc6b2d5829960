"""Opens the model, store and engine that a command needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from generator.pipeline.request import Request
from generator.spec.study import Study
from generator.store.store import Store

if TYPE_CHECKING:
    from generator.lab.engines import Engine
    from generator.lab.loading.models import Bench


def open_bench(asked: Request, study: Study) -> Bench:
    """The model of a report with its weights, on the device that was asked for."""
    from generator.lab import devices  # noqa: PLC0415
    from generator.lab.loading import models, weights  # noqa: PLC0415

    device = devices.choose(asked.device)
    model = study.spec.model
    obtained = weights.obtain(
        model,
        folder=study.folder,
        cache=asked.folders.weights,
        code=asked.code,
        say=asked.console.say,
    )
    bench = models.assemble(model.architecture, obtained, device, code=asked.code)
    for layer in study.spec.reported_layers:
        bench.check(layer.layer, layer.filters)
    return bench


def store_of(asked: Request) -> Store:
    """Where results are kept, as it was asked for."""
    depot = None
    if asked.folders.shared:
        from generator.store.remote import RemoteStore  # noqa: PLC0415 - imports fsspec

        depot = RemoteStore(asked.folders.shared)
    return Store(asked.folders.store, asked.console.warn, depot)


@contextmanager
def engine_of(asked: Request) -> Iterator[Engine]:
    """Where the work runs, as it was asked for; its processes end with it."""
    from generator.lab.engines import open_engine  # noqa: PLC0415

    say, code = asked.console.say, asked.code
    with open_engine(asked.engine, asked.device, say, address=asked.address, code=code) as engine:
        yield engine
