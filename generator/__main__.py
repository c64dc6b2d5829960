"""The command line: parses, dispatches, prints errors, ends with an exit code. Nothing else."""

from __future__ import annotations

import os
import sys
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Literal

import click
import typer

from generator import __version__
from generator.console import Console
from generator.errors import ExitCode, ReportError, visible
from generator.folders import beside

app = typer.Typer(
    name="filterbook",
    help="Interpretability reports that can be checked: pictures of filters, and evidence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

LogFormat = Literal["auto", "plain", "json"]
RecipeName = Literal["multiscale", "article"]
SpecOption = Annotated[Path, typer.Option("--spec", help="The report to work on.")]
DeviceOption = Annotated[str, typer.Option("--device", help="auto, cpu, cuda, cuda:1, mps.")]
OutsideOption = Annotated[
    bool, typer.Option("--allow-outside", help="Let the spec name files outside the project.")
]
StoreOption = Annotated[
    Path | None, typer.Option("--store", help="Where results are kept [.filterbook by the spec].")
]
LogOption = Annotated[LogFormat, typer.Option("--log-format", help="How progress is told.")]
LayerArgument = Annotated[str, typer.Argument(help="Dotted name (features.24) or index (24).")]
DEFAULT_SPEC = Path("report.yml")


@app.command()
def build(
    spec: SpecOption = DEFAULT_SPEC,
    out: Annotated[Path | None, typer.Option(help="The site's folder [site by the spec].")] = None,
    device: DeviceOption = "auto",
    allow_outside: OutsideOption = False,
    store: StoreOption = None,
    log_format: LogOption = "auto",
) -> int:
    """Render, score, judge and write the site; what is in the store is not made again."""
    from generator import pipeline  # noqa: PLC0415

    console = Console(log_format)
    folders = beside(spec, out=out, store=store)
    asked = pipeline.Build(spec, folders, console, device, allow_outside)
    return pipeline.report(pipeline.build(asked), folders.site, console)


@app.command()
def plan(
    spec: SpecOption = DEFAULT_SPEC,
    allow_outside: OutsideOption = False,
    store: StoreOption = None,
    log_format: LogOption = "auto",
) -> int:
    """Say what a build would make, and why; nothing is fetched or rendered."""
    from generator import pipeline  # noqa: PLC0415

    asked = pipeline.Build(
        spec, beside(spec, store=store), Console(log_format), "cpu", allow_outside
    )
    for line in pipeline.explain(pipeline.planned(asked)):
        print(visible(line))
    return ExitCode.DONE


@app.command()
def check(
    spec: SpecOption = DEFAULT_SPEC,
    allow_outside: OutsideOption = False,
    log_format: LogOption = "auto",
) -> int:
    """Check the spec, its photographs and its pages; in a second, and without torch."""
    from generator import pipeline  # noqa: PLC0415

    asked = pipeline.Build(spec, beside(spec), Console(log_format), allow_outside=allow_outside)
    print(visible(pipeline.checked(asked)))
    return ExitCode.DONE


@app.command()
def render(
    layer: LayerArgument,
    filter_: Annotated[int, typer.Argument(metavar="FILTER", min=0, help="Number, from 0.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The PNG file to write.")],
    recipe: Annotated[RecipeName | None, typer.Option(help="[the spec's]")] = None,
    size: Annotated[int | None, typer.Option(min=56, max=2048, help="Pixels [the spec's]")] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=2**31 - 1, help="[the spec's]")] = None,
    device: DeviceOption = "auto",
    spec: SpecOption = DEFAULT_SPEC,
    allow_outside: OutsideOption = False,
) -> int:
    """Make the picture of one filter."""
    from generator import pipeline, single  # noqa: PLC0415

    asked = pipeline.Build(spec, beside(spec), Console(), device, allow_outside)
    overrides = {"recipe": recipe, "size": size, "seed": seed}
    single.render(asked, layer, filter_, to=output, overrides=overrides)
    return ExitCode.DONE


@app.command()
def score(
    layer: LayerArgument,
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE...", help="Photographs.")],
    filter_: Annotated[int | None, typer.Option("--filter", min=0, help="[the strongest]")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="A CSV file.")] = None,
    device: DeviceOption = "auto",
    spec: SpecOption = DEFAULT_SPEC,
    allow_outside: OutsideOption = False,
) -> int:
    """Score photographs: how a layer's filters respond to each of them."""
    from generator import pipeline, single  # noqa: PLC0415

    asked = pipeline.Build(spec, beside(spec), Console(), device, allow_outside)
    text = single.score(asked, layer, images, number=filter_)
    single.deliver(text, output)
    return ExitCode.DONE


@app.command()
def serve(
    spec: SpecOption = DEFAULT_SPEC,
    out: Annotated[Path | None, typer.Option(help="The site's folder [site by the spec].")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8000,
) -> int:
    """Show the finished site at http://127.0.0.1:PORT until Ctrl-C."""
    from generator import serving  # noqa: PLC0415

    serving.serve(beside(spec, out=out).site, port, say=partial(print, flush=True))
    return ExitCode.DONE


@app.command()
def schema() -> int:
    """Print the JSON schema of report.yml, for editors."""
    from generator.schema import schema_text  # noqa: PLC0415

    print(schema_text())
    return ExitCode.DONE


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
    sys.exit(_run())


def _run() -> int:
    try:
        code = int(app(standalone_mode=False) or ExitCode.DONE)
        sys.stdout.flush()
        return code
    except ReportError as refusal:
        cause = "\n".join(visible(line) for line in refusal.cause.split("\n"))
        print(f"error: {cause}", file=sys.stderr)
        if refusal.remedy:
            print(f"  {visible(refusal.remedy)}", file=sys.stderr)
        return refusal.exit_code
    except click.ClickException as refusal:
        refusal.show()
        return ExitCode.USAGE
    except (KeyboardInterrupt, click.Abort):
        print("interrupted: run the same command to go on from here", file=sys.stderr)
        return ExitCode.INTERRUPTED
    except BrokenPipeError:  # whoever read the output has read enough; nor must Python's exit fail
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.DONE


if __name__ == "__main__":
    main()
