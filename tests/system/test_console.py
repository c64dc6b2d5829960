"""What the program says: plain lines, JSON lines, bars, and never what a terminal obeys."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console as Terminal

from generator.system import console as module
from generator.system.console import Console, LogFormat


def console(format_: LogFormat = "auto", *, terminal: bool = False) -> tuple[Console, io.StringIO]:
    file = io.StringIO()
    return Console(format_, Terminal(file=file, force_terminal=terminal, width=60)), file


def events(file: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.getvalue().splitlines()]


def test_plain_lines() -> None:
    told, file = console()
    told.say("one [bold]line[/] with :cat: and 100 %")
    told.warn("left out")
    assert file.getvalue() == "one [bold]line[/] with :cat: and 100 %\nwarning: left out\n"


@given(st.text(), st.sampled_from(["auto", "plain", "json"]))
def test_nothing_reaches_a_terminal_that_it_obeys(text: str, format_: LogFormat) -> None:
    told, file = console(format_)
    told.say(text)
    written = file.getvalue()
    assert written.endswith("\n")
    assert all(char.isprintable() or char == "\n" or char.isspace() for char in written)
    assert not {"\x1b", "\x9b", "\r", "\u202e", "\x07", "\x08"} & set(written)


def test_before_the_first_unit_is_done_nobody_knows_how_long_it_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_PLAIN_EVERY", 0.0)
    clock = iter(range(0, 1000, 10))
    monkeypatch.setattr(module.time, "monotonic", lambda: float(next(clock)))
    told, file = console("plain")
    with told.stage("pictures", 4) as stage:
        stage.advance(0)
        stage.advance(2)
        stage.advance(2)
    _, first, second, last = file.getvalue().splitlines()
    assert "0/4" in first
    assert "so far" in first
    assert "left" not in first
    assert "2/4" in second
    assert "s each, about" in second
    assert last.endswith("s each")


def test_json_lines() -> None:
    told, file = console("json")
    told.say("a\nb \x1b[31m “ü”")
    told.warn("left out")
    with told.stage("pictures", 2) as stage:
        stage.advance(2)
    message, warning, started, progress = events(file)
    assert message == {"event": "message", "text": "a\nb \x1b[31m “ü”"}
    assert warning == {"event": "warning", "text": "warning: left out"}
    assert started["text"] == "pictures: 2 to make"
    assert (progress["event"], progress["stage"]) == ("progress", "pictures")
    assert (progress["done"], progress["total"]) == (2, 2)


def test_progress_comes_now_and_then_and_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(float(second) for second in range(0, 1000, 5))
    monkeypatch.setattr(module.time, "monotonic", lambda: next(clock))
    told, file = console("plain")
    with told.stage("pictures", 8) as stage:
        for _ in range(8):
            stage.advance(1)
    lines = file.getvalue().splitlines()
    assert lines[0] == "pictures: 8 to make"
    assert lines[-1].startswith("pictures: 8/8, ")
    assert "left" not in lines[-1]
    assert 3 <= len(lines) <= 7
    assert all("s left" in line for line in lines[1:-1])


@pytest.mark.parametrize("format_", ["auto", "plain", "json"])
def test_where_nothing_is_to_be_made_nothing_is_said(format_: LogFormat) -> None:
    told, file = console(format_, terminal=True)
    with told.stage("pictures", 0) as stage:
        stage.advance(0)
    assert file.getvalue() == ""


def test_a_bar_where_there_is_a_terminal() -> None:
    told, file = console(terminal=True)
    with told.stage("pictures", 3) as stage:
        stage.advance(2)
        told.say("in between")
        stage.advance(1)
    assert "3/3" in file.getvalue()
    assert "in between" in file.getvalue()


PROGRAM = """
from generator.system.console import Console
console = Console()
console.say("before \\x1b]0;title\\x07")
with console.stage("pictures", 3) as stage:
    for _ in range(3):
        stage.advance(1)
console.warn("after")
"""


@pytest.mark.parametrize("kind", ["xterm-256color", "dumb"])
def test_a_real_pseudo_terminal(kind: str) -> None:
    reader, writer = pty.openpty()
    environment = {**os.environ, "TERM": kind, "COLUMNS": "30"}
    process = subprocess.Popen([sys.executable, "-c", PROGRAM], stderr=writer, env=environment)
    os.close(writer)
    seen = bytearray()
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            seen += os.read(reader, 65536)
        except OSError:  # the other end was closed
            break
    os.close(reader)
    assert process.wait(30) == 0
    assert b"\x1b]0;title" not in seen
    assert rb"before \x1b]0;title\x07" in seen.replace(b"\r\n", b"")
    assert b"warning: after" in seen
