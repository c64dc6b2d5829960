"""An engine's name → the engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal

from generator.errors import ReportError
from generator.lab import devices
from generator.lab.engines.batching import Say
from generator.lab.engines.local import LocalEngine
from generator.lab.engines.multi_gpu import MultiGpuEngine
from generator.lab.engines.protocol import Engine

EngineName = Literal["local", "ray"]


@contextmanager
def open_engine(
    name: EngineName, device: str, say: Say, *, address: str = "", code: Path | None = None
) -> Iterator[Engine]:
    """The engine of that name, for devices that ``--device`` names; its processes end with it.

    ``address`` is that of a Ray cluster; without one, and without RAY_ADDRESS, Ray is started on
    this machine.

    Raises
    ------
    ReportError
        If an address is given for another engine than Ray.
    MachineError
        If the cluster cannot be reached.
    """
    if name == "ray":
        from generator.lab.engines.ray_cluster import joined  # noqa: PLC0415 - an extra

        with joined(address, device, say, code=code) as cluster:
            yield cluster
        return
    if address:
        raise ReportError("--address is of a Ray cluster", "add --engine ray")
    found = devices.crew(device)
    if len(found) == 1:
        yield LocalEngine()
        return
    with closing(MultiGpuEngine(found, code)) as crew:
        yield crew
