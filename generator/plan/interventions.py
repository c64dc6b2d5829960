"""Tasks with interventions: occlusion (T6), ablation (T7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from generator.images.photographs import Photograph

# Raised by hand when a change of code changes what a task leaves behind.
COVER_VERSION = 1
ABLATE_VERSION = 2


@dataclass(frozen=True, slots=True)
class OcclusionTask:
    """Measure one filter on a photograph with the thing in it covered (T6)."""

    kind: ClassVar[str] = "CoverTask"
    layer: str
    filter: int
    photograph: Photograph

    @property
    def name(self) -> str:
        """What it is, whatever its parameters: the same in the next build."""
        return f"cover {self.layer}:{self.filter} {self.photograph.name}"

    def parameters(self) -> dict[str, Any]:
        """Everything beside the model that can change the result."""
        return {
            "layer": self.layer,
            "filter": self.filter,
            "image": self.photograph.sha256,
            "boxes": self.photograph.boxes,
            "version": COVER_VERSION,
        }


@dataclass(frozen=True, slots=True)
class AblationTask:
    """Set channels of a layer to zero, one by one, and read the classifier (T7)."""

    kind: ClassVar[str] = "AblateTask"
    layer: str
    channels: tuple[int, ...]  # the claimed one first, then those it is compared with
    photograph: Photograph

    @property
    def name(self) -> str:
        """What it is, whatever its parameters: the same in the next build."""
        return f"ablate {self.layer}:{self.channels[0]} {self.photograph.name}"

    def parameters(self) -> dict[str, Any]:
        """Everything beside the model that can change the result."""
        return {
            "layer": self.layer,
            "channels": self.channels,
            "image": self.photograph.sha256,
            "version": ABLATE_VERSION,
        }
