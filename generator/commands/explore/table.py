"""`explore`: the photographs that excite a filter, as a table and a contact sheet."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from generator.commands.explore.contact_sheet import contact_sheet, is_contact_sheet
from generator.commands.explore.samples import SECTIONS, Sample, sample
from generator.commands.layer_responses import respond
from generator.commands.photo_arguments import library
from generator.commands.unit_lookup import find_in
from generator.errors import MachineError, ReportError, visible
from generator.pipeline.read_study import read_study
from generator.pipeline.request import Request
from generator.system.output import check_output, write_bytes


def explore(
    request: Request, unit: tuple[str, int], *, images: Path | None, count: int, to: Path | None
) -> str:
    """A table of samples of a layer's filter; with ``to``, also a contact sheet in that folder.

    Raises
    ------
    ReportError
        If the spec is not in order, there is no such layer or filter, or there are no photographs.
    MachineError
        If the weights, the device, the store or the disk refuse.
    """
    study = read_study(request) if images is None else library(request, images)
    study, found = find_in(study, *unit, code=request.code)
    if not study.library:
        raise ReportError("there are no photographs to look at", "name some with --images DIR")
    file = to / f"{found.name}-{unit[1]}.html" if to else None
    _make_folder(to)
    if file:
        check_output(file, is_contact_sheet)
    table, card = respond(request, study, found.name, study.library)
    samples = sample(table, unit[1], study.library, count=count)
    title = f"{found.name}:{unit[1]} on {len(table.hashes)} photographs"
    if file:
        page = contact_sheet(title, samples, preprocessing=card.preprocessing)
        write_bytes(file, page.encode(errors="backslashreplace"), is_contact_sheet)
        request.console.say(f"the contact sheet is {file}")
    return "".join(f"{visible(line)}\n" for line in _lines(title, samples))


def _make_folder(to: Path | None) -> None:
    """Make the folder for the contact sheet, before time is spent on what it would show."""
    if to is not None:
        try:
            to.mkdir(parents=True, exist_ok=True)
        except OSError as reason:
            cause = f"{to} cannot be used: {reason.strerror}"
            raise MachineError(cause, "name a folder with -o") from None


def _lines(title: str, samples: tuple[Sample, ...]) -> Iterator[str]:
    yield title
    for section, group in groupby(samples, lambda each: each.section):
        yield ""
        yield f"{SECTIONS[section]}:"
        yield f"{'rank':>6}  {'mean':>10}  {'max':>10}  {'z':>6}  photograph"
        for each in group:
            numbers = f"{each.place:>6}  {each.mean:>10.6g}  {each.max:>10.6g}"
            yield f"{numbers}  {each.z:>6.2f}  {each.photograph.name}"
