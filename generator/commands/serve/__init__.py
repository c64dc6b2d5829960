"""`serve`: the finished site over http, on this machine alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from generator.commands.options import DEFAULT_SPEC, SpecOption
from generator.commands.serve.handler import Server
from generator.errors import ExitCode, MachineError, ReportError
from generator.system.locations import locations_beside


def command(
    spec: SpecOption = DEFAULT_SPEC,
    out: Annotated[Path | None, typer.Option(help="The site's folder [site by the spec].")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8000,
) -> int:
    """Show the finished site at http://127.0.0.1:PORT until Ctrl-C."""
    serve(locations_beside(spec, out=out).site, port, say=partial(print, flush=True))
    return ExitCode.DONE


def serve(site: Path, port: int, *, say: Callable[[str], None]) -> None:
    """Serve ``site`` at 127.0.0.1 until Ctrl-C; port 0 takes a free one.

    Raises
    ------
    ReportError
        If there is no site yet.
    MachineError
        If the port is taken.
    """
    if not (site / "index.html").is_file():
        raise ReportError(f"there is no site in {site.name}/ yet", "run `make site` first")
    try:
        server = Server(site, port)
    except OSError as reason:
        raise MachineError(
            f"port {port} cannot be used: {reason.strerror}", "choose another with --port"
        ) from None
    with server:
        say(f"http://127.0.0.1:{server.server_address[1]}/ until Ctrl-C")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say("stopped")
