"""Whether everything that is kept still holds what was written: every byte, in seconds."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from generator.commands.options import DEFAULT_SPEC, SpecOption, StoreOption, WorkOption
from generator.commands.verify.files import Places, VerifyResult, verify
from generator.errors import ExitCode, MachineError, ReportError
from generator.store.store import Store, put_aside
from generator.system.console import Console
from generator.system.locations import cache, hubs, locations_beside


def command(
    spec: SpecOption = DEFAULT_SPEC,
    out: Annotated[Path | None, typer.Option(help="The site's folder [site by the spec].")] = None,
    work: WorkOption = None,
    store: StoreOption = None,
    weights: Annotated[Path | None, typer.Option(help="Kept weights [the user's cache].")] = None,
    repair: Annotated[bool, typer.Option("--repair", help="Put damaged files aside.")] = False,
) -> int:
    """Read store, caches, kept weights and site to their last byte; 1 if anything is damaged."""
    folders = locations_beside(spec, out=out, store=store, work=work)
    if folders.shared:
        raise ReportError(
            "a store at an address is not read whole: each object is verified when it is used",
            "leave --store out to verify what is kept beside the report",
        )
    places = Places(
        store=folders.store,
        weights=weights or folders.weights,
        cache=cache(),
        work=folders.work,
        site=folders.site,
        hubs=tuple(hubs()),
    )
    return run(places, repair=repair, say=print, wait=Console().say)


def run(
    places: Places, *, repair: bool, say: Callable[[str], None], wait: Callable[[str], None]
) -> ExitCode:
    """Verify all places, and tell what was found; with ``repair``, damaged files are put aside.

    Raises
    ------
    MachineError
        If a folder cannot be read, or a file not be put aside.
    """
    if not repair:
        found = verify(places)
    else:
        with Store(places.store, say).lock(wait):
            found = verify(places)
            _put_all_aside(damage.path for damage in found.damaged if damage.owner == "cache")
    for damage in found.damaged:
        left = repair and damage.owner == "foreign"
        rest = "; left alone, as this program did not name it" if left else ""
        say(f"{_shown(damage.path, places)}: {damage.reason}{rest}")
    for line in told(found, repair=repair):
        say(line)
    return ExitCode.GATE_FAILED if found.damaged else ExitCode.DONE


def told(found: VerifyResult, *, repair: bool) -> Iterator[str]:
    """What was found, in a few lines."""
    rate = found.size / 1e6 / max(found.seconds, 1e-9)
    sizes = f"{found.files} files, {found.size / 1e6:.1f} MB in {found.seconds:.2f} s"
    yield f"{sizes} ({rate:.0f} MB/s): {len(found.damaged) or 'none'} damaged"
    owners = {damage.owner for damage in found.damaged}
    if "cache" in owners and repair:
        yield "they were put aside as .damaged; the next build makes them again"
    elif owners & {"cache", "foreign"}:
        yield "a build puts them aside and makes them again; so does --repair, without building"
    if "site" in owners:
        yield "the next build writes the whole site anew"
    if "hub" in owners:
        yield "delete what torch and the Hugging Face Hub keep damaged: it is fetched again"
    if found.aside:
        yield f"{found.aside} were put aside before (.damaged): nothing reads them, delete them"


def _put_all_aside(damaged: Iterable[Path]) -> None:
    for path in damaged:
        try:
            put_aside(path)
        except OSError as reason:
            cause = f"{path.name[:16]}… cannot be put aside: {reason.strerror}"
            raise MachineError(cause, "give rights to its folder") from None


def _shown(path: Path, places: Places) -> str:
    """The path from the folder that it lies in: no absolute ones in what may be pasted."""
    folders = (places.store, places.weights, places.site, places.work, places.cache)
    inside = (path.relative_to(f.parent) for f in folders if path.is_relative_to(f))
    return os.fspath(next(inside, Path(path.name)))
