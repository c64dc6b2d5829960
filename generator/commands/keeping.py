"""The commands around a report: beginning one, serving, publishing and verifying it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from generator.commands.options import DEFAULT_SPEC, SpecOption, StoreOption
from generator.console import Console
from generator.errors import ExitCode, ReportError
from generator.folders import beside


def init(folder: Annotated[Path, typer.Argument(metavar="DIR", help="New or empty.")]) -> int:
    """Begin a new report: a small one that builds at once, to be changed."""
    from generator import starting  # noqa: PLC0415

    starting.start(folder, say=print)
    return ExitCode.DONE


def serve(
    spec: SpecOption = DEFAULT_SPEC,
    out: Annotated[Path | None, typer.Option(help="The site's folder [site by the spec].")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8000,
) -> int:
    """Show the finished site at http://127.0.0.1:PORT until Ctrl-C."""
    from generator import serving  # noqa: PLC0415

    serving.serve(beside(spec, out=out).site, port, say=partial(print, flush=True))
    return ExitCode.DONE


def publish(
    spec: SpecOption = DEFAULT_SPEC,
    out: Annotated[Path | None, typer.Option(help="The site's folder [site by the spec].")] = None,
    branch: Annotated[str, typer.Option(help="Where the site is committed.")] = "gh-pages",
    remote: Annotated[str, typer.Option(help="Push there; nothing is pushed without.")] = "",
) -> int:
    """Commit the finished site to a branch of its own; 1 if a gate failed."""
    from generator import publishing  # noqa: PLC0415

    return publishing.publish(beside(spec, out=out).site, branch=branch, remote=remote, say=print)


def verify(
    spec: SpecOption = DEFAULT_SPEC,
    store: StoreOption = None,
    weights: Annotated[Path | None, typer.Option(help="Kept weights [the user's cache].")] = None,
    repair: Annotated[bool, typer.Option("--repair", help="Put damaged files aside.")] = False,
) -> int:
    """Read the store and the kept weights to their last byte; 1 if anything is damaged."""
    from generator import verification  # noqa: PLC0415

    folders = beside(spec, store=store)
    if folders.shared:
        raise ReportError(
            "a store at an address is not read whole: each object is verified when it is used",
            "leave --store out to verify what is kept beside the report",
        )
    cache = weights or folders.weights
    return verification.run(folders.store, cache, repair=repair, say=print, wait=Console().say)


def schema() -> int:
    """Print the JSON schema of report.yml, for editors."""
    from generator.schema import schema_text  # noqa: PLC0415

    print(schema_text())
    return ExitCode.DONE
