"""`score`: how a layer's filters respond to photographs, as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, cast

import numpy as np
import typer

from generator.artifacts.artifact import Responses
from generator.commands.options import (
    DEFAULT_SPEC,
    CodeOption,
    DeviceOption,
    LayerArgument,
    OutsideOption,
    SpecOption,
)
from generator.commands.unit_lookup import find_in
from generator.errors import ExitCode
from generator.images.photographs import Photograph, open_photograph
from generator.pipeline.read_study import read_study
from generator.pipeline.request import Request
from generator.pipeline.resources import open_bench
from generator.plan import ResponseTask, Step
from generator.results.csv import cell
from generator.spec.model import NamedModel
from generator.spec.multi_model import address
from generator.spec.study import Study
from generator.system.console import Console
from generator.system.locations import locations_beside
from generator.system.output import write_text

COLUMNS = ("image", "layer", "filter", "mean", "max", "rank", "of")
STRONGEST = 5  # filters listed for each photograph if the command line names none


def command(
    layer: LayerArgument,
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE...", help="Photographs.")],
    filter_: Annotated[int | None, typer.Option("--filter", min=0, help="[the strongest]")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="A CSV file.")] = None,
    device: DeviceOption = "auto",
    spec: SpecOption = DEFAULT_SPEC,
    allow_outside: OutsideOption = False,
    allow_code: CodeOption = False,
) -> int:
    """Score photographs: how a layer's filters respond to each of them."""
    request = Request(spec, locations_beside(spec), Console(), device, allow_outside, allow_code)
    text = score(request, layer, images, number=filter_)
    write_text(text, output)
    return ExitCode.DONE


def score(request: Request, layer: str, images: Sequence[Path], *, number: int | None) -> str:
    """How a layer's filters respond to some photographs, as CSV.

    ``mean`` and ``max`` are over the filter's map, on the side of the activation function that
    the spec names; ``rank`` is by the mean, 1 for the strongest filter of the layer.

    Raises
    ------
    ReportError
        If there is no such layer or filter, or a file is no photograph.
    """
    study, found = find_in(read_study(request), layer, number, code=request.code)
    photographs = [open_photograph(path, path.name) for path in images]
    from generator.lab.engines.task_runners import RESPOND  # noqa: PLC0415 - imports torch

    bench = open_bench(request, study)
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    tasks = {each.sha256: ResponseTask(found.name, each) for each in photographs}
    steps = [Step(task, key, "requested") for key, task in tasks.items()]
    made = dict(pair for part in RESPOND.run(steps, bench, request.console.say) for pair in part)
    for photograph in photographs:
        responses = cast(Responses, made[photograph.sha256])
        table.writerows(_rows(photograph, responses, study, number))
    return text.getvalue()


def _rows(
    photograph: Photograph, responses: Responses, study: Study, number: int | None
) -> Iterator[tuple[object, ...]]:
    side = study.spec.evidence.unit
    model = study.spec.model
    layer = address(model.name if isinstance(model, NamedModel) else "", responses.layer)
    mean = responses.mean_after if side == "after" else responses.mean_before
    largest = responses.max_after if side == "after" else responses.max_before
    order = np.argsort(-mean, kind="stable")
    shown = order[:STRONGEST] if number is None else np.array([number])
    for unit in shown:
        rank = 1 + int((mean > mean[unit]).sum())
        values = (f"{mean[unit]:.6g}", f"{largest[unit]:.6g}", rank, len(mean))
        yield (cell(photograph.name), layer, int(unit), *values)
