"""One picture or a few scores, asked for by hand: what the commands on the pages do."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from generator import files
from generator.artifacts import Rendering, Responses
from generator.asked import Build
from generator.catalogue import Layer
from generator.checking import read_study
from generator.errors import MachineError, ReportError, visible
from generator.findings.downloads import cell
from generator.layers import layers_of
from generator.means import open_bench
from generator.objectives import Objective, of_channel
from generator.photographs import Photograph, open_photograph
from generator.plan import RenderTask, Step
from generator.recipes import RECIPES
from generator.spec.models import Spec
from generator.spec.networks import NamedModel
from generator.spec.pictures import Overrides, RenderSpec
from generator.spec.several import address, alone, named_models
from generator.spec.study import Study
from generator.spec.wording import meant
from generator.spec.words import layer_name

COLUMNS = ("image", "layer", "filter", "mean", "max", "rank", "of")
STRONGEST = 5  # filters told of for each photograph, where none was asked for


def render(
    asked: Build, unit: tuple[str, str], *, to: Path, overrides: Overrides, variant: int = 1
) -> None:
    """Make one picture of a filter or of an objective of the spec, and write it as a PNG file.

    ``unit`` is a layer, and a filter's number or an objective's id. What ``overrides`` do not set
    comes from the spec, so that the result is the report's own picture; ``variant`` is from 1.

    Raises
    ------
    ReportError
        If there is no such layer, filter or objective.
    MachineError
        If the file cannot be written.
    """
    layer, name = unit
    number = int(name) if name.isdecimal() and len(name) < 10 else None
    study, found = find_in(read_study(asked), layer, number, code=asked.code)
    objective, own = _wanted(study.spec, found, name, number)
    refuse_folder(to)
    wanted = own.but(overrides)
    recipe = RECIPES[wanted.recipe[0]](wanted.size)
    from generator.lab.kinds import RENDER  # noqa: PLC0415 - imports torch

    bench = open_bench(asked, study)
    task = RenderTask(found.name, objective, recipe, wanted.seed, variant - 1, wanted.precision)
    (((_, made),),) = RENDER.run([Step(task, "", "asked for")], bench, asked.console.say)
    assert isinstance(made, Rendering)  # noqa: S101 - what it makes
    write_file(to, made.png.read())
    what = f"{found.name}:{number}" if number is not None else f"{name} of {found.name}"
    asked.console.say(f"{to.name}: {what}, published activation {made.activation:.1f}")


def _wanted(
    spec: Spec, layer: Layer, unit: str, number: int | None
) -> tuple[Objective, RenderSpec]:
    """What a unit of the command line maximises, and how the spec renders it."""
    reported = next((each for each in spec.reported_layers if each.layer == layer.name), None)
    if number is not None:
        known = dict(zip(reported.filters, reported.renders, strict=True)) if reported else {}
        listed = next((each for each in spec.listed_layers if each.layer == layer.name), None)
        usual = spec.render.but(listed.render) if listed else spec.render
        return of_channel(number), known.get(number, usual)
    objectives = (
        {each.id: (each.objective, own) for each, own in reported.objectives} if reported else {}
    )
    if unit not in objectives:
        near = meant(unit, objectives) or (
            f": it has {', '.join(objectives)}" if objectives else ""
        )
        raise ReportError(
            f"{layer.name} has no objective {visible(unit)!r}{near}",
            "name a filter by its number, or an objective of the spec by its id",
        )
    return objectives[unit]


def score(asked: Build, layer: str, images: Sequence[Path], *, number: int | None) -> str:
    """How a layer's filters respond to some photographs, as CSV.

    ``mean`` and ``max`` are over the filter's map, on the side of the activation function that
    the spec names; ``rank`` is by the mean, 1 for the strongest filter of the layer.

    Raises
    ------
    ReportError
        If there is no such layer or filter, or a file is no photograph.
    """
    study, found = find_in(read_study(asked), layer, number, code=asked.code)
    photographs = [open_photograph(path, path.name) for path in images]
    from generator.lab.activations import scan  # noqa: PLC0415 - imports torch

    bench = open_bench(asked, study)
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for photograph in photographs:
        (responses,) = scan(bench, [bench.layer(found.name)], [photograph])
        table.writerows(_rows(photograph, responses, study, number))
    return text.getvalue()


def deliver(text: str, to: Path | None) -> None:
    """Write a result to a file, or to stdout where none is named."""
    if to is None:
        sys.stdout.write(text)
    else:
        refuse_folder(to)
        write_file(to, text.encode(errors="backslashreplace"))


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


def find_in(
    study: Study, layer: str, number: int | None, *, code: Path | None = None
) -> tuple[Study, Layer]:
    """The report of a layer's network alone, and the layer; as `find_unit` finds it."""
    model, found = find_unit(study.spec, layer, number, code=code)
    return dict(alone(study))[model], found


def find_unit(
    spec: Spec, layer: str, number: int | None, *, code: Path | None = None
) -> tuple[str, Layer]:
    """What the command line names by name, index or title; before weights are loaded.

    Gives the network's name in the report, empty for an only one, and the layer.

    Raises
    ------
    ReportError
        If there is no such layer or filter.
    """
    name = str(layer_name(int(layer)) if layer.isdecimal() else layer)
    titles = {each.title: each.layer for each in spec.listed_layers if each.title}
    catalogues = {
        model: layers_of(written.architecture, code=code) for model, written in named_models(spec)
    }
    known = {
        address(model, each.name): (model, each)
        for model, catalogue in catalogues.items()
        for each in catalogue.layers
    }
    found = known.get(titles.get(name, name)) or known.get(layer)
    if found is None:
        owner = " and ".join(model or each.architecture for model, each in catalogues.items())
        verb = "have" if len(catalogues) > 1 else "has"
        raise ReportError(
            f"{owner} {verb} no layer {visible(name)!r}{meant(name, [*known, *titles])}"
        )
    channels = found[1].channels
    if number is not None and number >= channels:
        raise ReportError(
            f"{found[1].name} has {channels} channels, filters 0 to {channels - 1}: no {number}"
        )
    return found


def refuse_folder(to: Path) -> None:
    """Refuse a file that cannot be made, before time is spent on what it would hold."""
    if to.is_dir() or not to.resolve().parent.is_dir():
        raise MachineError(f"{to} cannot be written", "name a file in a folder that exists")


def write_file(to: Path, data: bytes) -> None:
    """Write a result where the user wants it, at once or not at all.

    Raises
    ------
    MachineError
        If the disk refuses; what was there before stays.
    """
    try:
        if to.exists() and not to.is_file():
            to.write_bytes(data)  # a terminal, a pipe, /dev/null
        else:
            files.write_file(to.resolve(), data)
    except OSError as reason:
        raise MachineError(f"{to} cannot be written: {reason.strerror}") from None
