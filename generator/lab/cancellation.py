"""Stops work in other threads when nobody waits for its results any more."""

from __future__ import annotations

from threading import Event, local

_own = local()


class CancelledError(Exception):
    """Nobody waits for the result of this thread's work."""


def bind(cancelled: Event) -> None:
    """Let ``check``, in this thread, raise as soon as the event is set."""
    _own.event = cancelled


def check() -> None:
    """Raise CancelledError if nobody waits for this thread; long work calls it at every step."""
    event: Event | None = getattr(_own, "event", None)
    if event is not None and event.is_set():
        raise CancelledError
