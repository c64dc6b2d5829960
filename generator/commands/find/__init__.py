"""`find`: which filters of a layer detect a concept best. Exploratory; gives no verdict."""

from __future__ import annotations

from typing import Annotated

import typer

from generator.commands.find.ranking import find
from generator.commands.options import (
    DEFAULT_SPEC,
    CodeOption,
    DeviceOption,
    OutsideOption,
    SpecOption,
    StoreOption,
)
from generator.commands.photo_arguments import Concept
from generator.errors import ExitCode
from generator.pipeline.request import Request
from generator.system.console import Console
from generator.system.locations import locations_beside


def command(
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
    folders = locations_beside(spec, store=store)
    request = Request(spec, folders, Console(), device, allow_outside, allow_code)
    concept = Concept(positives, controls, lookalikes or ())
    print(find(request, layer, concept, top=top), end="")
    return ExitCode.DONE
