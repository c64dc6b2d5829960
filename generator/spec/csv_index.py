"""Reads the library's index, a CSV file."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from generator.errors import Problem
from generator.images.photographs import Box
from generator.spec.bounding_boxes import BoxError, parse_boxes
from generator.spec.messages import meant, quoted
from generator.spec.text import Text, read_text
from generator.system.files import read_file

MAX_BYTES = 16 * 2**20
MAX_ROWS = 100_000
COLUMNS = ("file", "subject", "tags", "source", "licence", "sha256", "boxes", "group")


@dataclass(frozen=True, slots=True)
class IndexRow:
    """A line of the index; ``file`` is relative to the folder of the index.

    ``boxes`` are as they were written: in pixels of the upright photograph, or in shares of it.
    """

    file: str
    line: int = 0
    subject: str = ""
    tags: frozenset[str] = frozenset()
    source: str = ""
    licence: str = ""
    sha256: str = ""
    boxes: tuple[Box, ...] = ()
    group: str = ""


@dataclass(slots=True)
class Index:
    """What an index holds, and what is wrong with it."""

    text: Text
    entries: list[IndexRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, line: int, message: str) -> None:
        """Complain about a line."""
        self.problems.append(self.text.problem(line, 1, message))


def read_index(path: Path, file: str) -> Index:
    """Read a CSV with the column ``file`` and, as far as there are, the other `COLUMNS`.

    Raises
    ------
    UnreadableError
        It cannot be read, or is larger than 16 MiB.
    SpecError
        It is not UTF-8, or holds invisible characters.
    """
    index = Index(read_text(read_file(path, MAX_BYTES), file))
    rows = _rows(index)
    header = [cell.strip() for cell in next(rows, (1, []))[1]]
    if not _check_header(index, header):
        return index
    for count, (line, row) in enumerate(rows, 1):
        if count > MAX_ROWS:
            index.refuse(line, f"the index has more than {MAX_ROWS:,} lines")
            break
        if len(row) > len(header):
            words = f"{len(row)} cells under {len(header)} headings: put text with commas in quotes"
            index.refuse(line, words)
        elif entry := _entry(index, dict(zip(header, row, strict=False)), line):
            index.entries.append(entry)
        else:
            index.refuse(line, "the column `file` is empty")
    return index


def _rows(index: Index) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, with the line on which each begins."""
    reader = csv.reader(index.text.body.splitlines(keepends=True), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            index.refuse(line, f"this is not CSV: {error}")
            return
        if row is None:
            return
        if any(cell.strip() for cell in row):
            yield line, row


def _check_header(index: Index, header: list[str]) -> bool:
    if index.problems:
        return False
    twice = {name for name in header if name in COLUMNS and header.count(name) > 1}
    for name in sorted(twice):
        index.refuse(1, f"the column `{name}` is there twice")
    if "file" in header:
        return not twice
    if len(header) == 1 and re.search(r"[;\t]", header[0]):
        sign = "semicolons" if ";" in header[0] else "tabs"
        index.refuse(
            1,
            f"columns must be separated by commas, not by {sign}: save it as CSV with commas"
            " (in Excel “CSV UTF-8”), and put text with commas in quotes",
        )
    elif not header:
        index.refuse(0, "is empty: the first line names the columns, of which `file` is needed")
    else:
        names = ", ".join(quoted(name) for name in header[:8])
        index.refuse(1, f"the column `file` is missing among {names}{_near(header)}")
    return False


def _near(header: list[str]) -> str:
    return next(("; did you mean `file`?" for name in header if meant(name, ["file"])), "")


def _entry(index: Index, cells: dict[str, str], line: int) -> IndexRow | None:
    known = {name: cells.get(name, "").strip() for name in COLUMNS}
    if not known["file"]:
        return None
    return IndexRow(
        file=known["file"],
        line=line,
        subject=known["subject"],
        tags=_tags(known["tags"]),
        source=known["source"],
        licence=known["licence"],
        sha256=known["sha256"].casefold(),
        boxes=_boxes(index, known["boxes"], line),
        group=known["group"],
    )


def _tags(cell: str) -> frozenset[str]:
    """Tags apart by commas or semicolons; by spaces where the cell has neither."""
    separator = r"[,;]" if re.search(r"[,;]", cell) else r"\s"
    tags = (" ".join(tag.split()) for tag in re.split(separator, cell))
    return frozenset(tag for tag in tags if tag)


def _boxes(index: Index, text: str, line: int) -> tuple[Box, ...]:
    try:
        return parse_boxes(text)
    except BoxError as error:
        index.refuse(line, f"the column `boxes` {error}")
        return ()
