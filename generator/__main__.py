"""The command line: parses, dispatches, prints errors, ends with an exit code. Nothing else."""

from __future__ import annotations

import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from generator import __version__, endings
from generator.commands import COMMANDS
from generator.errors import ExitCode
from generator.interrupts import heed_sigterm

app = typer.Typer(
    name="filterbook",
    help="Interpretability reports that can be checked: pictures of filters, and evidence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _command in COMMANDS:
    app.command()(_command)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"filterbook {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line and end the process with its exit code."""
    if isinstance(sys.stdout, TextIOWrapper):  # a name or an arrow that the encoding lacks
        sys.stdout.reconfigure(errors="backslashreplace")
    heed_sigterm()
    sys.exit(_run())


def _run() -> int:
    return endings.code_of(lambda: int(app(standalone_mode=False) or ExitCode.DONE))


if __name__ == "__main__":
    main()
