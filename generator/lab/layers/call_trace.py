"""Records every module call of one forward pass: inputs and outputs."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any, Generic, NamedTuple, TypeVar

import torch
from torch import Tensor, nn

Seen = TypeVar("Seen")


class Value(NamedTuple):
    """A tensor at one moment: ``version`` counts what was done to it in place until then."""

    tensor: Tensor
    version: int

    def same(self, other: Value) -> bool:
        """Whether both are one tensor, untouched in between (``x += y`` leaves the same object)."""
        return self.tensor is other.tensor and self.version == other.version


class Call(NamedTuple, Generic[Seen]):
    """A module's first input as it got it, its output as it left it, and what was seen of that.

    ``began`` and ``ended`` count the beginnings and ends of all calls.
    """

    name: str
    given: Value
    made: Value
    seen: Seen
    began: int
    ended: int


def calls_of(network: nn.Module, inputs: Tensor, see: Callable[[Tensor], Seen]) -> list[Call[Seen]]:
    """Run the network once and note every call of a module below it, in the order of their ends.

    ``see`` is shown every output at that moment. Calls that take or give no tensor are left out.
    """
    calls: list[Call[Seen]] = []
    clock = count()
    handles: list[Any] = []

    def listen(name: str, module: nn.Module) -> None:
        open_calls: list[tuple[int, Any]] = []

        def before(_module: nn.Module, arguments: tuple[Any, ...]) -> None:
            given = next((Value(x, x._version) for x in arguments if isinstance(x, Tensor)), None)
            open_calls.append((next(clock), given))

        def after(_module: nn.Module, _arguments: tuple[Any, ...], output: Any) -> None:
            began, given = open_calls.pop()
            if given and isinstance(output, Tensor):
                made = Value(output, output._version)
                calls.append(Call(name, given, made, see(output), began, next(clock)))

        handles.append(module.register_forward_pre_hook(before))
        handles.append(module.register_forward_hook(after))

    try:
        for name, module in network.named_modules():
            if name:
                listen(name, module)
        with torch.no_grad():
            network(inputs)
    finally:
        for handle in handles:
            handle.remove()
    return calls
