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


def open_bench(request: Request, study: Study) -> Bench:
    """The model of a report with its weights, on the device that was asked for."""
    from generator.lab import devices  # noqa: PLC0415
    from generator.lab.loading import models, weights  # noqa: PLC0415

    device = devices.choose(request.device)
    model = study.spec.model
    obtained = weights.obtain(
        model,
        folder=study.folder,
        cache=request.folders.weights,
        code=request.code,
        say=request.console.say,
    )
    bench = models.assemble(model.architecture, obtained, device, code=request.code)
    for layer in study.spec.reported_layers:
        bench.check(layer.layer, layer.filters)
    return bench


def store_of(request: Request) -> Store:
    """Where results are kept, as it was asked for; a folder of somebody else is refused."""
    depot = None
    if request.folders.shared:
        from generator.store.remote import RemoteStore  # noqa: PLC0415 - imports fsspec

        depot = RemoteStore(request.folders.shared)
    store = Store(request.folders.store, request.console.warn, depot)
    store.check()
    return store


@contextmanager
def engine_of(request: Request) -> Iterator[Engine]:
    """Where the work runs, as it was asked for; its processes end with it."""
    from generator.lab.engines import open_engine  # noqa: PLC0415

    say, code = request.console.say, request.code
    with open_engine(
        request.engine, request.device, say, address=request.address, code=code
    ) as engine:
        yield engine
