"""Which precisions work on a device, which is the fastest, and why another is refused. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from generator.errors import MachineError
from generator.recipes.presets import Precision
from generator.system.processor import Processor

Speed = Literal["fast", "unknown", "slow", "none"]  # beside fp32; "none": it does not work
_NEEDS = {
    "bf16": "a device with convolutions in bf16",
    "int8": "an x86 CPU with AVX512-VNNI or AVX-VNNI",
}


@dataclass(frozen=True, slots=True)
class Capabilities:
    """How fast a device is in bf16 and in int8, beside fp32.

    ``device`` names it in a sentence; ``bf16`` and ``int8`` are ``unknown`` where they work and
    nobody has measured them.
    """

    device: str
    bf16: Speed
    int8: Speed

    def speed(self, precision: Precision) -> Speed:
        """How fast a precision is; fp32 and auto always work."""
        return {"bf16": self.bf16, "int8": self.int8}.get(precision, "fast")

    @property
    def working(self) -> tuple[Precision, ...]:
        """The precisions that may be asked for on this device."""
        known: tuple[Precision, ...] = get_args(Precision)
        return tuple(each for each in known if self.speed(each) != "none")

    @property
    def fastest(self) -> Precision:
        """What ``auto`` stands for; nothing that was not measured."""
        if self.int8 == "fast":
            return "int8"
        return "bf16" if self.bf16 == "fast" else "fp32"


def of_processor(processor: Processor) -> Capabilities:
    """What a processor's instruction sets promise (docs/decisions/processors.md).

    bf16 is fast with AMX, and with AVX512-BF16 where AMD made it; int8 with VNNI where AMD did.
    """
    amd, x86 = processor.vendor == "AMD", processor.architecture == "x86_64"
    bf16: Speed = "slow"
    if x86 and (processor.has("amx_bf16") or (amd and processor.has("avx512_bf16"))):
        bf16 = "fast"
    elif processor.has("bf16", "avx_ne_convert"):
        bf16 = "unknown"
    int8: Speed = "none"
    if x86 and processor.has("avx512_vnni", "avx_vnni"):
        int8 = "fast" if amd else "unknown"
    return Capabilities(f"this processor ({processor})", bf16, int8)


def of_gpu(kind: Literal["cuda", "rocm", "mps"], *, has_bf16: bool, recent: bool) -> Capabilities:
    """What a GPU does: bf16 is fast from NVIDIA's Ampere on, which is ``recent``."""
    bf16: Speed = "none" if not has_bf16 else "unknown"
    if kind == "cuda":
        bf16 = "fast" if has_bf16 and recent else "none"
    return Capabilities("this GPU", bf16, "none")


def refusal(precision: Precision, able: Capabilities) -> MachineError | None:
    """The refusal of a precision that does not work on a device; None if it works."""
    if precision in able.working:
        return None
    slowly = {each: " (slowly)" for each in able.working if able.speed(each) == "slow"}
    listed = ", ".join(f"{each}{slowly.get(each, '')}" for each in able.working)
    cause = f"precision {precision} needs {_NEEDS[precision]}, which {able.device} is not"
    return MachineError(cause, f"precisions that work here: {listed}")


def warning(precision: Precision, able: Capabilities) -> str:
    """What to say of a precision that works, but may take longer than fp32; mostly nothing."""
    speed = able.speed(precision)
    if speed == "slow":
        return f"precision {precision} is slower than fp32 on {able.device}; auto is the fastest"
    if speed == "unknown":
        return f"precision {precision} may be slower than fp32 on {able.device}: never measured"
    return ""
