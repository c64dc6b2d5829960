"""What a build would make, why, and what it takes, before it is begun."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from generator import plan, spec, streams
from generator.asked import Build
from generator.checking import read_study
from generator.means import open_bench, store_of
from generator.plan import Plan
from generator.recipes import RECIPES
from generator.spec.study import Study
from generator.store import Store

if TYPE_CHECKING:
    from generator.lab.models import Bench


def planned(asked: Build) -> Iterator[str]:
    """Say what a build would make before it judges, why, and what it takes; renders nothing.

    Where there are several networks, every line begins with the name of its own.
    """
    study = read_study(asked)
    store = store_of(asked)
    for name, own in spec.alone(study):
        told = _planned(asked, own, store, name)
        yield from (plan.entry(name, line) for line in told)


def _planned(asked: Build, study: Study, store: Store, name: str) -> Iterator[str]:
    from generator.lab.weights import at_hand  # noqa: PLC0415

    here = at_hand(study.spec.model, folder=study.folder, cache=asked.folders.weights)
    bench = open_bench(asked, study) if here else None
    made = plan.plan(study, bench.card if bench else None, store.memory().of(name))
    yield from plan.explain(made)
    scan = streams.Scan.of(study, allow_outside=asked.allow_outside)
    if scan is not None and bench is not None:
        due, shards = scan.due(bench.card, store), len(scan.source.shards)
        yield f"{due} of {shards} shards of images to scan are due"
    if bench is None:
        yield "how long it takes is known once the weights are here: `render` fetches them"
    elif made.due:
        yield from _cost(asked, study, bench, made)


def _cost(asked: Build, study: Study, bench: Bench, made: Plan) -> Iterator[str]:
    """Time and room, from a few seconds of the work itself."""
    from generator.lab import pace  # noqa: PLC0415

    due = {step.task.layer: step.task for step in (*made.renders, *made.probes) if step.reason}
    order = [layer for layer in bench.card.catalogue.layers if layer.name in due]
    reported = [bench.layer(each.layer) for each in study.spec.reported_layers]
    recipe = next(iter(due.values())).recipe if due else RECIPES["multiscale"](408)
    seen = pace.measure(bench, order, study.library, recipe=recipe, reported=reported)
    free = shutil.disk_usage(_there(asked.folders.store)).free
    yield from plan.tell(plan.cost(study, bench.card, made, seen), seen, free=free)


def _there(folder: Path) -> Path:
    """The folder, or the nearest around it that exists."""
    return next(each for each in (folder, *folder.absolute().parents) if each.exists())
