"""Several tests in one process, several processes in one suite: none depends on another."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")

# pytest changes the first for each test; OpenCV and torch set theirs when they are first used.
CHANGED_BY_LIBRARIES = (
    "PYTEST_CURRENT_TEST",
    "LD_LIBRARY_PATH",
    "TORCHINDUCTOR_CACHE_DIR",
    "TRITON_CACHE_DIR",
)


def one_thread_each() -> None:
    """Let the processes of a suite share the cores: one thread each. Call it before torch loads.

    Tests of thread counts set OMP_NUM_THREADS themselves; a number that is set already is kept.
    """
    if WORKER:
        os.environ.setdefault("OMP_NUM_THREADS", "1")


def heed_ctrl_c() -> None:
    """Let SIGINT interrupt, where a suite in the background of a shell was started without it.

    The commands that tests start, and interrupt, inherit what is ignored.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Fail if a test leaves the process other than it was; torch's own settings are put back.

    Commands run in the process of the tests, and set torch up for long runs: that is meant.
    """
    before = _state()
    torch = sys.modules.get("torch")
    if torch:
        torch.manual_seed(0)
        torch.backends.mha.set_fastpath_enabled(True)
        threads, kind = torch.get_num_threads(), torch.get_default_dtype()
    yield
    if torch:
        assert torch.is_grad_enabled()
        assert torch.get_default_dtype() is kind
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)
    for name, module in list(sys.modules.items()):  # networks of users, which tests wrote
        if "pytest-of-" in (getattr(module, "__file__", None) or ""):
            del sys.modules[name]
    after = _state()
    changed = [name for name in before | after if before.get(name) != after.get(name)]
    left = "; ".join(f"{name} was {before.get(name)}, is {after.get(name)}" for name in changed)
    assert not changed, f"a test left something behind: {left}"


def _state() -> dict[str, object]:
    environment = {f"${k}": v for k, v in os.environ.items() if k not in CHANGED_BY_LIBRARIES}
    return {
        **environment,
        "folder": Path.cwd(),
        "arguments": list(sys.argv),
        "search path": list(sys.path),
        "signals": [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)],
        "trace": sys.gettrace(),
    }


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that ``make`` fills once for all workers; who comes second waits, and reads it only.

    The lock is that of pytest-xdist's documentation: "Making session-scoped fixtures execute only
    once".
    """
    base = factory.getbasetemp()
    folder = (base.parent if WORKER else base) / name
    done = folder.with_suffix(".done")
    with FileLock(folder.with_suffix(".lock")):
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)  # of a worker that failed
            folder.mkdir()
            make(folder)
            done.touch()
    return folder
