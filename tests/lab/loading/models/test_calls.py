"""Calls of modules, in the order of their ends."""

import torch

from generator.lab.hooks import hooked
from generator.lab.layers.call_trace import calls_of
from generator.lab.layers.operation_log import OperationLog
from tests.lab.conftest import tiny_network

INPUTS = torch.zeros(2, 3, 16, 16)


def test_calls_come_in_order() -> None:
    log = OperationLog(INPUTS)
    calls = calls_of(tiny_network(), INPUTS, lambda output: output.shape[1], log)
    assert [call.name for call in calls] == ["0", "1", "2", "3", "4", "5"]
    assert [call.seen for call in calls] == [6, 6, 6, 8, 8, 5]


def test_a_module_ends_after_those_within_it() -> None:
    network = torch.nn.Sequential(torch.nn.Sequential(torch.nn.Identity()), torch.nn.Identity())
    log = OperationLog(INPUTS)
    calls = {call.name: call for call in calls_of(network, INPUTS, lambda _: None, log)}
    assert list(calls) == ["0.0", "0", "1"]
    assert calls["0"].began < calls["0.0"].began < calls["0.0"].ended < calls["0"].ended
    assert hooked(network) == ()


def test_calls_of_one_module_are_counted() -> None:
    relu = torch.nn.ReLU()
    network = torch.nn.Sequential(relu, torch.nn.Conv2d(3, 4, 1), relu)
    calls = calls_of(network, INPUTS, lambda _: None, OperationLog(INPUTS))
    assert [(call.name, call.which) for call in calls] == [("0", 0), ("1", 0), ("0", 1)]
