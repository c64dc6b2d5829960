"""The command line: parses arguments, runs a command, exits with its code."""

from __future__ import annotations

import sys
from importlib import import_module
from io import TextIOWrapper
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from generator import __version__
from generator.commands import COMMANDS, exit_codes
from generator.errors import ExitCode
from generator.system.signals import handle_sigterm


class Commands(dict[str, Any]):
    """Name → command; imports a command's module when it is looked up, so that each starts fast."""

    def __init__(self) -> None:
        super().__init__(dict.fromkeys(COMMANDS))

    def get(self, name: str, default: Any = None) -> Any:
        if name not in self:
            return default
        one = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        one.command(name)(import_module(f"generator.commands.{name}").command)
        return typer.main.get_command(one)


class CommandGroup(TyperGroup):
    """The program, with its commands."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings | {"commands": Commands()})


app = typer.Typer(
    name="filterbook",
    cls=CommandGroup,
    help="Interpretability reports that can be checked: pictures of filters, and evidence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


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
    handle_sigterm()
    sys.exit(_run())


def _run() -> int:
    return exit_codes.code_of(lambda: int(app(standalone_mode=False) or ExitCode.DONE))


if __name__ == "__main__":
    main()
