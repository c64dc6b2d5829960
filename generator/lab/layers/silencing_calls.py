"""Counts calls of functions that silence channels (ReLU and its kin) in a network's ``forward``.

They are counted from 0 in every pass. Those within modules of torch's activation functions are not
counted: a faster copy of the network may be without these modules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from generator.lab.layers.module_kinds import is_activation
from generator.lab.layers.operation_log import Operation, OperationLog, Value

FUNCTION = "relu()"  # what ``Layer.ends`` calls each of them
_NAMES = frozenset(("relu", "relu6", "hardtanh", "threshold", "clamp", "clamp_min", "clip"))
_PASSING = frozenset(  # operations after which a channel that is silent still is
    (
        *("max_pool2d_with_indices", "avg_pool2d", "_adaptive_avg_pool2d", "adaptive_max_pool2d"),
        *("cat", "view", "_unsafe_view", "clone", "alias", "native_dropout", "mean"),
    )
)
Function = Callable[..., Any]


class SilencingCall(NamedTuple):
    """One of them, with the value that it gives."""

    which: int
    made: Value
    at: int


class SilencingFunctions(TorchFunctionMode):
    """While it is entered, hands every such call to ``run(which, function, args, kwargs)``."""

    def __init__(self, network: nn.Module, run: Callable[..., Any]) -> None:
        super().__init__()
        self.count = 0
        self._run, self._depth, self._network = run, 0, network

    def __torch_function__(
        self, func: Function, types: Any, args: Sequence[Any] = (), kwargs: Any = None
    ) -> Any:
        """Call the function, through ``run`` if it silences channels."""
        silences = getattr(func, "__name__", "").rstrip("_") in _NAMES
        if self._depth or not silences or not args or not isinstance(args[0], Tensor):
            return func(*args, **(kwargs or {}))
        self.count += 1
        return self._run(self.count - 1, func, args, kwargs or {})

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Know which calls are those of modules; the hooks are gone afterwards."""
        handles: list[Any] = []
        for module in self._network.modules():
            if is_activation(module):
                handles.append(module.register_forward_pre_hook(self._enter))
                handles.append(module.register_forward_hook(self._leave, always_call=True))
        handles.append(self._network.register_forward_pre_hook(self._restart))
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def _restart(self, *_: object) -> None:
        self.count = self._depth = 0

    def _enter(self, *_: object) -> None:
        self._depth += 1

    def _leave(self, *_: object) -> None:
        self._depth -= 1


def noted(log: OperationLog, into: list[SilencingCall]) -> Callable[..., Any]:
    """What notes every call while a network is traced."""

    def run(which: int, function: Function, args: Sequence[Any], kwargs: Any) -> Any:
        made = function(*args, **kwargs)
        if log.follows(made):
            into.append(SilencingCall(which, log.value(made), log.tick()))
        return made

    return run


def ends_there(made: int, readers: dict[int, list[Operation]], until: int) -> bool:
    """Whether nothing reads a value before that moment but what leaves a silent channel silent."""
    reading = [each for each in readers.get(made, ()) if each.at < until]
    return all(
        each.name in _PASSING and ends_there(each.made.number, readers, until) for each in reading
    )
