"""Ray's own processes on the build's node die: exit code 3, cause and remedy, and nothing hangs."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from generator.errors import ExitCode

pytest.importorskip("ray")

# A build in small: a local Ray, and one of its processes killed when the first result is there.
BUILD = """
import os, signal, sys, threading, time
import torch
from generator.commands.exit_codes import code_of
from generator.lab.engines import open_engine
from generator.lab.loading.models import Bench

def slow(item, bench, say):
    time.sleep(0.2)
    return item

def kill(name):
    import ray
    processes = ray._private.worker.global_worker.node.all_processes[name]
    for each in processes:
        os.kill(each.process.pid, signal.SIGKILL)

def build():
    bench = Bench(None, torch.nn.Conv2d(1, 1, 1), torch.device("cpu"))
    with open_engine("ray", "cpu", print) as engine:
        for count, made in enumerate(engine.each(slow, range(10_000), bench, print)):
            if count == 3:
                kill(sys.argv[1])
                print("killed", file=sys.stderr, flush=True)
    return 0

sys.exit(code_of(build))
"""
WORDS = {"raylet": "Ray's process on this machine (raylet)", "gcs_server": "the head of the Ray"}


@pytest.mark.parametrize("name", WORDS)
def test_a_build_whose_ray_dies_ends_with_cause_and_remedy(name: str, tmp_path: Path) -> None:
    script = tmp_path / "build.py"
    script.write_text(BUILD, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(script), name],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        lines = iter(process.stderr.readline, "")
        assert any(line == "killed\n" for line in lines)
        killed = time.monotonic()
        said = "".join(lines)
    assert process.returncode == ExitCode.ENVIRONMENT, said
    assert time.monotonic() - killed < 55, "Ray itself ends the process after a minute"
    assert f"error: {WORDS[name]}" in said
    assert "does not answer" in said
    assert "start Ray again, then run the same command: what is done is kept" in said
