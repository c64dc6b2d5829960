"""`layers`: a model's layers as a table."""

from __future__ import annotations

from typing import Annotated

import typer

from generator.commands.options import DEFAULT_SPEC, CodeOption, SpecOption
from generator.errors import ExitCode, visible
from generator.pipeline import layer_lookup


def command(
    model: Annotated[
        str | None, typer.Option(help="A torchvision name, timm/NAME, module:function [the spec's]")
    ] = None,
    spec: SpecOption = DEFAULT_SPEC,
    allow_code: CodeOption = False,
) -> int:
    """List a model's layers: channels, kind, stride and receptive field in pixels."""
    code = spec.parent if allow_code else None
    for name, architecture in ({"": model} if model else layer_lookup.named_in(spec)).items():
        if name:
            print(f"{name}:")
        for line in layer_lookup.table(layer_lookup.layers_of(architecture, code=code)):
            print(visible(line))
    return ExitCode.DONE
