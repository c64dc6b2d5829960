"""`explore`: photographs that excite a filter most, least, and evenly through its range."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from generator.commands.explore.table import explore
from generator.commands.options import (
    DEFAULT_SPEC,
    CodeOption,
    DeviceOption,
    FilterArgument,
    LayerArgument,
    OutsideOption,
    SpecOption,
    StoreOption,
)
from generator.errors import ExitCode
from generator.pipeline.request import Request
from generator.system.console import Console
from generator.system.locations import locations_beside


def command(
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
    folders = locations_beside(spec, store=store)
    request = Request(spec, folders, Console(), device, allow_outside, allow_code)
    text = explore(request, (layer, filter_), images=images, count=count, to=output)
    print(text, end="")
    return ExitCode.DONE
