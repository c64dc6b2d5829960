"""Lets gradients pass the ReLUs by which a layer ends, as if they were not there.

Values stay the same. A channel that is silent on the starting noise could not be climbed otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from generator.lab.layers.silencing_calls import FUNCTION, Function, SilencingFunctions
from generator.lab.values import entered
from generator.models.layers import Layer


class _IdentityGradient(torch.autograd.Function):
    """A module's output, whose gradient goes to the module's input as it is."""

    @staticmethod
    def forward(_context: Any, _given: Tensor, made: Tensor) -> Tensor:
        return made.clone()

    @staticmethod
    def backward(_context: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return gradients[0], None


@dataclass(slots=True)
class _OpenEnd:
    """A ReLU at the call by which a layer ends; it may work in place, so it is given a copy."""

    name: str
    which: int
    calls: Counter[str]
    given: Tensor | None = None

    def before(self, _module: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...] | None:
        position = self.calls[self.name]
        self.calls[self.name] += 1
        if position != self.which or not _has_gradient(inputs[0]):
            return None
        self.given = inputs[0]
        return (inputs[0].clone(), *inputs[1:])

    def after(self, _module: nn.Module, _inputs: object, output: Tensor) -> Tensor | None:
        if self.given is None:
            return None
        given, self.given = self.given, None
        passed: Tensor = _IdentityGradient.apply(given, output)
        return passed


def _has_gradient(given: Tensor) -> bool:
    return torch.is_grad_enabled() and given.requires_grad


@dataclass(slots=True)
class _OpenFunctions:
    """The same for ReLUs that ``forward`` calls as functions."""

    wanted: frozenset[int]

    def run(self, which: int, function: Function, args: Sequence[Any], kwargs: Any) -> Any:
        if which not in self.wanted or not _has_gradient(args[0]):
            return function(*args, **kwargs)
        in_place = function.__name__.endswith("_") or kwargs.get("inplace") or True in args[1:]
        if in_place:  # the tensor keeps the way back that it has
            with torch.no_grad():
                return function(*args, **kwargs)
        return _IdentityGradient.apply(args[0], function(args[0].clone(), *args[1:], **kwargs))


@dataclass(slots=True)
class OpenEnds:
    """The ReLUs that end a layer; ``restart`` before every pass."""

    network: nn.Module
    layer: Layer
    _calls: Counter[str] = field(default_factory=Counter)

    def restart(self) -> None:
        """Count calls anew."""
        self._calls.clear()

    @contextmanager
    def hooked(self) -> Iterator[None]:
        """Let gradients pass in this block; every hook is gone afterwards."""
        handles: list[Any] = []
        for name, which in self.layer.ends:
            if name == FUNCTION:
                continue
            module, end = self.network.get_submodule(name), _OpenEnd(name, which, self._calls)
            handles.append(module.register_forward_pre_hook(end.before))
            handles.append(module.register_forward_hook(end.after))
        try:
            with entered(self._functions()):
                yield
        finally:
            for handle in handles:
                handle.remove()

    def _functions(self) -> list[Any]:
        wanted = frozenset(which for name, which in self.layer.ends if name == FUNCTION)
        if not wanted:
            return []
        mode = SilencingFunctions(self.network, _OpenFunctions(wanted).run)
        return [mode.listening(), mode]
