"""`init`: writes a new report that builds at once."""

from __future__ import annotations

import csv
import io
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from generator.errors import ExitCode, MachineError, ReportError
from generator.system.resources import frame, starter


def command(folder: Annotated[Path, typer.Argument(metavar="DIR", help="New or empty.")]) -> int:
    """Begin a new report: a small one that builds at once, to be changed."""
    start(folder, say=print)
    return ExitCode.DONE


FILES = {  # in the package → in the report
    "report.yml": "report.yml",
    "index.md": "pages/index.md",
    "references.bib": "pages/references.bib",
    "gitignore": ".gitignore",
    "Makefile": "Makefile",
    "photographs.md": "images/README.md",
}


def start(folder: Path, *, say: Callable[[str], None]) -> None:
    """Write a new report into an empty folder, and say what to do next.

    Raises
    ------
    ReportError
        There is something in the folder already: nothing of it is touched.
    MachineError
        The disk refuses.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise ReportError(f"{folder} is not a folder", "name a folder that is new or empty")
    if folder.is_dir() and any(folder.iterdir()):
        raise ReportError(f"{folder} is not empty", "name a folder that is new or empty")
    try:
        _write(folder)
    except OSError as reason:
        cause = f"{folder} cannot be written: {reason.strerror}"
        raise MachineError(cause, "make room, or choose another place") from None
    for line in _next(folder):
        say(line)


def _write(folder: Path) -> None:
    for name, target in FILES.items():
        text = (starter() / name).read_text(encoding="utf-8")
        place = folder / target
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("x", encoding="utf-8") as file:  # never over a file that is there
            file.write(text.replace("@PYTHON@", shlex.quote(sys.executable)))
    images, library = folder / "images", frame() / "images"
    wanted = (starter() / "photographs.txt").read_text(encoding="utf-8").split()
    for name in wanted:
        (images / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(library / name, images / name)
    index = _index((library / "images.csv").read_text(encoding="utf-8"), frozenset(wanted))
    (images / "images.csv").write_text(index, encoding="utf-8")


def _index(text: str, wanted: frozenset[str]) -> str:
    """The rows of a library's index that are about some photographs."""
    rows = csv.DictReader(io.StringIO(text))
    kept = io.StringIO()
    writer = csv.DictWriter(kept, rows.fieldnames or (), lineterminator="\n")
    writer.writeheader()
    writer.writerows(row for row in rows if row["file"] in wanted)
    return kept.getvalue()


def _next(folder: Path) -> Iterator[str]:
    yield f"a new report lies in {folder}; next:"
    yield f"  cd {shlex.quote(str(folder))}"
    yield f"  {shlex.quote(sys.executable)} -m generator build   # or: make site"
    yield "  open site/index.html, then change report.yml and pages/index.md"
    yield "its photographs have a licence of their own: images/README.md"
