"""The commands that make a report: what is due, whether it is right, and its site."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from generator.asked import Build
from generator.commands.options import (
    DEFAULT_SPEC,
    AddressOption,
    CodeOption,
    DeviceOption,
    EngineOption,
    JunitOption,
    LogOption,
    NetworkOption,
    OutsideOption,
    SpecOption,
    StoreOption,
)
from generator.console import Console
from generator.errors import ExitCode, ReportError, visible
from generator.folders import beside


def build(
    spec: SpecOption = DEFAULT_SPEC,
    out: Annotated[Path | None, typer.Option(help="The site's folder [site by the spec].")] = None,
    device: DeviceOption = "auto",
    engine: EngineOption = "local",
    address: AddressOption = "",
    allow_outside: OutsideOption = False,
    allow_code: CodeOption = False,
    allow_network: NetworkOption = False,
    store: StoreOption = None,
    log_format: LogOption = "auto",
    junit: JunitOption = None,
    record: Annotated[
        bool, typer.Option("--record", help="Write provenance.json beside the spec.")
    ] = False,
) -> int:
    """Render, score, judge and write the site; what is in the store is not made again."""
    from generator import gatekeeping, pipeline, provenance, single  # noqa: PLC0415

    if junit:
        single.refuse_folder(junit)
    console = Console(log_format)
    folders = beside(spec, out=out, store=store)
    asked = Build(
        spec, folders, console, device, allow_outside, allow_code, allow_network, engine, address
    )
    found = pipeline.build(asked)
    if junit:
        gatekeeping.write_junit(gatekeeping.of_findings(found), junit)
    if record:
        results = (folders.site / "results.json").read_bytes()
        console.say(f"recorded in {provenance.record(found, results, spec)}")
    return pipeline.report(found, folders.site, console)


def plan(
    spec: SpecOption = DEFAULT_SPEC,
    device: DeviceOption = "auto",
    allow_outside: OutsideOption = False,
    allow_code: CodeOption = False,
    allow_network: NetworkOption = False,
    store: StoreOption = None,
    log_format: LogOption = "auto",
) -> int:
    """Say what a build would make, why, and what it takes; nothing is fetched or rendered.

    How long it takes is estimated from a few seconds of the work itself, on the same device.
    """
    from generator import forecast  # noqa: PLC0415

    folders, console = beside(spec, store=store), Console(log_format)
    asked = Build(spec, folders, console, device, allow_outside, allow_code, allow_network)
    for line in forecast.planned(asked):
        print(visible(line))
    return ExitCode.DONE


def scan(
    spec: SpecOption = DEFAULT_SPEC,
    device: DeviceOption = "auto",
    engine: EngineOption = "local",
    address: AddressOption = "",
    allow_outside: OutsideOption = False,
    allow_code: CodeOption = False,
    allow_network: NetworkOption = False,
    store: StoreOption = None,
    log_format: LogOption = "auto",
) -> int:
    """Show the images of `scan:` to the network and keep what sums them up; a build does it too.

    Killed or interrupted, it goes on from the last finished shard when it is run again.
    """
    from generator import pipeline  # noqa: PLC0415

    folders, console = beside(spec, store=store), Console(log_format)
    asked = Build(
        spec, folders, console, device, allow_outside, allow_code, allow_network, engine, address
    )
    for line in pipeline.scanned(asked):
        print(visible(line))
    return ExitCode.DONE


def check(
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
        from generator import gatekeeping  # noqa: PLC0415

        return gatekeeping.check(file or beside(spec).site / "results.json", junit, say=print)
    if file or junit:
        raise ReportError("a file or --junit, but no --results", "write `check --results …`")
    from generator import checking  # noqa: PLC0415

    console = Console(log_format)
    asked = Build(spec, beside(spec), console, "cpu", allow_outside, allow_code, allow_network)
    if current:
        from generator import provenance  # noqa: PLC0415

        study = checking.read_study(asked, with_torch=False)
        return provenance.check(study, spec, asked.folders.site, say=print)
    print(visible(checking.checked(asked)))
    return ExitCode.DONE


def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="A build's results.json.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="Another build's results.json.")],
    json: Annotated[bool, typer.Option("--json", help="Every change as JSON.")] = False,
) -> int:
    """Say which verdicts, figures and pictures changed between two builds, and why.

    Ends with 0 if nothing changed, 1 if something did.
    """
    from generator import comparison  # noqa: PLC0415

    changes = comparison.diff(old, new)
    print((comparison.as_json if json else comparison.as_text)(changes), end="")
    return ExitCode.GATE_FAILED if changes else ExitCode.DONE
