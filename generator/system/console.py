"""Progress and messages: a bar, plain lines, or JSON.

Everything goes to stderr; stdout belongs to results.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from rich.console import Console as Terminal
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from generator.errors import visible

LogFormat = Literal["auto", "plain", "json"]
_PLAIN_EVERY = 20.0  # seconds between plain lines of one stage


@dataclass(slots=True)
class Console:
    """Where a build reports to; ``format`` auto draws bars where stderr is a terminal."""

    format: LogFormat = "auto"
    terminal: Terminal = field(default_factory=lambda: Terminal(stderr=True, highlight=False))

    def say(self, text: str) -> None:
        """One line for whoever watches; what a terminal would obey is spelled out."""
        self._line("message", text=text)

    def warn(self, text: str) -> None:
        """One line about something that was left out or is not as it should be."""
        self._line("warning", text=f"warning: {text}")

    @contextmanager
    def stage(self, name: str, total: int) -> Iterator[Stage]:
        """Count ``total`` things to make; nothing is said where there are none."""
        if total == 0:
            yield Stage(self, name, total)
            return
        if self.format == "auto" and self.terminal.is_terminal:
            with _bar(self.terminal) as bar:
                yield _BarStage(self, name, total, bar=bar)
        else:
            yield _LineStage(self, name, total)

    def _line(self, kind: str, **values: object) -> None:
        if self.format == "json":
            print(json.dumps({"event": kind, **values}), file=self.terminal.file, flush=True)
        else:
            text = "\n".join(visible(line) for line in str(values["text"]).split("\n"))
            self.terminal.print(text, markup=False, emoji=False, soft_wrap=True)


class Stage:
    """A stage's progress; this one is silent."""

    def __init__(self, console: Console, name: str, total: int) -> None:
        self.console, self.name, self.total = console, name, total
        self.done = 0
        self.started = time.monotonic()

    def advance(self, count: int) -> None:
        """``count`` more units are done and stored."""
        self.done += count

    @property
    def rate(self) -> float:
        """Seconds per unit so far; all of them before the first unit is done."""
        return (time.monotonic() - self.started) / max(self.done, 1)

    def pace(self, rate: float) -> str:
        """How fast it goes, which nobody knows before the first unit is done."""
        return f"{rate:.2g} s each" if self.done else f"{rate:.0f} s so far"


class _LineStage(Stage):
    """Progress as lines of text or JSON, one now and then."""

    def __init__(self, console: Console, name: str, total: int) -> None:
        super().__init__(console, name, total)
        self.last = self.started
        console.say(f"{name}: {total} to make")

    def advance(self, count: int) -> None:
        super().advance(count)
        now = time.monotonic()
        if self.done < self.total and now - self.last < _PLAIN_EVERY:
            return
        self.last = now
        rate = self.rate
        text = f"{self.name}: {self.done}/{self.total}, {self.pace(rate)}"
        if 0 < self.done < self.total:
            text += f", about {rate * (self.total - self.done):.0f} s left"
        self.console._line("progress", text=text, stage=self.name, done=self.done, total=self.total)


class _BarStage(Stage):
    """Progress as a bar on a terminal."""

    def __init__(self, console: Console, name: str, total: int, *, bar: Progress) -> None:
        super().__init__(console, name, total)
        self.bar = bar
        self.row = bar.add_task(name, total=total, rate="")

    def advance(self, count: int) -> None:
        super().advance(count)
        self.bar.update(self.row, advance=count, rate=self.pace(self.rate))


def _bar(terminal: Terminal) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=terminal,
    )
