"""The commands that look at a network: its layers, one picture, a few scores, what filters like."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from generator.asked import Build
from generator.commands.options import (
    DEFAULT_SPEC,
    CodeOption,
    DeviceOption,
    FilterArgument,
    LayerArgument,
    OutsideOption,
    PrecisionOption,
    RecipeOption,
    SeedOption,
    SizeOption,
    SpecOption,
    StoreOption,
    UnitArgument,
    VariantOption,
)
from generator.console import Console
from generator.errors import ExitCode, visible
from generator.folders import beside


def layers(
    model: Annotated[
        str | None, typer.Option(help="A torchvision name, timm/NAME, module:function [the spec's]")
    ] = None,
    spec: SpecOption = DEFAULT_SPEC,
    allow_code: CodeOption = False,
) -> int:
    """List a model's layers: channels, kind, stride and receptive field in pixels."""
    from generator import layers  # noqa: PLC0415

    code = spec.parent if allow_code else None
    for name, architecture in ({"": model} if model else layers.named_in(spec)).items():
        if name:
            print(f"{name}:")
        for line in layers.table(layers.layers_of(architecture, code=code)):
            print(visible(line))
    return ExitCode.DONE


def render(
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
    from generator import single  # noqa: PLC0415
    from generator.spec.pictures import Overrides  # noqa: PLC0415

    asked = Build(spec, beside(spec), Console(), device, allow_outside, allow_code)
    recipes = None if recipe is None else (recipe,)
    overrides = Overrides(recipe=recipes, size=size, seed=seed, precision=precision)
    single.render(asked, (layer, unit), to=output, overrides=overrides, variant=variant)
    return ExitCode.DONE


def score(
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
    from generator import single  # noqa: PLC0415

    asked = Build(spec, beside(spec), Console(), device, allow_outside, allow_code)
    text = single.score(asked, layer, images, number=filter_)
    single.deliver(text, output)
    return ExitCode.DONE


def find(
    layer: Annotated[str, typer.Option(help="Name, index or title of the layer.")],
    positives: Annotated[list[str], typer.Option(metavar="Q", help="Show the concept.")],
    controls: Annotated[list[str], typer.Option(metavar="Q", help="Ordinary photographs.")],
    lookalikes: Annotated[
        list[str] | None, typer.Option(metavar="Q", help="Near the concept, but not it.")
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="How many filters to list.")] = 10,
    device: DeviceOption = "auto",
    spec: SpecOption = DEFAULT_SPEC,
    allow_outside: OutsideOption = False,
    allow_code: CodeOption = False,
    store: StoreOption = None,
) -> int:
    """Find the filters of a layer that like a concept; exploratory, never evidence.

    Q is tags:bird,-cutout (of the library, those with the tag bird and without cutout) or a path,
    a folder or a glob; repeat the option for more paths. Ends with a claim to paste into the spec.
    """
    from generator import discovery  # noqa: PLC0415

    folders = beside(spec, store=store)
    asked = Build(spec, folders, Console(), device, allow_outside, allow_code)
    concept = discovery.Concept(positives, controls, lookalikes or ())
    print(discovery.find(asked, layer, concept, top=top), end="")
    return ExitCode.DONE


def explore(
    layer: LayerArgument,
    filter_: FilterArgument,
    images: Annotated[
        Path | None, typer.Option(help="A folder or CSV of photographs [the report's].")
    ] = None,
    count: Annotated[int, typer.Option("-n", min=1, max=1000, help="Of each kind.")] = 9,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="DIR", help="For a contact sheet.")
    ] = None,
    device: DeviceOption = "auto",
    spec: SpecOption = DEFAULT_SPEC,
    allow_outside: OutsideOption = False,
    allow_code: CodeOption = False,
    store: StoreOption = None,
) -> int:
    """Show what excites a filter: most, least, and evenly through its range."""
    from generator import discovery  # noqa: PLC0415

    folders = beside(spec, store=store)
    asked = Build(spec, folders, Console(), device, allow_outside, allow_code)
    text = discovery.explore(asked, (layer, filter_), images=images, count=count, to=output)
    print(text, end="")
    return ExitCode.DONE
