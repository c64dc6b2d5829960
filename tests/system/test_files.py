"""Files are written at once or not at all, whatever comes in between."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from generator.system.files import write_file

OLD, NEW = b"what was there", b"what comes"


def interrupted(act: Callable[[], object], after: int) -> bool:
    """Whether Ctrl-C, pressed before the ``after``-th instruction of Python, came before the end.

    That is where signals are heard: between any two instructions, in this program or below it.
    The garbage collector is kept out: when it runs depends on what ran before, and what is raised
    in a finalizer or in one of its callbacks (Hypothesis has one) never reaches the caller.
    """
    left = after

    def count(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal left
        frame.f_trace_opcodes = True
        left -= event in ("line", "opcode")
        if left == 0:
            sys.settrace(None)
            raise KeyboardInterrupt
        return count

    before, collecting = sys.gettrace(), gc.isenabled()
    gc.disable()
    sys.settrace(count)
    try:
        act()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
        if collecting:
            gc.enable()
    return False


# A file that was being opened is closed by the interpreter, which says so.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("before", [None, OLD])
def test_a_write_may_be_interrupted_at_any_instruction(tmp_path: Path, before: bytes | None):
    """In a thread of its own: between two instructions the interpreter may be left in a state in
    which every later exception of the thread has the interrupted one as its context.
    """
    with ThreadPoolExecutor(1) as pool:
        pool.submit(interrupt_everywhere, tmp_path, before).result()


def interrupt_everywhere(tmp_path: Path, before: bytes | None) -> None:
    for after in range(1, 10_000):
        folder = tmp_path / str(after)
        folder.mkdir()
        target = folder / "file"
        if before is not None:
            target.write_bytes(before)
        cut = interrupted(lambda target=target: write_file(target, NEW), after)
        found = {path.name: path.read_bytes() for path in folder.iterdir()}
        assert found in [{"file": NEW}, {} if before is None else {"file": before}], after
        if not cut:
            assert found == {"file": NEW}
            assert after > 100
            return
    pytest.fail("it does not end")
