"""`plan`: what a build would make, why, and what it takes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from generator import plan, spec
from generator.commands.options import (
    DEFAULT_SPEC,
    CodeOption,
    DeviceOption,
    LogOption,
    NetworkOption,
    OutsideOption,
    SpecOption,
    StoreOption,
)
from generator.errors import ExitCode, visible
from generator.pipeline import scan_images
from generator.pipeline.precision_check import check_precisions
from generator.pipeline.read_study import read_study
from generator.pipeline.request import Request
from generator.pipeline.resources import open_bench, store_of
from generator.plan import Plan
from generator.recipes.presets import RECIPES
from generator.spec.study import Study
from generator.store.store import Store
from generator.system.console import Console
from generator.system.locations import locations_beside

if TYPE_CHECKING:
    from generator.lab.loading.models import Bench


def command(
    spec: SpecOption = DEFAULT_SPEC,
    device: DeviceOption = "auto",
    allow_outside: OutsideOption = False,
    allow_code: CodeOption = False,
    allow_network: NetworkOption = False,
    store: StoreOption = None,
    log_format: LogOption = "auto",
) -> int:
    """Say what a build would make, why, and what it takes; nothing is fetched or rendered.

    How long it takes is estimated from a few seconds of the work itself, on the same device.
    """
    folders, console = locations_beside(spec, store=store), Console(log_format)
    request = Request(spec, folders, console, device, allow_outside, allow_code, allow_network)
    for line in planned(request):
        print(visible(line))
    return ExitCode.DONE


def planned(request: Request) -> Iterator[str]:
    """Say what a build would make before it judges, why, and what it takes; renders nothing.

    Where there are several networks, every line begins with the name of its own.
    """
    study = read_study(request)
    store = store_of(request)
    check_precisions(request, study, store, fetch=False)
    for name, own in spec.alone(study):
        told = _planned(request, own, store, name)
        yield from (plan.entry(name, line) for line in told)


def _planned(request: Request, study: Study, store: Store, name: str) -> Iterator[str]:
    from generator.lab.loading.weights import at_hand  # noqa: PLC0415

    here = at_hand(study.spec.model, folder=study.folder, cache=request.folders.weights)
    bench = open_bench(request, study) if here else None
    made = plan.plan(study, bench.card if bench else None, store.memory().of(name))
    yield from plan.explain(made)
    scan = scan_images.Scan.of(study, allow_outside=request.allow_outside)
    if scan is not None and bench is not None:
        due, shards = scan.due(bench.card, store), len(scan.source.shards)
        yield f"{due} of {shards} shards of images to scan are due"
    if bench is None:
        yield "how long it takes is known once the weights are here: `render` fetches them"
    elif made.due:
        yield from _cost(request, study, bench, made)


def _cost(request: Request, study: Study, bench: Bench, made: Plan) -> Iterator[str]:
    """Time and room, from a few seconds of the work itself."""
    from generator.lab import timing  # noqa: PLC0415
    from generator.lab.optimize.render import RenderSettings  # noqa: PLC0415

    due = {step.task.layer: step.task for step in (*made.renders, *made.probes) if step.reason}
    order = [layer for layer in bench.card.catalogue.layers if layer.name in due]
    reported = [bench.layer(each.layer) for each in study.spec.reported_layers]
    usual = RenderSettings(RECIPES["multiscale"](408))
    way = next((RenderSettings(each.recipe, each.precision) for each in due.values()), usual)
    seen = timing.measure(bench, order, study.library, way=way, reported=reported)
    free = shutil.disk_usage(_there(request.folders.store)).free
    yield from plan.tell(plan.cost(study, bench.card, made, seen), seen, free=free)


def _there(folder: Path) -> Path:
    """The folder, or the nearest around it that exists."""
    return next(each for each in (folder, *folder.absolute().parents) if each.exists())
