"""Records a forward pass: calls, operations, sources of channels, activation functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from torch import Tensor, nn

from generator.lab.layers.activations import Activation, Activations
from generator.lab.layers.call_trace import Call, calls_of
from generator.lab.layers.channel_sources import ChannelSource, ChannelTracer
from generator.lab.layers.geometry import GeometryTracer
from generator.lab.layers.geometry_rules import Geometry
from generator.lab.layers.module_kinds import is_silencing, kind_of
from generator.lab.layers.operation_log import Operation, OperationLog
from generator.lab.layers.silencing_calls import (
    FUNCTION,
    SilencingCall,
    SilencingFunctions,
    ends_there,
    noted,
)

Seen = Geometry | None
End = tuple[str, int]  # a ReLU, and the number of its call


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """What one pass showed; ``activations`` has one entry for each of ``calls``.

    ``read`` are the names of all activation functions that were found.
    """

    network: nn.Module
    calls: Sequence[Call[Seen]]
    sources: Mapping[str, ChannelSource]
    silencing: Sequence[SilencingCall]
    readers: dict[int, list[Operation]]
    activations: Sequence[Activation] = ()
    read: frozenset[str] = frozenset()
    _counts: Counter[str] = field(default_factory=Counter)

    def count(self, module: str) -> int:
        """How often a module is called."""
        return self._counts[module]

    def ends(self, layer: Call[Seen]) -> Iterator[End]:
        """The ReLUs within the layer that nothing within it reads, poolings apart."""
        inside = [c for c in self.calls if layer.began <= c.began and c.ended <= layer.ended]
        leaves = [c for c in inside if not any(self.network.get_submodule(c.name).children())]
        for call in leaves:
            silences = is_silencing(self.network.get_submodule(call.name))
            if silences and self._unread(call, leaves):
                yield call.name, call.which
        for each in self.silencing:
            within = layer.began < each.at < layer.ended
            if within and ends_there(each.made.number, self.readers, layer.ended):
                yield FUNCTION, each.which

    def ends_of(self, activation: Activation) -> tuple[End, ...]:
        """The same of the value of a function."""
        return tuple(
            (FUNCTION, each.which)
            for each in self.silencing
            if each.made.number == activation.number
        )

    def _unread(self, call: Call[Seen], leaves: Sequence[Call[Seen]]) -> bool:
        """Whether no other call reads the output, or only poolings whose own is not read."""
        readers = [c for c in leaves if c.began > call.ended and c.given.number == call.made.number]
        return all(
            kind_of(self.network.get_submodule(c.name)) == "pooling" and self._unread(c, leaves)
            for c in readers
        )


def traced(network: nn.Module, image: Tensor) -> Trace:
    """Run a network once on an image and note what happens."""
    log = OperationLog(image)
    silencing: list[SilencingCall] = []
    functions = SilencingFunctions(network, noted(log, silencing))
    with (
        GeometryTracer(image) as places,
        ChannelTracer(network, image) as sources,
        functions.listening(),
        functions,
    ):
        calls = calls_of(
            network, image, lambda made: places.of(made) if places.in_order(made) else None, log
        )
    readers = log.readers()
    found = Activations(network, calls, readers)
    activations = [found.of(call) for call in calls]
    read = frozenset(each.name for each in activations)
    counts = Counter(call.name for call in calls)
    return Trace(network, calls, sources.fed, silencing, readers, activations, read, counts)
