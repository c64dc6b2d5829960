"""The options and arguments that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

LogFormat = Literal["auto", "plain", "json"]
RecipeName = Literal["multiscale", "article", "fourier"]
SpecOption = Annotated[Path, typer.Option("--spec", help="The report to work on.")]
DeviceOption = Annotated[str, typer.Option("--device", help="auto, cpu, cuda, cuda:1, mps.")]
OutsideOption = Annotated[
    bool, typer.Option("--allow-outside", help="Let the spec name files outside the project.")
]
StoreOption = Annotated[
    Path | None, typer.Option("--store", help="Where results are kept [.filterbook by the spec].")
]
LogOption = Annotated[LogFormat, typer.Option("--log-format", help="How progress is told.")]
JunitOption = Annotated[
    Path | None, typer.Option("--junit", metavar="FILE.xml", help="Write gates and claims there.")
]
LayerArgument = Annotated[str, typer.Argument(help="Dotted name (features.24) or index (24).")]
FilterArgument = Annotated[int, typer.Argument(metavar="FILTER", min=0, help="Number, from 0.")]
DEFAULT_SPEC = Path("report.yml")
