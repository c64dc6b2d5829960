"""Traces channel axis, grid, stride and receptive field of every tensor.

Seen from the operations themselves while they run, so that no module has to be known: a residual
sum, a concatenation or a transposition between modules counts like any layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from generator.lab.layers import token_order
from generator.lab.layers.geometry_rules import Call, Geometry, geometry_of


class GeometryTracer(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch's own is untyped
    """While it is entered, follows what is computed from ``image`` (1, 3, height, width)."""

    def __init__(self, image: Tensor) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        start = Geometry(1, (image.shape[2], image.shape[3]), (1, 1), (1, 1))
        # The tensors are kept, so that no other one can take their identity.
        self._known: dict[int, tuple[Tensor, Geometry]] = {id(image): (image, start)}
        self._orders: dict[int, Tensor | None] = {id(image): token_order.of_grid(start.grid)}

    def of(self, tensor: Tensor) -> Geometry | None:
        """The place of a tensor as it is now; None if it was not made from the image."""
        found = self._known.get(id(tensor))
        return found[1] if found else None

    def in_order(self, tensor: Tensor) -> bool:
        """Whether positions follow one another as in the image, as far as that is known."""
        return token_order.rises(self._orders.get(id(tensor)))

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None
    ) -> Any:
        """Let the operation happen and note the places of what it gives."""
        made = func(*args, **(kwargs or {}))
        read = [x for x in tree_leaves((args, kwargs)) if isinstance(x, Tensor)]
        known = [(x, place) for x in read if (place := self.of(x)) is not None]
        if known:
            call = Call(func.overloadpacket.__name__.rstrip("_"), args, known)
            for tensor in tree_leaves(made):
                if isinstance(tensor, Tensor):
                    place = geometry_of(call, tensor)
                    self._known[id(tensor)] = (tensor, place)
                    self._orders[id(tensor)] = token_order.after(call, tensor, place, self._orders)
        return made
