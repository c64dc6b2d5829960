"""Precisions: what auto takes, what is refused and what is warned of, on every kind of device."""

from __future__ import annotations

import pytest

from generator.errors import ExitCode
from generator.recipes.presets import Precision
from generator.system.precision import Capabilities, of_gpu, of_processor, refusal, warning
from generator.system.processor import Processor

AVX2 = ("avx", "avx2")
AVX512 = (*AVX2, "avx512f", "avx512bw", "avx512vl", "avx512dq")
BF16 = (*AVX512, "avx512_vnni", "avx512_bf16")
AMX = (*BF16, "amx_tile", "amx_int8", "amx_bf16")


def x86(vendor: str, *instructions: str) -> Capabilities:
    return of_processor(Processor("x86_64", vendor, frozenset(instructions)))


def arm(*instructions: str) -> Capabilities:
    return of_processor(Processor("arm64", "", frozenset(instructions)))


DEVICES = {
    "nothing known": (x86(""), "fp32", "slow", "none"),
    "AVX2": (x86("AMD", *AVX2), "fp32", "slow", "none"),
    "AVX2 and VNNI": (x86("Intel", *AVX2, "avx_vnni"), "fp32", "slow", "unknown"),
    "AVX2, VNNI and bf16": (x86("Intel", *AVX2, "avx_ne_convert"), "fp32", "unknown", "none"),
    "AVX-512": (x86("Intel", *AVX512), "fp32", "slow", "none"),
    "AVX-512 with VNNI, Intel": (x86("Intel", *AVX512, "avx512_vnni"), "fp32", "slow", "unknown"),
    "AVX-512 with VNNI, AMD": (x86("AMD", *AVX512, "avx512_vnni"), "int8", "slow", "fast"),
    "AVX-512 with VNNI and bf16, Intel": (x86("Intel", *BF16), "fp32", "slow", "unknown"),
    "AVX-512 with VNNI and bf16, AMD": (x86("AMD", *BF16), "int8", "fast", "fast"),
    "AVX-512 with bf16, AMD": (x86("AMD", *AVX512, "avx512_bf16"), "bf16", "fast", "none"),
    "AMX": (x86("Intel", *AMX), "bf16", "fast", "unknown"),
    "ARM": (arm("asimd"), "fp32", "slow", "none"),
    "ARM with bf16": (arm("asimd", "bf16", "i8mm"), "fp32", "unknown", "none"),
    "ARM with names of x86": (arm("amx_bf16", "avx512_vnni"), "fp32", "slow", "none"),
    "CUDA": (of_gpu("cuda", has_bf16=True, recent=True), "bf16", "fast", "none"),
    "CUDA before Ampere": (of_gpu("cuda", has_bf16=True, recent=False), "fp32", "none", "none"),
    "CUDA without bf16": (of_gpu("cuda", has_bf16=False, recent=True), "fp32", "none", "none"),
    "ROCm": (of_gpu("rocm", has_bf16=True, recent=True), "fp32", "unknown", "none"),
    "MPS": (of_gpu("mps", has_bf16=True, recent=False), "fp32", "unknown", "none"),
    "MPS without bf16": (of_gpu("mps", has_bf16=False, recent=False), "fp32", "none", "none"),
}


@pytest.mark.parametrize("name", DEVICES)
def test_every_precision_is_taken_warned_of_or_refused(name: str) -> None:
    able, fastest, *speeds = DEVICES[name]
    assert able.fastest == fastest
    assert [able.bf16, able.int8] == speeds
    precisions: tuple[Precision, ...] = ("auto", "fp32", "bf16", "int8")
    for precision, speed in zip(precisions, ("fast", "fast", *speeds), strict=True):
        refused, warned = refusal(precision, able), warning(precision, able)
        assert (refused is not None) == (speed == "none")
        assert bool(warned) == (speed in ("slow", "unknown"))
        if refused:
            assert refused.exit_code == ExitCode.ENVIRONMENT
            assert able.device in refused.cause
            listed = refused.remedy.partition(": ")[2].replace(" (slowly)", "").split(", ")
            assert listed == list(able.working)
            assert precision not in listed


def test_what_is_missing_is_said_with_what_forbids_it() -> None:
    limited = Processor("x86_64", "AMD", frozenset(BF16)).limited({"ONEDNN_MAX_CPU_ISA": "AVX2"})
    refused = refusal("int8", of_processor(limited))
    assert refused is not None
    assert refused.cause == (
        "precision int8 needs an x86 CPU with AVX512-VNNI or AVX-VNNI, which this processor"
        " (AMD x86_64 with ONEDNN_MAX_CPU_ISA=AVX2) is not"
    )
    assert refused.remedy == "precisions that work here: auto, fp32, bf16 (slowly)"
