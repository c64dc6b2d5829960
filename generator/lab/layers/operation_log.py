"""Logs the operations of a forward pass on everything that comes from the image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

Shape = tuple[int, ...]


class Value(NamedTuple):
    """A tensor at one moment: an operation in place makes another value of the same tensor."""

    number: int
    shape: Shape
    floating: bool


Values = dict[int, tuple[Tensor, int, Value]]  # tensors by identity, with their versions


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation: its name without the mark of those in place, and the values' numbers."""

    name: str
    at: int
    reads: tuple[int, ...]
    made: Value


class OperationLog(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch's own is untyped
    """While it is entered, notes the operations on what is computed from ``image``."""

    def __init__(self, image: Tensor) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.operations: list[Operation] = []
        self._clock, self._numbers = count(), count()
        # Tensors are kept, so that no other one can take their identity.
        self._known: Values = {}
        self._others: Values = {}  # that do not come from the image
        self._note(image, image._version, self._known)

    def tick(self) -> int:
        """A moment between those of the operations before and after it."""
        return next(self._clock)

    def value(self, tensor: Tensor) -> Value:
        """The value of a tensor as it is now; a new one if it was changed through a view."""
        values = self._known if self.follows(tensor) else self._others
        known = values.get(id(tensor))
        if known and known[1] == tensor._version:
            return known[2]
        return self._note(tensor, tensor._version, values)

    def follows(self, tensor: Tensor) -> bool:
        """Whether it comes from the image."""
        return id(tensor) in self._known

    def _note(self, tensor: Tensor, version: int, values: Values) -> Value:
        value = Value(next(self._numbers), tuple(tensor.shape), tensor.is_floating_point())
        values[id(tensor)] = (tensor, version, value)
        return value

    def readers(self) -> dict[int, list[Operation]]:
        """The operations that read each value, in their order."""
        found: dict[int, list[Operation]] = {}
        for operation in self.operations:
            for number in dict.fromkeys(operation.reads):
                found.setdefault(number, []).append(operation)
        return found

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None
    ) -> Any:
        """Let the operation happen and note it."""
        tensors = [x for x in tree_leaves((args, kwargs)) if isinstance(x, Tensor)]
        reads = tuple(self.value(x).number for x in tensors if id(x) in self._known)
        result = func(*args, **(kwargs or {}))
        if reads:
            name, changed = operation_name(func, args), changed_by(func, args)
            made = [x for x in tree_leaves(result) if isinstance(x, Tensor)]
            # A version is raised after this returns.
            if changed is not None and not any(x is changed for x in made):
                made.insert(0, changed)
            values = [self._note(x, x._version + (x is changed), self._known) for x in made]
            if values:
                self.operations.append(Operation(name, self.tick(), reads, values[0]))
        return result


def operation_name(func: Any, args: Sequence[Any]) -> str:
    """``relu`` of ``aten::relu_``; ``relu6`` of what PyTorch computes by ``hardtanh``."""
    name: str = func.overloadpacket.__name__.rstrip("_")
    return "relu6" if name == "hardtanh" and tuple(args[1:3]) == (0, 6) else name


def changed_by(func: Any, args: Sequence[Any]) -> Tensor | None:
    """The tensor that an operation changes in place, if it is its first argument."""
    first = func._schema.arguments[0].alias_info if func._schema.arguments else None
    written = first is not None and first.is_write and args and isinstance(args[0], torch.Tensor)
    return args[0] if written else None
