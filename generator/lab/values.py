"""Hooks on values: the output of a module's n-th call, or of a function after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from generator.errors import ReportError
from generator.lab.layers.operation_log import changed_by, operation_name
from generator.lab.layers.pointwise import POINTWISE, SAME
from generator.models.layers import Layer
from generator.models.value_names import is_function

See = Callable[[Tensor], Tensor | None]  # may give another tensor in the value's place


class Follower(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch's own is untyped
    """While it is entered, follows a module's output through ``steps``; ``see`` gets the result.

    Steps are those that were seen when the network was traced. What ``see`` changes of the tensor
    in place is what the network goes on to read.
    """

    def __init__(self, name: str, steps: Sequence[str], see: Callable[[Tensor], object]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name, self._steps, self._see = name, tuple(steps), see
        self._known: dict[int, Tensor] = {}  # kept, so that no other takes their identity
        self._at = 0

    def start(self, value: Tensor) -> None:
        """Follow what is computed from this tensor from now on."""
        self._known, self._at = {id(value): value}, 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None
    ) -> Any:
        """Let the operation happen; note whether it is the next step."""
        result = func(*args, **(kwargs or {}))
        if self._known and self._reads(args):
            self._follow(operation_name(func, args), changed_by(func, args), result)
        return result

    def _reads(self, args: Sequence[Any]) -> bool:
        flat = (x for a in args for x in (a if isinstance(a, tuple | list) else (a,)))
        return any(id(x) in self._known for x in flat)

    def _follow(self, name: str, changed: Tensor | None, result: Any) -> None:
        made = result[0] if isinstance(result, tuple | list) and result else result
        if name in SAME:
            self._known[id(made)] = made
            return
        self._known.pop(id(changed), None)
        if name not in POINTWISE:
            return
        step = self._steps[self._at]
        if step.removeprefix("!") != name:
            raise ReportError(
                f"the network computes {self._name} otherwise than when it was traced:"
                f" {name} in place of {step.removeprefix('!')}",
                "its forward may depend on the image: report another layer, or use"
                " `evidence: {unit: before}`",
            )
        self._at += 1
        if step == name:
            self._known[id(made)] = made
        if self._at == len(self._steps):
            self._known = {}
            self._see(made)


class _Outputs(TorchFunctionMode):
    """Hands the value that a follower has ``reached`` to ``see``, with its gradient.

    A follower sees operations below autograd, where tensors have no gradient yet: the value is what
    the function gives that was running then. Where none was (scripted functions), or its gradient
    is the user's own (autograd.Function), it is the same tensor when a later function is given it.
    """

    def __init__(self, reached: list[Tensor], see: See) -> None:
        super().__init__()
        self._reached, self._see = reached, see
        self._gradients = torch.is_grad_enabled()

    def __enter__(self) -> _Outputs:
        """Begin a pass."""
        self._reached.clear()
        self._gradients = torch.is_grad_enabled()
        super().__enter__()  # type: ignore[no-untyped-call]
        return self

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Sequence[Any] = (), kwargs: Any = None
    ) -> Any:
        """Call the function."""
        if self._reached:
            self._hand_on(next((x for x in args if x is self._reached[0]), None))
        before = len(self._reached)
        made = func(*args, **(kwargs or {}))
        if len(self._reached) > before and torch.is_grad_enabled() == self._gradients:
            self._hand_on(made)
        return made

    def _hand_on(self, value: Tensor | None) -> None:
        if value is not None:
            self._reached.clear()
            self._see(value)


@dataclass(slots=True)
class Watch:
    """Hooks on values; ``modes`` are to be entered while the network runs."""

    network: nn.Module
    modes: list[Any] = field(default_factory=list)
    handles: list[Any] = field(default_factory=list)

    def on_call(self, module: str, call: int, see: See) -> None:
        """Hand a module's output to ``see`` when it is called for that time in a pass."""
        due = self._counter(call)

        def after(_module: nn.Module, _inputs: object, output: Any) -> Tensor | None:
            return see(output) if due() else None

        self.handles.append(self.network.get_submodule(module).register_forward_hook(after))

    def before_call(self, module: str, call: int, see: See) -> None:
        """Hand what a module is given to ``see``."""
        due = self._counter(call)

        def before(_module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            if due():
                see(inputs[0])

        self.handles.append(self.network.get_submodule(module).register_forward_pre_hook(before))

    def _counter(self, call: int) -> Callable[[], bool]:
        """Whether it is asked at that call, counted anew in every pass of the network."""
        calls = [0]

        def restart(*_: object) -> None:
            calls[0] = 0

        def due() -> bool:
            calls[0] += 1
            return calls[0] == call + 1

        self.handles.append(self.network.register_forward_pre_hook(restart))
        return due

    def on_value(self, layer: Layer, see: See) -> None:
        """The same for a layer, whatever it is."""
        if is_function(layer.name):
            self._follow(layer, see)
        else:
            self.on_call(layer.module, layer.call, see)

    def on_output(self, layer: Layer, see: See) -> None:
        """The same, with the way back of its gradient."""
        if not is_function(layer.name):
            self.on_call(layer.module, layer.call, see)
            return
        reached: list[Tensor] = []
        self.modes.append(_Outputs(reached, see))
        self._follow(layer, reached.append)

    def _follow(self, layer: Layer, see: Callable[[Tensor], object]) -> None:
        follower = Follower(layer.name, layer.steps, see)
        self.modes.append(follower)
        self.on_call(layer.module, layer.call, follower.start)

    def remove(self) -> None:
        """Take every hook away."""
        for handle in self.handles:
            handle.remove()


@contextmanager
def entered(modes: Sequence[AbstractContextManager[Any]]) -> Iterator[None]:
    """All of them at once, the last one innermost."""
    with ExitStack() as stack:
        for mode in modes:
            stack.enter_context(mode)
        yield
