"""`build`: everything that is missing, the verdicts and the site."""

from __future__ import annotations

from typing import Annotated

import typer

from generator.commands.options import (
    DEFAULT_SPEC,
    AddressOption,
    CodeOption,
    DeviceOption,
    EngineOption,
    JunitOption,
    LogOption,
    NetworkOption,
    OutOption,
    OutsideOption,
    SpecOption,
    StoreOption,
    WorkOption,
)
from generator.pipeline.build import build, report
from generator.pipeline.request import Request
from generator.results import junit as junit_xml
from generator.results import provenance
from generator.system.console import Console
from generator.system.locations import locations_beside
from generator.system.output import check_output


def command(
    spec: SpecOption = DEFAULT_SPEC,
    out: OutOption = None,
    device: DeviceOption = "auto",
    engine: EngineOption = "local",
    address: AddressOption = "",
    allow_outside: OutsideOption = False,
    allow_code: CodeOption = False,
    allow_network: NetworkOption = False,
    store: StoreOption = None,
    work: WorkOption = None,
    log_format: LogOption = "auto",
    junit: JunitOption = None,
    record: Annotated[
        bool, typer.Option("--record", help="Write provenance.json beside the spec.")
    ] = False,
) -> int:
    """Render, score, judge and write the site; what is in the store is not made again."""
    if junit:
        check_output(junit, junit_xml.is_junit)
    if record:
        provenance.check_place(spec)
    console = Console(log_format)
    folders = locations_beside(spec, out=out, store=store, work=work)
    request = Request(
        spec, folders, console, device, allow_outside, allow_code, allow_network, engine, address
    )
    found = build(request)
    if junit:
        junit_xml.write_junit(junit_xml.of_findings(found), junit)
    if record:
        results = (folders.site / "results.json").read_bytes()
        console.say(f"recorded in {provenance.record(found, results, spec)}")
    return report(found, folders.site, console)
