"""Several at once; `make torture` lets eight builds meet."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from generator.system.lock import file_lock
from tests.faults.crowd import try_crowd
from tests.faults.nursery import ROOT, Nursery


def test_builds_that_meet(crew: tuple[Nursery, ...], tmp_path: Path) -> None:
    assert try_crowd(crew, tmp_path, builds=3) == (5, [])


def test_a_turn_that_is_taken_is_waited_for(tmp_path: Path) -> None:
    order: list[str] = []
    waiting = threading.Event()

    def second() -> None:
        with file_lock(tmp_path / "deep" / "lock", waiting.set):
            order.append("second")

    with file_lock(tmp_path / "deep" / "lock", pytest.fail):
        thread = threading.Thread(target=second)
        thread.start()
        assert waiting.wait(10)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]


FAKE = """#!/bin/sh
if [ "$1 $2" = "-m venv" ]; then
  mkdir -p "$3/bin"; cp "$0" "$3/bin/python"
elif [ "$1 $2" = "-m uv" ] && [ "$3" = pip ]; then
  echo "begin $$" >> "{log}"; sleep 0.4; echo "end $$" >> "{log}"
elif [ "$1 $2" = "-m uv" ]; then
  exit 0
else
  exec "{python}" "$@"
fi
"""


def test_two_set_ups_at_once_are_one(tmp_path: Path) -> None:
    """`make setup` beside itself, with a Python that only notes when packages are installed."""
    log, fake = tmp_path / "log", tmp_path / "python3"
    fake.write_text(FAKE.format(log=log, python=sys.executable))
    fake.chmod(0o755)
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    command = ["make", "--no-print-directory", "setup", f"PYTHON={fake}"]
    both = [
        subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert [(each.communicate(timeout=60)[1] and each.returncode) or 0 for each in both] == [0, 0]
    words = [line.split()[0] for line in log.read_text().splitlines()]
    assert words == ["begin", "end"] * 2  # sync and the project itself, once
