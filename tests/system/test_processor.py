"""Processors: what the system says of them, within what the environment allows."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
import torch

from generator.system import processor
from generator.system.processor import Processor, read

AVX512 = frozenset({"avx", "avx2", "avx512f", "avx512bw", "avx512vl", "avx512dq"})
AMX = AVX512 | {"avx512_vnni", "avx512_bf16", "avx_vnni", "amx_tile", "amx_int8", "amx_bf16"}
ALL = Processor("x86_64", "Intel", AMX)
X86 = "processor : 0\nvendor_id : {}\nflags : fpu avx avx2 {}\n\nprocessor : 1\nflags : none\n"


@pytest.mark.parametrize(
    ("environment", "kept", "lost"),
    [
        ({}, "amx_bf16", None),
        ({"ONEDNN_MAX_CPU_ISA": "AVX512_CORE_BF16"}, "avx512_bf16", "amx_bf16"),
        ({"ONEDNN_MAX_CPU_ISA": "avx512_core_vnni"}, "avx512_vnni", "avx512_bf16"),
        ({"ONEDNN_MAX_CPU_ISA": "AVX512_CORE"}, "avx512f", "avx512_vnni"),
        ({"ONEDNN_MAX_CPU_ISA": "AVX2_VNNI"}, "avx_vnni", "avx512f"),
        ({"ONEDNN_MAX_CPU_ISA": "AVX2"}, "avx2", "avx_vnni"),
        ({"ONEDNN_MAX_CPU_ISA": "SSE41"}, None, "avx2"),
        ({"ATEN_CPU_CAPABILITY": "avx2"}, "avx2", "avx512f"),
        ({"ATEN_CPU_CAPABILITY": "default"}, None, "avx"),
        ({"ATEN_CPU_CAPABILITY": "avx512", "ONEDNN_MAX_CPU_ISA": "ALL"}, "amx_bf16", None),
    ],
)
def test_the_environment_takes_instructions_away(
    environment: dict[str, str], kept: str | None, lost: str | None
) -> None:
    found = ALL.limited(environment)
    assert kept is None or found.has(kept)
    assert lost is None or not found.has(lost)
    limits = tuple(f"{name}={value}" for name, value in environment.items()) if lost else ()
    assert found.limits == limits
    assert all(limit in str(found) for limit in limits)


def test_a_limit_takes_nothing_from_a_processor_that_has_less() -> None:
    plain = Processor("x86_64", "AMD", frozenset({"avx", "avx2"}))
    assert plain.limited({"ONEDNN_MAX_CPU_ISA": "AVX512_CORE"}) == plain
    arm = Processor("arm64", "", frozenset({"asimd", "bf16"}))
    assert arm.limited({"ATEN_CPU_CAPABILITY": "default", "ONEDNN_MAX_CPU_ISA": "SSE41"}) == arm


@pytest.mark.parametrize(
    ("machine", "text", "found"),
    [
        ("x86_64", X86.format("AuthenticAMD", "avx512_vnni"), ("x86_64", "AMD", "avx512_vnni")),
        ("AMD64", X86.format("GenuineIntel", "amx_bf16"), ("x86_64", "Intel", "amx_bf16")),
        ("aarch64", "processor : 0\nFeatures : fp asimd bf16 i8mm\n", ("arm64", "", "bf16")),
        ("riscv64", "processor : 0\nisa : rv64imafdc\n", ("riscv64", "", "")),
        ("", "", ("", "", "")),
    ],
)
def test_linux_says_what_the_first_core_has(
    machine: str,
    text: str,
    found: tuple[str, str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr("platform.machine", lambda: machine)
    file = tmp_path / "cpuinfo"
    file.write_text(text)
    made = read(file)
    assert (made.architecture, made.vendor) == found[:2]
    assert made.has(found[2]) == bool(found[2])
    assert not made.has("none")


@pytest.mark.parametrize(
    ("machine", "answers", "has"),
    [
        ("arm64", {"hw.optional.arm.FEAT_BF16": "1"}, "bf16"),
        ("arm64", {}, "asimd"),
        ("x86_64", {"machdep.cpu.features": "FPU AVX1.0"}, "avx"),
        ("x86_64", {"machdep.cpu.leaf7_features": "SMEP AVX2"}, "avx2"),
    ],
)
def test_macos_is_asked_in_its_own_words(
    machine: str, answers: dict[str, str], has: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr("platform.machine", lambda: machine)
    monkeypatch.setattr(processor, "_sysctl", lambda name: answers.get(name, ""))
    made = read()
    assert made.architecture == machine
    assert made.has(has)
    assert made.has("bf16") == (has == "bf16")


def test_where_nothing_can_be_read_no_instruction_is_assumed(tmp_path: Path) -> None:
    assert not read(tmp_path / "missing").instructions or sys.platform == "darwin"


@pytest.mark.skipif(not os.access("/proc/cpuinfo", os.R_OK), reason="needs Linux")
def test_this_machine_is_what_torch_says_it_is() -> None:
    able, found = torch.cpu.get_capabilities(), read()
    names = {"avx2": "avx2", "avx512_vnni": "avx512_vnni", "avx_vnni": "avx_vnni"}
    names |= {"avx512_bf16": "avx512_bf16", "amx_bf16": "amx_bf16"}
    if found.architecture == "x86_64":
        assert {own: found.has(own) for own in names} == {
            own: bool(able[torchs]) for own, torchs in names.items()
        }
