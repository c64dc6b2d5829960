"""`diff`: what changed between two builds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from generator.errors import ExitCode
from generator.results import diff as results_diff


def command(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="A build's results.json.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="Another build's results.json.")],
    json: Annotated[bool, typer.Option("--json", help="Every change as JSON.")] = False,
) -> int:
    """Say which verdicts, figures and pictures changed between two builds, and why.

    Ends with 0 if nothing changed, 1 if something did.
    """
    changes = results_diff.diff(old, new)
    print((results_diff.as_json if json else results_diff.as_text)(changes), end="")
    return ExitCode.GATE_FAILED if changes else ExitCode.DONE
