"""Tasks that measure what feeds a filter."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, ClassVar

from generator.images.photographs import Photograph

# Raised by hand when a change of code changes what a task leaves behind.
KERNEL_VERSION = 1
SIGNAL_VERSION = 2


@dataclass(frozen=True, slots=True)
class ConvWeightsTask:
    """Keep the weights of some filters of a layer from some of its input channels.

    Both in ascending order; none stands for all of them.
    """

    kind: ClassVar[str] = "KernelTask"
    layer: str
    filters: tuple[int, ...] = ()
    inputs: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """What it is, whatever its parameters: the same in the next build."""
        return f"kernels {self.layer}{' by input' if self.inputs else ''}"

    def parameters(self) -> dict[str, Any]:
        """Everything beside the model that can change the result."""
        return {
            "layer": self.layer,
            "filters": self.filters,
            "inputs": self.inputs,
            "version": KERNEL_VERSION,
        }


@dataclass(frozen=True, slots=True)
class LayerInputsTask:
    """Average what a layer is given, over photographs in the order of their hashes."""

    kind: ClassVar[str] = "SignalTask"
    layer: str
    photographs: tuple[Photograph, ...]

    @property
    def name(self) -> str:
        """What it is, whatever its parameters: the same in the next build."""
        return f"signals {self.layer}"

    def parameters(self) -> dict[str, Any]:
        """Everything beside the model that can change the result."""
        hashes = "\n".join(each.sha256 for each in self.photographs)
        return {
            "layer": self.layer,
            "images": hashlib.sha256(hashes.encode()).hexdigest(),
            "version": SIGNAL_VERSION,
        }
