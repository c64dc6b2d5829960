"""`render`: one picture, of a filter or of an objective of the spec."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from generator.artifacts.artifact import Rendering
from generator.commands.options import (
    DEFAULT_SPEC,
    CodeOption,
    DeviceOption,
    LayerArgument,
    OutsideOption,
    PrecisionOption,
    RecipeOption,
    SeedOption,
    SizeOption,
    SpecOption,
    UnitArgument,
    VariantOption,
)
from generator.commands.unit_lookup import find_in
from generator.errors import ExitCode, ReportError, visible
from generator.models.layers import Layer
from generator.pipeline.precision_check import check_precision
from generator.pipeline.read_study import read_study
from generator.pipeline.request import Request
from generator.pipeline.resources import open_bench
from generator.plan import RenderTask, Step
from generator.recipes.objective import Objective, of_channel
from generator.recipes.presets import RECIPES
from generator.spec.messages import meant
from generator.spec.render import Overrides, RenderSpec
from generator.spec.report import Spec
from generator.system.console import Console
from generator.system.locations import locations_beside
from generator.system.output import check_output, is_remembered, remember, write_bytes


def command(
    layer: LayerArgument,
    unit: UnitArgument,
    output: Annotated[Path, typer.Option("-o", "--output", help="The PNG file to write.")],
    recipe: RecipeOption = None,
    size: SizeOption = None,
    seed: SeedOption = None,
    variant: VariantOption = 1,
    precision: PrecisionOption = None,
    device: DeviceOption = "auto",
    spec: SpecOption = DEFAULT_SPEC,
    allow_outside: OutsideOption = False,
    allow_code: CodeOption = False,
) -> int:
    """Make one picture: of a filter, or of an objective of the spec."""
    request = Request(spec, locations_beside(spec), Console(), device, allow_outside, allow_code)
    recipes = None if recipe is None else (recipe,)
    overrides = Overrides(recipe=recipes, size=size, seed=seed, precision=precision)
    render(request, (layer, unit), to=output, overrides=overrides, variant=variant)
    return ExitCode.DONE


def render(
    request: Request, unit: tuple[str, str], *, to: Path, overrides: Overrides, variant: int = 1
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
    study, found = find_in(read_study(request), layer, number, code=request.code)
    objective, own = _wanted(study.spec, found, name, number)
    check_output(to, is_remembered)
    wanted = own.but(overrides)
    check_precision(request, wanted.precision)
    recipe = RECIPES[wanted.recipe[0]](wanted.size)
    from generator.lab.engines.task_runners import RENDER  # noqa: PLC0415 - imports torch

    bench = open_bench(request, study)
    task = RenderTask(found.name, objective, recipe, wanted.seed, variant - 1, wanted.precision)
    (((_, made),),) = RENDER.run([Step(task, "", "asked for")], bench, request.console.say)
    assert isinstance(made, Rendering)  # noqa: S101 - what it makes
    data = made.png.read()
    write_bytes(to, data, is_remembered)
    remember(data)
    what = f"{found.name}:{number}" if number is not None else f"{name} of {found.name}"
    request.console.say(f"{to.name}: {what}, published activation {made.activation:.1f}")


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
