"""Responses of a layer to some photographs: from the store, or measured and kept there."""

from __future__ import annotations

from collections.abc import Sequence

from generator.artifacts import ModelCard, Responses
from generator.asked import Build
from generator.errors import ReportError
from generator.findings.faults import named
from generator.findings.tables import Table, tabulate
from generator.means import engine_of, open_bench, store_of
from generator.photographs import Photograph
from generator.pipeline import Maker
from generator.plan import ScanTask
from generator.spec.study import Study


def respond(
    asked: Build, study: Study, layer: str, photographs: Sequence[Photograph]
) -> tuple[Table, ModelCard]:
    """How every channel of a layer responds: under the keys of a build, so that none is repeated.

    Raises
    ------
    ReportError
        If a response is not a finite number.
    MachineError
        If the weights, the device or the store refuse.
    """
    from generator.lab import kinds  # noqa: PLC0415 - imports torch

    store, console = store_of(asked), asked.console
    bench = open_bench(asked, study)
    with store.lock(console.say), engine_of(asked) as engine:
        tasks = (ScanTask(layer, photograph) for photograph in photographs)
        maker = Maker(asked, store, engine, bench, store.memory())
        found = maker.want("responses", tasks, kinds.RESPOND, Responses)
    (table,) = tabulate(study.spec.evidence, found)
    broken = [photograph for photograph in photographs if not table.finite(photograph)]
    if broken:
        raise ReportError(
            f"the responses to {named(broken)} are not all finite numbers",
            "choose another layer or other photographs",
        )
    return table, bench.card
