"""The command line: parses, dispatches, prints errors, ends with an exit code. Nothing else."""

from __future__ import annotations

import sys
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer

from generator import __version__, endings
from generator.console import Console
from generator.errors import ExitCode, ReportError, visible
from generator.folders import beside
from generator.interrupts import heed_sigterm
from generator.options import (
    DEFAULT_SPEC,
    CodeOption,
    DeviceOption,
    FilterArgument,
    JunitOption,
    LayerArgument,
    LogOption,
    OutsideOption,
    PrecisionOption,
    RecipeOption,
    SeedOption,
    SizeOption,
    SpecOption,
    StoreOption,
    UnitArgument,
    VariantOption,
)

app = typer.Typer(
    name="filterbook",
    help="Interpretability reports that can be checked: pictures of filters, and evidence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def build(
    spec: SpecOption = DEFAULT_SPEC,
    out: Annotated[Path | None, typer.Option(help="The site's folder [site by the spec].")] = None,
    device: DeviceOption = "auto",
    allow_outside: OutsideOption = False,
    allow_code: CodeOption = False,
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
    asked = pipeline.Build(spec, folders, console, device, allow_outside, allow_code)
    found = pipeline.build(asked)
    if junit:
        gatekeeping.write_junit(gatekeeping.of_findings(found), junit)
    if record:
        results = (folders.site / "results.json").read_bytes()
        console.say(f"recorded in {provenance.record(found, results, spec)}")
    return pipeline.report(found, folders.site, console)


@app.command()
def plan(
    spec: SpecOption = DEFAULT_SPEC,
    allow_outside: OutsideOption = False,
    allow_code: CodeOption = False,
    store: StoreOption = None,
    log_format: LogOption = "auto",
) -> int:
    """Say what a build would make, and why; nothing is fetched or rendered."""
    from generator import pipeline  # noqa: PLC0415

    folders, console = beside(spec, store=store), Console(log_format)
    asked = pipeline.Build(spec, folders, console, "cpu", allow_outside, allow_code)
    for line in pipeline.explain(pipeline.planned(asked)):
        print(visible(line))
    return ExitCode.DONE


@app.command()
def check(
    file: Annotated[Path | None, typer.Argument(help="For --results [the site's].")] = None,
    results: Annotated[bool, typer.Option("--results", help="Check a built report.")] = False,
    current: Annotated[
        bool, typer.Option("--current", help="Compare with provenance.json.")
    ] = False,
    spec: SpecOption = DEFAULT_SPEC,
    allow_outside: OutsideOption = False,
    allow_code: CodeOption = False,
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
    from generator import pipeline  # noqa: PLC0415

    console = Console(log_format)
    asked = pipeline.Build(spec, beside(spec), console, "cpu", allow_outside, allow_code)
    if current:
        from generator import provenance  # noqa: PLC0415

        study = pipeline.read_study(asked, with_torch=False)
        return provenance.check(study, spec, asked.folders.site, say=print)
    print(visible(pipeline.checked(asked)))
    return ExitCode.DONE


@app.command()
def layers(
    model: Annotated[
        str | None, typer.Option(help="A torchvision name, timm/NAME, module:function [the spec's]")
    ] = None,
    spec: SpecOption = DEFAULT_SPEC,
    allow_code: CodeOption = False,
) -> int:
    """List a model's layers: channels, kind, stride and receptive field in pixels."""
    from generator import layers  # noqa: PLC0415

    code = spec.parent if allow_code else None
    for line in layers.table(layers.layers_of(model or layers.named_in(spec), code=code)):
        print(visible(line))
    return ExitCode.DONE


@app.command()
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


@app.command()
def render(
    layer: LayerArgument,
    unit: UnitArgument,
    output: Annotated[Path, typer.Option("-o", "--output", help="The PNG file to write.")],
    recipe: RecipeOption = None,
    size: SizeOption = None,
    seed: SeedOption = None,
    variant: VariantOption = 1,
    precision: PrecisionOption = None,
    device: DeviceOption = "auto",
    spec: SpecOption = DEFAULT_SPEC,
    allow_outside: OutsideOption = False,
    allow_code: CodeOption = False,
) -> int:
    """Make one picture: of a filter, or of an objective of the spec."""
    from generator import pipeline, single  # noqa: PLC0415
    from generator.spec.pictures import Overrides  # noqa: PLC0415

    asked = pipeline.Build(spec, beside(spec), Console(), device, allow_outside, allow_code)
    recipes = None if recipe is None else (recipe,)
    overrides = Overrides(recipe=recipes, size=size, seed=seed, precision=precision)
    single.render(asked, (layer, unit), to=output, overrides=overrides, variant=variant)
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
    allow_code: CodeOption = False,
) -> int:
    """Score photographs: how a layer's filters respond to each of them."""
    from generator import pipeline, single  # noqa: PLC0415

    asked = pipeline.Build(spec, beside(spec), Console(), device, allow_outside, allow_code)
    text = single.score(asked, layer, images, number=filter_)
    single.deliver(text, output)
    return ExitCode.DONE


@app.command()
def find(
    layer: Annotated[str, typer.Option(help="Name, index or title of the layer.")],
    positives: Annotated[list[str], typer.Option(metavar="Q", help="Show the concept.")],
    controls: Annotated[list[str], typer.Option(metavar="Q", help="Ordinary photographs.")],
    lookalikes: Annotated[
        list[str] | None, typer.Option(metavar="Q", help="Near the concept, but not it.")
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="How many filters to list.")] = 10,
    device: DeviceOption = "auto",
    spec: SpecOption = DEFAULT_SPEC,
    allow_outside: OutsideOption = False,
    allow_code: CodeOption = False,
    store: StoreOption = None,
) -> int:
    """Find the filters of a layer that like a concept; exploratory, never evidence.

    Q is tags:bird,-cutout (of the library, those with the tag bird and without cutout) or a path,
    a folder or a glob; repeat the option for more paths. Ends with a claim to paste into the spec.
    """
    from generator import discovery, pipeline  # noqa: PLC0415

    folders = beside(spec, store=store)
    asked = pipeline.Build(spec, folders, Console(), device, allow_outside, allow_code)
    concept = discovery.Concept(positives, controls, lookalikes or ())
    print(discovery.find(asked, layer, concept, top=top), end="")
    return ExitCode.DONE


@app.command()
def explore(
    layer: LayerArgument,
    filter_: FilterArgument,
    images: Annotated[
        Path | None, typer.Option(help="A folder or CSV of photographs [the report's].")
    ] = None,
    count: Annotated[int, typer.Option("-n", min=1, max=1000, help="Of each kind.")] = 9,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="DIR", help="For a contact sheet.")
    ] = None,
    device: DeviceOption = "auto",
    spec: SpecOption = DEFAULT_SPEC,
    allow_outside: OutsideOption = False,
    allow_code: CodeOption = False,
    store: StoreOption = None,
) -> int:
    """Show what excites a filter: most, least, and evenly through its range."""
    from generator import discovery, pipeline  # noqa: PLC0415

    folders = beside(spec, store=store)
    asked = pipeline.Build(spec, folders, Console(), device, allow_outside, allow_code)
    text = discovery.explore(asked, (layer, filter_), images=images, count=count, to=output)
    print(text, end="")
    return ExitCode.DONE


@app.command()
def verify(
    spec: SpecOption = DEFAULT_SPEC,
    store: StoreOption = None,
    weights: Annotated[Path | None, typer.Option(help="Kept weights [the user's cache].")] = None,
    repair: Annotated[bool, typer.Option("--repair", help="Put damaged files aside.")] = False,
) -> int:
    """Read the store and the kept weights to their last byte; 1 if anything is damaged."""
    from generator import verification  # noqa: PLC0415

    folders = beside(spec, store=store)
    cache = weights or folders.weights
    return verification.run(folders.store, cache, repair=repair, say=print, wait=Console().say)


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
def init(folder: Annotated[Path, typer.Argument(metavar="DIR", help="New or empty.")]) -> int:
    """Begin a new report: a small one that builds at once, to be changed."""
    from generator import starting  # noqa: PLC0415

    starting.start(folder, say=print)
    return ExitCode.DONE


@app.command()
def publish(
    spec: SpecOption = DEFAULT_SPEC,
    out: Annotated[Path | None, typer.Option(help="The site's folder [site by the spec].")] = None,
    branch: Annotated[str, typer.Option(help="Where the site is committed.")] = "gh-pages",
    remote: Annotated[str, typer.Option(help="Push there; nothing is pushed without.")] = "",
) -> int:
    """Commit the finished site to a branch of its own; 1 if a gate failed."""
    from generator import publishing  # noqa: PLC0415

    return publishing.publish(beside(spec, out=out).site, branch=branch, remote=remote, say=print)


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
    heed_sigterm()
    sys.exit(_run())


def _run() -> int:
    return endings.code_of(lambda: int(app(standalone_mode=False) or ExitCode.DONE))


if __name__ == "__main__":
    main()
