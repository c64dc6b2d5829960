"""Watches Ray's own processes: the cluster's head (GCS), and this machine's raylet.

Without its head, Ray blocks for a minute and then ends the process, with exit code 1 and no word.
Both are therefore asked for before Ray is, and a call that blocks all the same is ended here.
"""

from __future__ import annotations

import atexit
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from urllib.parse import urlsplit

from generator.errors import ExitCode, MachineError

PATIENCE = 10.0  # seconds in which a head that is started again may come back
_BLOCKED = 20.0  # seconds after which a call may be blocked
_ANSWER = 5.0  # seconds to wait for an answer
_REMEDY = "start Ray again, then run the same command: what is done is kept"


class RayLostError(MachineError):
    """One of Ray's own processes, without which nothing can go on, has died."""


def check_ray() -> None:
    """Ask whether the head and this machine's raylet are there.

    Raises
    ------
    RayLostError
        If one of them is not.
    """
    if cause := _cause(*_addresses(), patience=PATIENCE):
        # At its end the process no longer waits for Ray, which could take its exit code.
        atexit.register(_leave)
        raise RayLostError(cause, _REMEDY)


@contextmanager
def exit_if_blocked() -> Iterator[None]:
    """End the process, with cause and remedy, if Ray has died and a call of it is blocked."""
    done = Event()
    Thread(target=_watch, args=(done, *_addresses()), daemon=True).start()
    try:
        yield
    finally:
        done.set()


def _watch(done: Event, head: str, raylet: str) -> None:
    while not done.wait(_BLOCKED):
        cause = _cause(head, raylet, patience=PATIENCE)
        if cause and not done.is_set():
            print(f"error: {cause}\n  {_REMEDY}", file=sys.stderr)
            _leave()


def _addresses() -> tuple[str, str]:
    """Of the head, host:port; of this machine's raylet, a socket of Unix, '' if Ray hides it."""
    import ray  # noqa: PLC0415 - an extra

    worker = getattr(getattr(ray, "_private", None), "worker", None)
    node = getattr(getattr(worker, "global_worker", None), "node", None)
    raylet = getattr(node, "raylet_socket_name", None)
    return ray.get_runtime_context().gcs_address, str(raylet or "")


def _cause(head: str, raylet: str, *, patience: float) -> str:
    """Which of the two is not there, and why; '' if both are."""
    place, deadline = urlsplit(f"//{head}"), time.monotonic() + patience
    while reason := _refusal(socket.AF_INET, (place.hostname, place.port)):
        if time.monotonic() > deadline:
            return f"the head of the Ray cluster (GCS) does not answer at {head}: {reason}"
        time.sleep(0.5)
    if raylet and (reason := _refusal(socket.AF_UNIX, raylet)):
        return f"Ray's process on this machine (raylet) does not answer: {reason}"
    return ""


def _refusal(family: socket.AddressFamily, address: object) -> str:
    """Why nobody can be reached there; '' if somebody can."""
    try:
        if family == socket.AF_INET:
            socket.create_connection(address, _ANSWER).close()  # type: ignore[arg-type]
            return ""
        with socket.socket(family, socket.SOCK_STREAM) as line:
            line.settimeout(_ANSWER)
            line.connect(address)  # type: ignore[arg-type]
    except OSError as reason:
        return str(reason.strerror or reason)
    return ""


def _leave() -> None:
    """End the process without anything of Ray's."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(ExitCode.ENVIRONMENT)
