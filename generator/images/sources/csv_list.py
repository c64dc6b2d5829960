"""Reads a CSV that lists images: columns file (needed), subject, source, licence."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from generator.images.sources.base import Entry

_COLUMNS = ("file", "subject", "source", "licence")


class NoListError(Exception):
    """A file that lists no images; the text says why, in words that follow "it"."""


def entries(file: BinaryIO, name: str) -> Iterator[Entry]:
    """The rows of a CSV; one that cannot be read, or names no file, has its fault.

    Raises
    ------
    NoListError
        If its first line names no column `file`.
    """
    with io.TextIOWrapper(file, "utf-8-sig", errors="surrogateescape", newline="") as text:
        rows = csv.DictReader(text)
        try:
            columns = rows.fieldnames or ()
        except csv.Error as reason:
            raise NoListError(f"it is no CSV in UTF-8: {reason}") from None
        if "file" not in columns:
            raise NoListError("it has no column `file`")
        while True:
            try:
                yield _entry(next(rows), f"{name}:{rows.line_num}")
            except StopIteration:
                return
            except csv.Error as reason:
                yield Entry(f"{name}:{rows.reader.line_num}", fault=f"the row is no CSV: {reason}")


def _entry(row: dict[str, str | None], place: str) -> Entry:
    texts = [row.get(key) or "" for key in _COLUMNS]
    if not texts[0]:
        return Entry(place, fault="the row names no file")
    if any(not _is_text(each) for each in texts):
        return Entry(place, fault="the row is not in UTF-8")
    return Entry(*texts)


def _is_text(value: str) -> bool:
    """Whether no byte of it was escaped while it was decoded."""
    return not any("\udc80" <= char <= "\udcff" for char in value)
