"""Finds a layer's value after its activation function: of a module, or of functions in forward."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from torch import nn

from generator.lab.layers.call_trace import Call
from generator.lab.layers.module_kinds import is_activation, is_normalisation
from generator.lab.layers.operation_log import Operation
from generator.lab.layers.pointwise import Cluster, function_name
from generator.models.value_names import of_call, of_function

Calls = Sequence[Call[Any]]


@dataclass(frozen=True, slots=True)
class Activation:
    """The name of the value, and the operations by which it comes from its module's output.

    ``steps`` is empty where the value is the output of a module that reads the layer next;
    ``number`` is the value's in the log.
    """

    name: str = ""
    steps: tuple[str, ...] = ()
    number: int = -1


@dataclass(frozen=True, slots=True, eq=False)
class Activations:
    """Finds them in the record of one pass."""

    network: nn.Module
    calls: Calls
    readers: dict[int, list[Operation]]
    _kinds: dict[str, nn.Module] = field(default_factory=dict)
    _reading: dict[int, list[Call[Any]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Index the modules by their names and the calls by what they are given."""
        self._kinds.update(self.network.named_modules(remove_duplicate=False))
        for call in self.calls:
            self._reading.setdefault(call.given.number, []).append(call)

    def of(self, call: Call[Any]) -> Activation:
        """What reads a call's output itself, or through normalisations; empty if nothing does."""
        if is_activation(self._kinds[call.name]):
            return Activation()
        for normalised in self._normalised(call):
            if (found := self.of(normalised)).name:
                return found
        cluster = Cluster(call.made.number, self.readers, call.ended)
        end = cluster.activation(call.made.shape)
        if end is None:
            return Activation()
        steps = tuple(cluster.steps(end))
        module = self._module(call, end, cluster)
        if module is None:
            name = of_function(of_call(call.name, call.which), function_name(steps))
            return Activation(name, steps, end.made.number)
        plain = is_activation(self._kinds[module.name])
        next_in_line = plain and not any(self._between(call, module))
        name = of_call(module.name, module.which)
        return Activation(name, () if next_in_line else steps, end.made.number)

    def _normalised(self, call: Call[Any]) -> Iterator[Call[Any]]:
        """Normalisations of the output; those with modules of their own may hold the function."""
        for each in self._reading.get(call.made.number, ()):
            module = self._kinds[each.name]
            changes = each.began > call.ended and each.made.number != call.made.number
            if changes and is_normalisation(module) and not any(module.children()):
                yield each

    def _module(self, call: Call[Any], end: Operation, cluster: Cluster) -> Call[Any] | None:
        """The innermost module that gives the value and is given the layer's."""
        inside = {call.made.number, *cluster.nodes}
        for each in self.calls:
            gives = each.made.number == end.made.number and each.given.number in inside
            if gives and each.began > call.ended and each.given.number != each.made.number:
                return each
        return None

    def _between(self, call: Call[Any], module: Call[Any]) -> Iterator[Call[Any]]:
        """Calls of other modules without modules in them, after the layer and before another."""
        for each in self.calls:
            if not call.ended < each.began < module.began:
                continue
            kind = self._kinds[each.name]
            if not any(kind.children()) and not isinstance(kind, nn.Identity):
                yield each
