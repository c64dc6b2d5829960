"""Options and arguments that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from generator.recipes.presets import Precision, RecipeName

LogFormat = Literal["auto", "plain", "json"]
SpecOption = Annotated[Path, typer.Option("--spec", help="The report to work on.")]
DeviceOption = Annotated[str, typer.Option("--device", help="auto, cpu, cuda, cuda:1, mps.")]
EngineOption = Annotated[
    Literal["local", "ray"], typer.Option("--engine", help="This machine, or a Ray cluster.")
]
AddressOption = Annotated[
    str,
    typer.Option("--address", help="Of a running Ray cluster [RAY_ADDRESS, or a new one here]."),
]
OutsideOption = Annotated[
    bool, typer.Option("--allow-outside", help="Let the spec name files outside the project.")
]
CodeOption = Annotated[
    bool, typer.Option("--allow-code", help="Let the spec name Python of its own, and run it.")
]
NetworkOption = Annotated[
    bool, typer.Option("--allow-network", help="Let `scan:` read images from the network.")
]
StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store", help="A folder, or a shared address (s3://…) [.filterbook by the spec]."
    ),
]
OutOption = Annotated[
    Path | None, typer.Option("--out", help="The site's folder [site by the spec].")
]
WorkOption = Annotated[
    Path | None,
    typer.Option("--work", help="For Markdown and encoded images [build by the spec]."),
]
LogOption = Annotated[LogFormat, typer.Option("--log-format", help="How progress is told.")]
JunitOption = Annotated[
    Path | None, typer.Option("--junit", metavar="FILE.xml", help="Write gates and claims there.")
]
LayerArgument = Annotated[str, typer.Argument(help="Dotted name (features.24) or index (24).")]
UnitArgument = Annotated[
    str, typer.Argument(metavar="UNIT", help="A filter's number, or an objective's id.")
]
RecipeOption = Annotated[RecipeName | None, typer.Option("--recipe", help="[the spec's]")]
SizeOption = Annotated[
    int | None, typer.Option("--size", min=56, max=2048, help="Pixels [the spec's]")
]
SeedOption = Annotated[
    int | None, typer.Option("--seed", min=0, max=2**31 - 11, help="[the spec's]")
]
VariantOption = Annotated[
    int, typer.Option("--variant", min=1, max=9, help="Which of several, from 1.")
]
PrecisionOption = Annotated[Precision | None, typer.Option("--precision", help="[the spec's]")]
FilterArgument = Annotated[int, typer.Argument(metavar="FILTER", min=0, help="Number, from 0.")]
DEFAULT_SPEC = Path("report.yml")
