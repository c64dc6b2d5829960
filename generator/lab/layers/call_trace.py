"""Records every module call of one forward pass: inputs and outputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar

import torch
from torch import Tensor, nn

from generator.lab.layers.operation_log import OperationLog, Value

Seen = TypeVar("Seen")


class Call(NamedTuple, Generic[Seen]):
    """A call of a module: its first input and its output as they were, and what was seen.

    ``which`` counts the module's calls from 0; ``began`` and ``ended`` are moments of the log.
    """

    name: str
    which: int
    given: Value
    made: Value
    seen: Seen
    began: int
    ended: int


def calls_of(
    network: nn.Module, inputs: Tensor, see: Callable[[Tensor], Seen], log: OperationLog
) -> list[Call[Seen]]:
    """Run the network once and note every call of a module below it, in the order of their ends.

    ``see`` is shown every output at that moment. Calls that take or give no tensor are left out.
    """
    calls: list[Call[Seen]] = []
    ended: Counter[str] = Counter()
    handles: list[Any] = []

    def listen(name: str, module: nn.Module) -> None:
        open_calls: list[tuple[int, Value | None]] = []

        def before(_module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            tensors = (x for x in (*args, *kwargs.values()) if isinstance(x, Tensor))
            first = next(tensors, None)
            given = None if first is None else log.value(first)
            open_calls.append((log.tick(), given))

        def after(_module: nn.Module, _arguments: tuple[Any, ...], output: Any) -> None:
            began, given = open_calls.pop()
            which = ended[name]
            ended[name] += 1
            if given and isinstance(output, Tensor):
                made = log.value(output)
                calls.append(Call(name, which, given, made, see(output), began, log.tick()))

        handles.append(module.register_forward_pre_hook(before, with_kwargs=True))
        handles.append(module.register_forward_hook(after))

    try:
        for name, module in network.named_modules():
            if name:
                listen(name, module)
        with torch.no_grad(), log:
            network(inputs)
    finally:
        for handle in handles:
            handle.remove()
    return calls
