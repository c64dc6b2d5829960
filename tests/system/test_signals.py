"""Ctrl-C: once is a request, twice is now; afterwards everything is as it was."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from generator.system.signals import StopRequest, delay_interrupts, handle_sigterm

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    before = [signal.getsignal(number) for number in SIGNALS]
    yield
    assert [signal.getsignal(number) for number in SIGNALS] == before


def send(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)


def test_the_first_ctrl_c_waits_for_the_batch() -> None:
    said: list[str] = []
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt), delay_interrupts(said.append) as patience:
        patience.check()
        send(signal.SIGINT)
        done.append("the batch in flight")
        patience.check()
        done.append("the next batch")
    assert done == ["the batch in flight"]
    assert said == ["finishing the batch in flight; Ctrl-C again stops at once"]


def test_the_second_ctrl_c_stops_at_once() -> None:
    reached = False
    with pytest.raises(KeyboardInterrupt), delay_interrupts(lambda _: None):
        send(signal.SIGINT)
        send(signal.SIGINT)
        reached = True
    assert not reached


def test_sigterm_stops_at_once() -> None:
    reached = False
    with pytest.raises(KeyboardInterrupt), delay_interrupts(pytest.fail):
        send(signal.SIGTERM)
        reached = True
    assert not reached


def test_a_second_sigterm_does_not_disturb_the_leaving() -> None:
    before = signal.getsignal(signal.SIGTERM)
    handle_sigterm()
    left = []
    try:
        with pytest.raises(KeyboardInterrupt), delay_interrupts(pytest.fail):
            try:
                send(signal.SIGTERM)
            finally:
                send(signal.SIGTERM)
                left.append("the threads were waited for")
        send(signal.SIGTERM)
        left.append("and the process goes on to its end")
    finally:
        signal.signal(signal.SIGTERM, before)
    assert len(left) == 2


def test_nobody_asked() -> None:
    with delay_interrupts(pytest.fail) as patience:
        patience.check()
    assert not patience.asked


def test_handlers_come_back_after_a_failure() -> None:
    with pytest.raises(ZeroDivisionError), delay_interrupts(pytest.fail):
        raise ZeroDivisionError


def test_a_request_is_seen() -> None:
    patience = StopRequest()
    patience.asked = True
    with pytest.raises(KeyboardInterrupt):
        patience.check()
