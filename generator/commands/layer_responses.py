"""Responses of a layer to photographs, from the store or measured now."""

from __future__ import annotations

from collections.abc import Sequence

from generator.artifacts.artifact import Responses
from generator.errors import ReportError
from generator.findings.response_table import Table, tabulate
from generator.findings.validity import named
from generator.images.photographs import Photograph
from generator.models.card import ModelCard
from generator.pipeline.build import TaskRunner
from generator.pipeline.request import Request
from generator.pipeline.resources import engine_of, open_bench, store_of
from generator.plan import ResponseTask
from generator.spec.study import Study


def respond(
    request: Request, study: Study, layer: str, photographs: Sequence[Photograph]
) -> tuple[Table, ModelCard]:
    """How every channel of a layer responds: under the keys of a build, so that none is repeated.

    Raises
    ------
    ReportError
        If a response is not a finite number.
    MachineError
        If the weights, the device or the store refuse.
    """
    from generator.lab.engines import task_runners  # noqa: PLC0415 - imports torch

    store, console = store_of(request), request.console
    bench = open_bench(request, study)
    with store.lock(console.say), engine_of(request) as engine:
        tasks = (ResponseTask(layer, photograph) for photograph in photographs)
        runner = TaskRunner(request, store, engine, bench, store.memory())
        found = runner.want("responses", tasks, task_runners.RESPOND, Responses)
    (table,) = tabulate(study.spec.evidence, found)
    broken = [photograph for photograph in photographs if not table.finite(photograph)]
    if broken:
        raise ReportError(
            f"the responses to {named(broken)} are not all finite numbers",
            "choose another layer or other photographs",
        )
    return table, bench.card
