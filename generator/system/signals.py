"""Ctrl-C and SIGTERM during long work: finishes the batch, then stops."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


class StopRequest:
    """Whether somebody asked to stop."""

    def __init__(self) -> None:
        self.asked = False

    def check(self) -> None:
        """Raise KeyboardInterrupt if somebody asked to stop: what is done has been stored."""
        if self.asked:
            raise KeyboardInterrupt


def handle_sigterm() -> None:
    """Let SIGTERM end the process as Ctrl-C does: cleanly, with a word on how to go on."""
    signal.signal(signal.SIGTERM, _leave)


def _leave(number: int, _frame: FrameType | None) -> None:
    # `timeout` sends it twice: the second one would break off the waiting for threads at work, and
    # the interpreter would end under them, which aborts the process.
    signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


@contextmanager
def delay_interrupts(say: Callable[[str], None]) -> Iterator[StopRequest]:
    """Turn the first Ctrl-C into a request that ``check`` sees; the second one stops at once.

    SIGTERM stops at once: whoever sends it does not wait. Nothing is lost but the batch in flight.
    """
    patience = StopRequest()

    def ask(_number: int, _frame: FrameType | None) -> None:
        if patience.asked:
            raise KeyboardInterrupt
        patience.asked = True
        say("finishing the batch in flight; Ctrl-C again stops at once")

    before = {signal.SIGINT: signal.signal(signal.SIGINT, ask)}
    if signal.getsignal(signal.SIGTERM) is not _leave:  # else the process heeds it to its end
        before[signal.SIGTERM] = signal.signal(signal.SIGTERM, _leave)
    try:
        yield patience
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
