"""`scan`: the images of `scan:`, summed up for every filter."""

from __future__ import annotations

from generator.commands.options import (
    DEFAULT_SPEC,
    AddressOption,
    CodeOption,
    DeviceOption,
    EngineOption,
    LogOption,
    NetworkOption,
    OutsideOption,
    SpecOption,
    StoreOption,
)
from generator.errors import ExitCode, visible
from generator.pipeline.build import scanned
from generator.pipeline.request import Request
from generator.system.console import Console
from generator.system.locations import locations_beside


def command(
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
    folders, console = locations_beside(spec, store=store), Console(log_format)
    request = Request(
        spec, folders, console, device, allow_outside, allow_code, allow_network, engine, address
    )
    for line in scanned(request):
        print(visible(line))
    return ExitCode.DONE
