"""Adam on preallocated buffers, so that CUDA graphs can capture its steps."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from generator.recipes.presets import Recipe, Scale

_EPSILON = 1e-8
# Pixels of a batch: 25 pictures of 408 × 408. From here on an H200 should need longer for a step
# through VGG-16 than Python for launching it (an estimate from its specification, not measured).
_LAUNCH_BOUND = 2**22


class Adam:
    """Adam (Kingma & Ba 2015) on one tensor, which it changes in place.

    On the CPU it is ``torch.optim.Adam`` to the bit, because the optimisation amplifies the last
    bits (docs/decisions/chaos.md). On a GPU the step's number is a tensor, ``at``, so that a
    captured step counts on.
    """

    def __init__(self, parameters: Tensor, scale: Scale, recipe: Recipe) -> None:
        self.parameters, self.weight_decay = parameters, recipe.weight_decay
        self.first, self.second = torch.zeros_like(parameters), torch.zeros_like(parameters)
        self.beta, self.beta_squares = recipe.betas
        counts = range(1, scale.steps + 1)
        rates = np.linspace(scale.rate, scale.rate * scale.fade, scale.steps).tolist()
        self.sizes = [
            rate / (1 - self.beta**count) for rate, count in zip(rates, counts, strict=True)
        ]
        self.roots = [(1 - self.beta_squares**count) ** 0.5 for count in counts]
        table = torch.tensor([self.sizes, self.roots], device=parameters.device)
        self.table = table if parameters.is_cuda else None

    @property
    def buffers(self) -> tuple[Tensor, ...]:
        """Everything that a step changes."""
        return self.parameters, self.first, self.second

    def step(self, gradient: Tensor, count: int, at: Tensor) -> None:
        """One step against the gradient; ``count`` from 0, and the same on the device as ``at``."""
        if self.weight_decay:
            gradient = gradient.add(self.parameters, alpha=self.weight_decay)
        self.first.lerp_(gradient, 1 - self.beta)
        self.second.mul_(self.beta_squares).addcmul_(
            gradient, gradient, value=1 - self.beta_squares
        )
        if self.table is None:
            spread = self.second.sqrt().div_(self.roots[count]).add_(_EPSILON)
            self.parameters.addcdiv_(self.first, spread, value=-self.sizes[count])
        else:
            size, root = self.table.index_select(1, at).squeeze(1)
            spread = self.second.sqrt().div_(root).add_(_EPSILON)
            self.parameters.sub_(self.first.div(spread).mul_(size))


def pays(batch: int, side: int) -> bool:
    """Whether capturing steps on so many pictures saves more than the two steps that it costs."""
    return batch * side**2 <= _LAUNCH_BOUND


def captured(
    step: Callable[[], None], buffers: tuple[Tensor, ...], warn: Callable[[str], None]
) -> Callable[[], None]:
    """A CUDA graph of the step, which replays without Python; the step itself if they disagree.

    The first step is made both ways from the same state. Afterwards the state is that before it.
    """
    before = [buffer.clone() for buffer in buffers]

    def rewind() -> None:
        for buffer, value in zip(buffers, before, strict=True):
            buffer.copy_(value)

    try:
        side = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):  # what is set up on first use must not be captured
            step()
        torch.cuda.current_stream().wait_stream(side)
        wanted = [buffer.clone() for buffer in buffers]
        rewind()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            step()
        rewind()
        graph.replay()
        alike = all(_agree(*each) for each in zip(buffers, wanted, strict=True))
    except RuntimeError as reason:
        if isinstance(reason, torch.OutOfMemoryError):
            raise
        alike, cause = False, str(reason).splitlines()[0]
    else:
        cause = "a replayed step differs from a plain one"
    rewind()
    if not alike:
        warn(f"the steps run without a CUDA graph: {cause}")
        return step
    return graph.replay


def _agree(found: Tensor, wanted: Tensor) -> bool:
    """Whether all but one in a thousand numbers are the same to rounding.

    A GPU sums up the gradient of a resampling in no fixed order, and Adam's first step takes the
    sign of each gradient: of those that are 0 but for rounding, a few go the other way.
    """
    alike = torch.isclose(found, wanted, rtol=1e-3, atol=1e-5)
    return float(alike.float().mean()) >= 1 - 1e-3
