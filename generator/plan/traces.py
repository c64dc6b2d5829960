"""The task that traces an image through layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from generator.artifacts.artifact import Rendering
from generator.images.photographs import Photograph

TRACE_VERSION = 1  # raised by hand when a change of code changes what is left behind


@dataclass(frozen=True, slots=True)
class TraceTask:
    """Follow a photograph, or a finished picture, through some layers."""

    kind: ClassVar[str] = "TraceTask"
    image: Photograph | Rendering
    layers: tuple[str, ...]

    @property
    def name(self) -> str:
        """What it is, whatever its parameters: the same in the next build."""
        if isinstance(self.image, Photograph):
            return f"trace {self.image.name}"
        return f"trace {self.image.layer}:{self.image.filter}"

    def parameters(self) -> dict[str, Any]:
        """Everything beside the model that can change the trace."""
        return {"layers": self.layers, "image": self.image.sha256, "version": TRACE_VERSION}
