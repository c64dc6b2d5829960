"""The processor: its architecture, its vendor and the instruction sets that may be used. No torch.

What is read here says what is fast. What works, `lab.capabilities` finds out by trying.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

_ARCHITECTURES = {"amd64": "x86_64", "x64": "x86_64", "aarch64": "arm64"}
_VENDORS = {"AuthenticAMD": "AMD", "GenuineIntel": "Intel"}
_AVX512 = frozenset({"avx512f", "avx512bw", "avx512vl", "avx512dq"})
_AVX2 = frozenset({"avx", "avx2"})
_VNNI_512 = _AVX2 | _AVX512 | {"avx512_vnni"}
_BF16_512 = _VNNI_512 | {"avx512_bf16"}
_FP16_512 = _BF16_512 | {"avx512_fp16", "avx_vnni"}
_AMX = frozenset({"amx_tile", "amx_int8", "amx_bf16"})
_NAMED = _FP16_512 | _AMX | {"avx_ne_convert", "avx_vnni_int8"}  # what a limit can take away
_ONEDNN = {  # ONEDNN_MAX_CPU_ISA → what is left; another value limits nothing
    "SSE41": frozenset[str](),
    "AVX": frozenset({"avx"}),
    "AVX2": _AVX2,
    "AVX2_VNNI": _AVX2 | {"avx_vnni"},
    "AVX2_VNNI_2": _AVX2 | {"avx_vnni", "avx_ne_convert", "avx_vnni_int8"},
    "AVX512_CORE": _AVX2 | _AVX512,
    "AVX512_CORE_VNNI": _VNNI_512,
    "AVX512_CORE_BF16": _BF16_512,
    "AVX512_CORE_FP16": _FP16_512,
}
_ATEN = {"DEFAULT": frozenset[str](), "AVX2": _AVX2 | {"avx_vnni", "avx_ne_convert"}}
_LIMITS = (("ONEDNN_MAX_CPU_ISA", _ONEDNN), ("ATEN_CPU_CAPABILITY", _ATEN))


@dataclass(frozen=True, slots=True)
class Processor:
    """A processor; ``instructions`` are named as Linux names them in /proc/cpuinfo.

    ``limits`` are the environment variables that forbid some of the instructions it has.
    """

    architecture: str
    vendor: str
    instructions: frozenset[str]
    limits: tuple[str, ...] = ()

    def limited(self, environment: Mapping[str, str]) -> Processor:
        """Without the instructions that oneDNN or torch may not use."""
        forbidden: dict[str, frozenset[str]] = {}
        for variable, allowed in _LIMITS:
            value = environment.get(variable, "")
            left = allowed.get(value.upper(), _NAMED)
            forbidden[f"{variable}={value}"] = self.instructions & (_NAMED - left)
        instructions = self.instructions.difference(*forbidden.values())
        limits = tuple(limit for limit, names in forbidden.items() if names)
        return replace(self, instructions=instructions, limits=limits)

    def has(self, *instructions: str) -> bool:
        """Whether it has one of them at least."""
        return not self.instructions.isdisjoint(instructions)

    def __str__(self) -> str:
        words = f"{self.vendor} {self.architecture}".strip()
        return f"{words} with {' and '.join(self.limits)}" if self.limits else words


@lru_cache(maxsize=1)
def processor() -> Processor:
    """The processor of this machine, within the limits of the environment."""
    return read().limited(os.environ)


def read(cpuinfo: Path = Path("/proc/cpuinfo")) -> Processor:
    """What the system says of the processor; without instructions where it says nothing."""
    machine = platform.machine().lower()
    architecture = _ARCHITECTURES.get(machine, machine)
    if sys.platform == "darwin":
        return _from_sysctl(architecture)
    try:
        text = cpuinfo.read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""
    facts = dict(_pairs(text))
    flags = facts.get("flags", facts.get("Features", ""))
    vendor = _VENDORS.get(facts.get("vendor_id", ""), facts.get("vendor_id", ""))
    return Processor(architecture, vendor, frozenset(flags.split()))


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """The keys and values of the first core."""
    for line in text.strip().split("\n\n")[0].splitlines():
        key, _, value = line.partition(":")
        yield key.strip(), value.strip()


def _from_sysctl(architecture: str) -> Processor:
    """On macOS the names are others: those that are asked for are translated."""
    if architecture == "arm64":
        has_bf16 = _sysctl("hw.optional.arm.FEAT_BF16") == "1"
        return Processor(architecture, "Apple", frozenset({"asimd", *(["bf16"] * has_bf16)}))
    names = f"{_sysctl('machdep.cpu.features')} {_sysctl('machdep.cpu.leaf7_features')}".lower()
    known = {"avx1.0": "avx", "avx512vnni": "avx512_vnni", "avx512_bf16": "avx512_bf16"}
    found = frozenset(known.get(name, name) for name in names.split())
    return Processor(architecture, "Intel", found)


def _sysctl(name: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command
            ["/usr/sbin/sysctl", "-n", name], capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return done.stdout.strip()
