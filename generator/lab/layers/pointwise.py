"""Operations that change every number of a tensor by itself: what activation functions are made of.

A function may be one operation (``relu``) or several (``x * sigmoid(x)``), and may be written in
many ways; what all have in common is that they read one value, position by position.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.lab.layers.operation_log import Operation

NORMALISATIONS = frozenset(
    (
        *("native_batch_norm", "cudnn_batch_norm", "miopen_batch_norm", "batch_norm"),
        *("_native_batch_norm_legit", "_native_batch_norm_legit_no_training"),
        *("_batch_norm_with_update", "_batch_norm_no_update"),
        *("native_group_norm", "native_layer_norm", "instance_norm"),
    )
)
# Activation functions, whoever else reads what they read.
ACTIVATIONS = frozenset(
    (
        *("relu", "relu6", "hardtanh", "leaky_relu", "elu", "celu", "selu", "gelu", "silu", "mish"),
        *("hardswish", "hardsigmoid", "sigmoid", "tanh", "softplus", "threshold", "clamp"),
        *("clamp_min", "clamp_max", "_prelu_kernel", "rrelu_with_noise", "log_sigmoid_forward"),
        *("maximum", "minimum", "fmax", "fmin", "where", "masked_fill", "softshrink", "hardshrink"),
        "logaddexp",
    )
)
# Operations that are an activation function if nothing else reads the value: else a statistic.
PERIODIC = frozenset(("sin", "cos", "abs", "erf", "atan", "sign"))
_LINEAR = frozenset(("add", "sub", "rsub", "mul", "div", "neg"))  # with constants
SAME = frozenset(
    (
        *("view", "_unsafe_view", "reshape", "clone", "alias", "detach", "contiguous", "_to_copy"),
        *("lift_fresh", "native_dropout", "dropout", "nan_to_num"),
    )
)
_PARTS = frozenset(  # of functions that are written out
    (
        *("exp", "expm1", "log", "log1p", "pow", "sqrt", "rsqrt", "reciprocal", "square"),
        *("gt", "lt", "ge", "le", "logical_not", "bitwise_not", "heaviside", "addcmul"),
        *("zeros_like", "ones_like", "full_like", "empty_like", "fill", "zero"),
    )
)
POINTWISE = NORMALISATIONS | ACTIVATIONS | PERIODIC | _LINEAR | SAME | _PARTS
_SILENT = NORMALISATIONS | SAME  # in the name of a function
_NAMES = {
    "_prelu_kernel": "prelu",
    "rrelu_with_noise": "rrelu",
    "log_sigmoid_forward": "logsigmoid",
}


def function_name(steps: Sequence[str]) -> tuple[str, ...]:
    """The names of the operations that a reader should see: ``relu``, or ``sigmoid``, ``mul``."""
    own = [step for step in steps if not step.startswith("!") and step not in _SILENT]
    decisive = [step for step in own if step not in _PARTS | _LINEAR]
    shown = own if not decisive or own[-1] in _LINEAR else decisive[-1:]
    return tuple(_NAMES.get(step, step) for step in shown)


@dataclass(frozen=True, slots=True)
class _Node:
    """A value that comes from the start alone; ``linear`` if by constant terms and factors."""

    operation: Operation
    reads: frozenset[int]
    linear: bool


class Cluster:
    """All values that are computed, position by position, from one value and constants alone."""

    def __init__(self, start: int, readers: dict[int, list[Operation]], since: int) -> None:
        self._start = start
        self._readers = readers
        self.nodes: dict[int, _Node] = {}
        self.read_by: list[Operation] = []  # every operation that reads one of them, in its order
        due = {each.at: each for each in readers.get(start, ()) if each.at > since}
        while due:
            operation = due.pop(min(due))
            self.read_by.append(operation)
            if node := self._node(operation):
                number = operation.made.number
                self.nodes[number] = node
                due |= {each.at: each for each in readers.get(number, ())}

    def _node(self, operation: Operation) -> _Node | None:
        inside = all(each == self._start or each in self.nodes for each in operation.reads)
        if not inside or operation.name not in POINTWISE:
            return None
        reads = frozenset(operation.reads)
        alone = len(operation.reads) == 1 or operation.name in ("add", "sub")
        plain = operation.name in _LINEAR | _SILENT and alone
        linear = plain and all(self._is_linear(each) for each in reads)
        return _Node(operation, reads, linear)

    def _is_linear(self, number: int) -> bool:
        return number == self._start or self.nodes[number].linear

    def activation(self, shape: tuple[int, ...]) -> Operation | None:
        """The operation that ends the activation function of the start; None where none is seen."""
        for number, node in self.nodes.items():
            made = node.operation.made
            if node.linear or not made.floating or made.shape != shape or not self._closed(number):
                continue
            name = node.operation.name
            if name in ACTIVATIONS and self._direct(node):
                return node.operation
            if name in _SILENT | _PARTS:
                continue
            if name in ACTIVATIONS or self._alone(number):
                return self._scaled(node.operation)
        return None

    def _direct(self, node: _Node) -> bool:
        """Whether it reads the start itself, or what normalisations alone have made of it."""
        before = [self.nodes[each] for each in node.reads if each != self._start]
        return all(each.operation.name in _SILENT and self._direct(each) for each in before)

    def _after(self, number: int) -> set[int]:
        """The values that come from one of them, itself included."""
        found = {number}
        for each, node in self.nodes.items():
            if node.reads & found:
                found.add(each)
        return found

    def _closed(self, number: int) -> bool:
        """Whether nothing that is computed from a value also reads what was there before it."""
        after = self._after(number)
        return all(node.reads <= after for node in self.nodes.values() if node.reads & after)

    def _before(self, number: int) -> set[int]:
        """The values from which one of them comes, itself included."""
        found, due = set(), [number]
        while due:
            each = due.pop()
            if each in self.nodes and each not in found:
                found.add(each)
                due += self.nodes[each].reads
        return found

    def _alone(self, number: int) -> bool:
        """Whether all that read the start lie on the way to the value."""
        way = self._before(number)
        return all(
            operation.made.number in way
            for operation in self._readers.get(self._start, ())
            if operation in self.read_by
        )

    def _scaled(self, operation: Operation) -> Operation:
        """With the constant factors and terms behind it: ``x * relu6(x + 3) / 6``."""
        last = operation
        while True:
            readers = [each for each in self.read_by if last.made.number in each.reads]
            only = readers[0] if len(readers) == 1 else None
            if only is None or only.name not in _LINEAR or len(only.reads) > 1:
                return last
            if only.made.number not in self.nodes:
                return last
            last = only

    def steps(self, end: Operation) -> Iterator[str]:
        """Every operation on these values until ``end``; ``!`` before those that lead elsewhere."""
        for operation in self.read_by:
            if operation.at <= end.at and operation.name in POINTWISE - SAME:
                yield f"{'' if operation.made.number in self.nodes else '!'}{operation.name}"
