"""`layers`: a model's layers as a table."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from generator.commands.options import DEFAULT_SPEC, CodeOption, SpecOption
from generator.errors import ExitCode, WeightsError, visible
from generator.models.layers import Catalogue
from generator.pipeline import layer_lookup
from generator.spec.model import ModelSpec, is_file


def command(
    model: Annotated[
        str | None, typer.Option(help="A torchvision name, timm/NAME, module:function [the spec's]")
    ] = None,
    spec: SpecOption = DEFAULT_SPEC,
    allow_code: CodeOption = False,
) -> int:
    """List a model's layers: channels, kind, stride and receptive field in pixels."""
    code = spec.parent if allow_code else None
    networks = {"": ModelSpec(architecture=model)} if model else layer_lookup.named_in(spec)
    for name, written in networks.items():
        if name:
            print(f"{name}:")
        for line in layer_lookup.table(_layers(written, spec, code)):
            print(visible(line))
    return ExitCode.DONE


def _layers(model: ModelSpec, spec: Path, code: Path | None) -> Catalogue:
    """Those of the architecture, its classifier as the report's own weights have it."""
    found = layer_lookup.layers_of(model.architecture, code=code)
    if not is_file(model.weights):
        return found
    try:
        return layer_lookup.layers_with_file(model, spec.parent, code=code)
    except WeightsError as refusal:
        text = visible(refusal.cause.replace("\n", " "))
        print(f"warning: {text}; layers are those of the architecture", file=sys.stderr)
        return found
