"""`check`: the spec, its photographs and its pages; or a finished report's gates."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from generator.commands.options import (
    DEFAULT_SPEC,
    CodeOption,
    JunitOption,
    LogOption,
    NetworkOption,
    OutsideOption,
    SpecOption,
)
from generator.errors import ExitCode, ReportError, visible
from generator.pipeline import read_study
from generator.pipeline.request import Request
from generator.system.console import Console
from generator.system.locations import locations_beside


def command(
    file: Annotated[Path | None, typer.Argument(help="For --results [the site's].")] = None,
    results: Annotated[bool, typer.Option("--results", help="Check a built report.")] = False,
    current: Annotated[
        bool, typer.Option("--current", help="Compare with provenance.json.")
    ] = False,
    spec: SpecOption = DEFAULT_SPEC,
    allow_outside: OutsideOption = False,
    allow_code: CodeOption = False,
    allow_network: NetworkOption = False,
    log_format: LogOption = "auto",
    junit: JunitOption = None,
) -> int:
    """Check the spec, its photographs and its pages; in a second, and without torch.

    With --results, check a finished report: which gates held, 1 if one failed. With --current, say
    whether spec, pages, photographs and program are those of the recorded report, 1 if not.
    """
    if results:
        from generator.results import junit as junit_xml  # noqa: PLC0415 - others need none of it

        return junit_xml.check(
            file or locations_beside(spec).site / "results.json", junit, say=print
        )
    if file or junit:
        raise ReportError("a file or --junit, but no --results", "write `check --results …`")
    console = Console(log_format)
    request = Request(
        spec, locations_beside(spec), console, "cpu", allow_outside, allow_code, allow_network
    )
    if current:
        from generator.results import provenance  # noqa: PLC0415

        study = read_study.read_study(request, with_torch=False)
        return provenance.check(study, spec, request.folders.site, say=print)
    print(visible(read_study.checked(request)))
    return ExitCode.DONE
