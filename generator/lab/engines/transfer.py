"""Sends a model to another process."""

from __future__ import annotations

import os
import pickle
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from generator.errors import MachineError
from generator.lab import devices
from generator.lab.loading.models import Bench


@dataclass(frozen=True, slots=True)
class ProcessEnvironment:
    """What a process must find: the folder that paths are relative to, and that of own networks."""

    folder: str
    code: str

    @classmethod
    def here(cls, code: Path | None) -> ProcessEnvironment:
        """Those of this process."""
        return cls(os.getcwd(), str(code.resolve()) if code else "")  # noqa: PTH109

    def enter(self) -> None:
        """Make them those of another process.

        Raises
        ------
        MachineError
            If it lies on a machine that does not see the report's files.
        """
        try:
            os.chdir(self.folder)
        except OSError as reason:
            raise MachineError(
                f"a machine of the cluster does not see {self.folder}: {reason.strerror}",
                "keep the report where all machines see it, under the same path",
            ) from None
        if self.code and self.code not in sys.path:
            sys.path.insert(0, self.code)


def packed(bench: Bench) -> bytes:
    """A bench as bytes, its tensors on the CPU."""
    data = pickle.dumps(replace(bench, network=bench.network.cpu(), device=torch.device("cpu")))
    bench.network.to(bench.device)
    return data


def unpacked(data: bytes, device: torch.device) -> Bench:
    """The bench on a device of this process, which is settled for long runs."""
    bench: Bench = pickle.loads(data)  # noqa: S301 - from the build that this process works for
    devices.settle(device)
    return replace(bench, network=bench.network.to(device), device=device)
