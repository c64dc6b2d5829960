"""Refuses a precision that the device does not have before anything is made; warns of slow ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from generator import plan, spec
from generator.errors import MachineError
from generator.pipeline.request import Request
from generator.pipeline.resources import open_bench
from generator.recipes.presets import Precision
from generator.spec.study import Study
from generator.store.store import Store
from generator.system.precision import Capabilities, of_processor, refusal, warning
from generator.system.processor import processor

if TYPE_CHECKING:
    from generator.models.card import ModelCard

_GPUS = ("/dev/nvidia0", "/dev/kfd", "/dev/dxg")  # NVIDIA's, AMD's, and a GPU below WSL
Refusals = dict[Precision, MachineError]


def check_precision(request: Request, precision: Precision) -> None:
    """Check the precision of one picture on the device that was asked for.

    Raises
    ------
    MachineError
        If it does not work there.
    """
    for refused in _refusals(request, [precision], capabilities(request)).values():
        raise refused


def check_precisions(request: Request, study: Study, store: Store, *, fetch: bool = True) -> None:
    """Check the precisions of all pictures of a report that the store does not hold.

    Pictures in any precision may come from the store. What it holds is known with the digest of the
    weights: where they may not be fetched, a warning stands in for the refusal. The devices of a
    Ray cluster are checked where the pictures are made.

    Raises
    ------
    MachineError
        If a picture has to be made in a precision that does not work on the device.
    """
    if request.engine == "ray":
        return
    refusals = _refusals(request, _precisions(study), capabilities(request))
    for name, own in spec.alone(study):
        refused = [each for each in _precisions(own) if each in refusals]
        card = _card(request, own, fetch=fetch) if refused and not store.empty else None
        if card or store.empty:
            _check_steps(plan.plan(own, card, store.memory().of(name)), refusals)
        else:
            _warn_of_the_store(request, [refusals[each] for each in refused])


def check_precisions_without_torch(request: Request, study: Study, store: Store) -> None:
    """The same by what the processor promises; torch is asked what a GPU does, not here.

    Raises
    ------
    MachineError
        If a precision does not work on the processor, and the store is empty.
    """
    able = of_processor(processor())
    if any(Path(device).exists() for device in _GPUS):
        able = replace(able, bf16="fast")
    refused = list(_refusals(request, _precisions(study), able).values())
    if refused and store.empty:
        raise refused[0]
    _warn_of_the_store(request, refused)


def capabilities(request: Request) -> Capabilities:
    """What the device does that was asked for."""
    from generator.lab import capabilities, devices  # noqa: PLC0415 - imports torch

    return capabilities.of(devices.choose(request.device))


def _refusals(request: Request, precisions: Iterable[Precision], able: Capabilities) -> Refusals:
    """The refusals of those that do not work; says which of the others are slow."""
    found: Refusals = {}
    for each in precisions:
        if refused := refusal(each, able):
            found[each] = refused
        elif text := warning(each, able):
            request.console.warn(text)
    return found


def _precisions(study: Study) -> list[Precision]:
    """Every precision of a report, of its layers, filters and objectives, once.

    Of a network that is not known yet, `all` filters and `all` layers count as well.
    """
    written, layers = study.spec, study.spec.reported_layers
    renders = [each for layer in layers for each in layer.renders]
    renders += [each for layer in layers for _, each in layer.objectives]
    whole = [each for each in written.listed_layers if each.filters == "all"]
    renders += [written.render.but(each.render) for each in whole]
    renders += [written.render] if "all" in written.layers else []
    return list(dict.fromkeys(each.precision for each in renders))


def _card(request: Request, study: Study, *, fetch: bool) -> ModelCard | None:
    from generator.lab.loading.weights import at_hand  # noqa: PLC0415 - imports torch

    here = at_hand(study.spec.model, folder=study.folder, cache=request.folders.weights)
    return open_bench(request, study).card if fetch or here else None


def _check_steps(planned: plan.Plan, refusals: Refusals) -> None:
    """Refuse the first picture that has to be made in a precision that does not work."""
    for step in (*planned.renders, *planned.probes):
        if step.reason and (refused := refusals.get(step.task.precision)):
            raise MachineError(f"{refused.cause} ({step.task.name})", refused.remedy)


def _warn_of_the_store(request: Request, refused: Iterable[MachineError]) -> None:
    for each in refused:
        where = "a build takes such pictures from the store, or is refused"
        request.console.warn(f"{each.cause}: {where}")
