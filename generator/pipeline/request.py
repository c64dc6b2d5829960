"""What a command was asked to do: spec, folders, device, permissions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from generator.system.console import Console
from generator.system.locations import Locations


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asked for."""

    spec: Path
    folders: Locations
    console: Console
    device: str = "auto"
    allow_outside: bool = False
    allow_code: bool = False
    allow_network: bool = True  # commands that do not scan need not ask
    engine: Literal["local", "ray"] = "local"
    address: str = ""  # of a Ray cluster

    @property
    def code(self) -> Path | None:
        """The folder whose Python may be run; None unless the command line allowed it."""
        return self.spec.parent if self.allow_code else None
