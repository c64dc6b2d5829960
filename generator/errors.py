"""Exceptions for everything that can be refused, each with its exit code."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of the command line; a bug is a traceback (Python's own 1)."""

    DONE = 0
    GATE_FAILED = 1
    USAGE = 2
    ENVIRONMENT = 3
    INTERRUPTED = 130


class ReportError(Exception):
    """A refusal: one line of cause, one line of remedy.

    Parameters
    ----------
    cause:
        What is wrong, without a trailing full stop.
    remedy:
        What the reader can do about it; empty where the cause says it all.
    """

    exit_code = ExitCode.USAGE

    def __init__(self, cause: str, remedy: str = "") -> None:
        super().__init__(cause)
        self.cause = cause
        self.remedy = remedy


def visible(text: str) -> str:
    """Spell out characters that a terminal obeys or hides: controls, bidi marks, line breaks."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or unicodedata.category(char) == "Zs" else _escaped(char)
        for char in text
    )


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in something that the user wrote, with its place.

    ``line`` and ``column`` count from 1; 0 means that the fault has no place of its own
    (an empty file). ``path`` is the dotted way to the value, for example ``claims[0].filter``.
    ``source`` is the line, or a piece of a long one; then ``caret`` is the place's column in it.
    """

    file: str
    line: int
    column: int
    path: str
    message: str
    source: str = ""
    caret: int = 0

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}: " if self.line else f"{self.file}: "
        text = where + (f"{self.path}: " if self.path else "") + self.message
        if self.source:
            text += f"\n    {self.source}\n    {' ' * ((self.caret or self.column) - 1)}^"
        return text


class SpecError(ReportError):
    """Everything that is wrong with a spec or a hand-written page, all of it at once."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        count = len(problems)
        super().__init__(
            "\n".join(str(problem) for problem in problems),
            f"{count} problem{'s' if count != 1 else ''}: nothing was loaded or rendered",
        )
        self.problems = problems


class MachineError(ReportError):
    """Weights, device, disk or a package: something outside what the user wrote."""

    exit_code = ExitCode.ENVIRONMENT


class WeightsError(MachineError):
    """Weights that cannot be had, or are not what they should be."""


class StoreError(MachineError):
    """The disk refused, or holds something that cannot be used."""


class SiteError(ReportError):
    """MkDocs or the site checker refused what was built; the old site stays."""

    exit_code = ExitCode.GATE_FAILED
