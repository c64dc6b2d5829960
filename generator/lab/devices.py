"""Selects the device; number of threads and batch sizes."""

from __future__ import annotations

import ctypes
import os
import sys
from dataclasses import dataclass
from functools import lru_cache

import torch

from generator.errors import MachineError

_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_MAX = -1, -2, -4  # glibc's malloc.h


def choose(name: str = "auto") -> torch.device:
    """The device to work on: ``auto`` takes the first CUDA GPU, and the CPU where there is none.

    Raises
    ------
    MachineError
        If the device was named and is not there.
    """
    if name == "auto":
        return torch.device("cuda", 0) if torch.cuda.is_available() else torch.device("cpu")
    try:
        device = torch.device(name)
        torch.zeros(1, device=device).item()  # the device `meta` holds nothing
    except (RuntimeError, AssertionError, ImportError) as reason:
        first = str(reason).splitlines()[0]
        raise MachineError(
            f"device {name!r} cannot be used: {first}", "try --device cpu, or leave --device out"
        ) from None
    return device


def crew(name: str) -> tuple[torch.device, ...]:
    """Every device that a build with ``--device NAME`` may use: all GPUs, unless one was named."""
    if name in ("auto", "cuda") and torch.cuda.device_count() > 1:
        return tuple(torch.device("cuda", index) for index in range(torch.cuda.device_count()))
    return (choose(name),)


def settle(device: torch.device) -> None:
    """Prepare the process for long runs: no oversubscription, no page-fault storms.

    Torch's own transformer layers may not run as one operation, within which nothing can be read.
    """
    torch.set_num_threads(usable_cores())
    torch.backends.mha.set_fastpath_enabled(False)
    if device.type == "cpu":
        _keep_freed_memory()
    elif device.type == "cuda":
        torch.backends.cudnn.benchmark = False
        torch.backends.cudnn.deterministic = True
        torch.backends.cudnn.allow_tf32 = False
        torch.backends.cuda.matmul.allow_tf32 = False


def usable_cores() -> int:
    """Cores that this process may use: its affinity, and OMP_NUM_THREADS where that is less."""
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else (os.cpu_count() or 1)
    limit = os.environ.get("OMP_NUM_THREADS", "")
    return min(cores, int(limit)) if limit.isdecimal() and int(limit) > 0 else cores


def describe(device: torch.device) -> str:
    """The device in words for the provenance: no host name, no serial number."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return device.type


def _keep_freed_memory() -> None:
    """Ask glibc to keep freed memory instead of handing it back to the kernel.

    A convolution's buffers are tens of megabytes; mapped anew in every step, their page faults
    cost a quarter of the time (docs/decisions/malloc.md). Elsewhere than glibc: nothing.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return
    mallopt(_M_MMAP_MAX, 0)
    mallopt(_M_TRIM_THRESHOLD, 2**31 - 1)
    mallopt(_M_TOP_PAD, 64 * 2**20)


@lru_cache(maxsize=64)
def colours(values: tuple[float, ...], device: torch.device) -> torch.Tensor:
    """A constant for each colour, (1, 3, 1, 1), put on the device once and not in every step."""
    return torch.tensor(values, device=device).view(1, 3, 1, 1)


@dataclass(frozen=True, slots=True)
class MemoryBudget:
    """How much a device takes at once: ``free`` bytes of a GPU's memory, or 0 on a CPU.

    On a CPU pictures and photographs go through the network one by one anyway, and a kill loses
    less.
    """

    free: int

    @property
    def photographs(self) -> int:
        """How many photographs go through the network together."""
        return 8 if self.free else 1

    def pictures(self, side: int) -> int:
        """How many pictures of that side to optimise in one batch.

        An estimate for networks of VGG's width (64 channels at full size); where it is too high,
        the batch is halved when memory runs out, which changes no picture.
        """
        bytes_per_picture = 16 * 64 * 4 * side**2
        return max(1, min(512, int(0.8 * self.free) // bytes_per_picture))


def room(device: torch.device) -> MemoryBudget:
    """What a device takes at present."""
    return MemoryBudget(torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else 0)


def pictures_per_pass(device: torch.device) -> int:
    """How many pictures go through the network together; 0 for the whole batch.

    On the CPU one by one: oneDNN computes small batches with other kernels than single pictures,
    the last bits differ, and the optimisation makes other pictures of them. It costs a tenth of
    the speed (docs/decisions/chaos.md).
    """
    return 0 if device.type == "cuda" else 1
