"""Hooks read what a layer says, stop the network there, and leave nothing behind."""

import pytest
import torch

from generator.lab.hooks import hooked, record, stopped
from generator.models.layers import Layer
from tests.lab.conftest import TINY, tiny_network

INPUTS = torch.linspace(-1, 1, 2 * 3 * 16 * 16).view(2, 3, 16, 16)


def by_hand(network: torch.nn.Module, last: int) -> torch.Tensor:
    """The output of module ``last``, computed module by module without any hook."""
    value = INPUTS
    for module in list(network)[: last + 1]:
        value = module(value.clone())
    return value


def test_an_in_place_relu_does_not_overwrite_what_was_recorded() -> None:
    network = tiny_network()
    first, third = TINY.layers[0], TINY.layers[3]
    with record(network, [first, third]) as recorder:
        recorder.run(INPUTS)
    assert recorder.before["0"].min() < 0
    torch.testing.assert_close(recorder.before["0"], by_hand(network, 0))
    torch.testing.assert_close(recorder.before["3"], by_hand(network, 3))


def test_both_sides_of_the_activation_function() -> None:
    network = tiny_network()
    with record(network, [TINY.layers[0], TINY.layers[4]], both_sides=True) as recorder:
        recorder.run(INPUTS)
    torch.testing.assert_close(recorder.after["0"], by_hand(network, 1))
    torch.testing.assert_close(recorder.before["5"], by_hand(network, 5))
    assert "5" not in recorder.after


def test_the_network_stops_at_the_last_wanted_layer() -> None:
    network = tiny_network()
    ran: list[int] = []
    network[5].register_forward_hook(lambda *_: ran.append(5))
    with record(network, [TINY.layers[3]]) as recorder:
        recorder.run(INPUTS)
    assert ran == []
    assert hooked(network) == ("5",)


def test_hooks_are_removed_when_the_work_fails() -> None:
    network = tiny_network()
    with pytest.raises(RuntimeError, match="out of paper"), record(network, [TINY.layers[0]]):
        assert hooked(network) == ("0",)
        raise RuntimeError("out of paper")
    assert hooked(network) == ()


def test_the_activation_function_that_is_called_again_is_read_at_its_first_call() -> None:
    class Twice(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = torch.nn.Conv2d(3, 4, 1)
            self.relu = torch.nn.ReLU()
            self.second = torch.nn.Conv2d(4, 4, 1)

        def forward(self, inputs: torch.Tensor) -> torch.Tensor:
            return self.relu(self.second(self.relu(self.first(inputs))))

    network = Twice()
    with record(network, [Layer("first", 4, "relu")], both_sides=True) as recorder:
        recorder.run(INPUTS)
    torch.testing.assert_close(recorder.after["first"], network.first(INPUTS).relu())


class Block(torch.nn.Module):
    """As in ResNet: one ReLU, in place, called within the block and at its end."""

    def __init__(self) -> None:
        super().__init__()
        self.first = torch.nn.Conv2d(3, 4, 1)
        self.relu = torch.nn.ReLU(inplace=True)
        self.second = torch.nn.Conv2d(4, 4, 1)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return self.relu(self.second(self.relu(self.first(inputs))))


def test_gradients_pass_the_relu_that_ends_a_layer_and_no_other() -> None:
    torch.manual_seed(0)
    block = Block().requires_grad_(False)
    network = torch.nn.Sequential(block)
    layer = Layer("0", 4, "", "block", ends=(("0.relu", 1),))
    inputs = INPUTS.clone().requires_grad_()
    with stopped(network, layer, before=False) as run:
        for _ in range(2):  # the calls are counted anew in every pass
            values = run(inputs)
    torch.testing.assert_close(values, block(INPUTS))
    (gradient,) = torch.autograd.grad(values.sum(), inputs)
    (open_end,) = torch.autograd.grad(block.second(block.first(inputs).relu()).sum(), inputs)
    torch.testing.assert_close(gradient, open_end)
    assert hooked(network) == ()


def test_without_gradients_a_relu_is_a_relu() -> None:
    network = tiny_network()
    layer = Layer("1", 6, ends=(("1", 0),))
    with stopped(network, layer, before=False) as run, torch.no_grad():
        values = run(INPUTS)
    torch.testing.assert_close(values, by_hand(network, 1))
