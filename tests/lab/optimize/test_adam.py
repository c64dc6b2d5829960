"""Steps captured as a CUDA graph, with a stand-in for CUDA that replays what it captured."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from unittest.mock import MagicMock

import pytest
import torch
from torch import Tensor

from generator.lab.optimize.adam import captured, pays

Replay = Callable[[Tensor], None]


def _once(values: Tensor) -> None:
    values += 1


@pytest.fixture
def replayed(monkeypatch: pytest.MonkeyPatch) -> Callable[[Replay], MagicMock]:
    """Lets graphs do that to the values in every replay."""
    values = torch.zeros(10_000)

    def prepare(replay: Replay) -> MagicMock:
        graph = MagicMock(values=values)
        graph.replay.side_effect = lambda: replay(values)
        for name in ("Stream", "current_stream"):
            monkeypatch.setattr(torch.cuda, name, MagicMock())
        monkeypatch.setattr(torch.cuda, "stream", lambda _: nullcontext())
        monkeypatch.setattr(torch.cuda, "graph", lambda _: nullcontext())
        monkeypatch.setattr(torch.cuda, "CUDAGraph", lambda: graph)
        return graph

    return prepare


def _few_otherwise(values: Tensor) -> None:
    values += 1
    values[:3] = -1  # the gradient is 0 but for rounding, and Adam takes its sign


def _wrong(values: Tensor) -> None:
    values += 1
    values[:100] = -1


def _nothing(values: Tensor) -> None:
    pass


def _not_a_number(values: Tensor) -> None:
    values.fill_(torch.nan)


def _fails(values: Tensor) -> None:
    raise RuntimeError("operation not permitted when stream is capturing\nmore")


@pytest.mark.parametrize(
    ("replay", "said"),
    [
        (_once, ""),
        (_few_otherwise, ""),
        (_wrong, "a replayed step differs from a plain one"),
        (_nothing, "a replayed step differs from a plain one"),
        (_not_a_number, "a replayed step differs from a plain one"),
        (_fails, "operation not permitted when stream is capturing"),
    ],
)
def test_a_graph_that_does_not_do_the_step_is_not_used(
    replayed: Callable[[Replay], MagicMock], replay: Replay, said: str
) -> None:
    graph, warned = replayed(replay), MagicMock()
    values: Tensor = graph.values

    def plain() -> None:
        _once(values)

    step = captured(plain, (values,), warned)
    assert not values.any()  # the state is that before the first step
    if said:
        assert step is plain
        warned.assert_called_once_with(f"the steps run without a CUDA graph: {said}")
    else:
        assert step is graph.replay
        warned.assert_not_called()


def test_lack_of_memory_is_for_whoever_chose_the_batch(
    replayed: Callable[[Replay], MagicMock],
) -> None:
    def full(values: Tensor) -> None:
        raise torch.OutOfMemoryError

    graph = replayed(full)
    with pytest.raises(torch.OutOfMemoryError):
        captured(lambda: None, (graph.values,), print)


def test_only_steps_that_python_would_slow_down_are_captured() -> None:
    assert pays(1, 408)
    assert pays(512, 64)
    assert not pays(160, 408)
