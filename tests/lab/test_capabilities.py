"""Capabilities: what a device computes is tried once, and what fails does not work."""

from __future__ import annotations

import pytest
import torch

from generator.lab import capabilities
from generator.lab.capabilities import convolves_in_bf16, convolves_in_int8, packs
from generator.system.processor import Processor, processor

CPU, GPU, MPS = torch.device("cpu"), torch.device("cuda", 0), torch.device("mps")
VNNI_BF16 = frozenset({"avx512_vnni", "avx512_bf16"})
of = capabilities.of.__wrapped__  # without what is kept of this machine


def works(monkeypatch: pytest.MonkeyPatch, *, bf16: bool, packed: bool, int8: bool) -> None:
    monkeypatch.setattr(capabilities, "convolves_in_bf16", lambda _device: bf16)
    monkeypatch.setattr(capabilities, "packs", lambda _dtype: packed)
    monkeypatch.setattr(capabilities, "convolves_in_int8", lambda: int8)


@pytest.mark.parametrize(
    ("bf16", "packed", "int8", "speeds"),
    [
        (True, True, True, ("fast", "fast")),
        (True, False, True, ("slow", "fast")),
        (False, True, True, ("none", "fast")),
        (True, True, False, ("fast", "none")),
    ],
)
def test_what_fails_does_not_work_whatever_the_processor_promises(
    bf16: bool,
    packed: bool,
    int8: bool,
    speeds: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    zen5 = Processor("x86_64", "AMD", VNNI_BF16)
    monkeypatch.setattr(capabilities, "processor", lambda: zen5)
    works(monkeypatch, bf16=bf16, packed=packed, int8=int8)
    found = of(CPU)
    assert (found.bf16, found.int8) == speeds


def test_nothing_is_tried_in_8_bits_where_the_processor_promises_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without VNNI torch's operations run, and cut sums off."""
    monkeypatch.setattr(capabilities, "processor", lambda: Processor("arm64", "", frozenset()))
    works(monkeypatch, bf16=True, packed=True, int8=True)
    assert of(CPU).int8 == "none"


@pytest.mark.parametrize(
    ("version", "hip", "bf16", "speed"),
    [
        ((9, 0), None, True, "fast"),
        ((8, 0), None, False, "none"),
        ((7, 5), None, True, "none"),
        ((9, 0), "6.4", True, "unknown"),
        ((9, 0), "6.4", False, "none"),
    ],
)
def test_a_gpu_is_asked_for_its_kind(
    version: tuple[int, int],
    hip: str | None,
    bf16: bool,
    speed: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch.version, "hip", hip)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _device: version)
    works(monkeypatch, bf16=bf16, packed=True, int8=True)
    found = of(GPU)
    assert (found.bf16, found.int8) == (speed, "none")
    works(monkeypatch, bf16=bf16, packed=True, int8=True)
    assert (of(MPS).bf16, of(MPS).int8) == ("unknown" if bf16 else "none", "none")


def test_a_device_that_is_not_there_computes_nothing() -> None:
    if not torch.backends.mps.is_available():
        assert not convolves_in_bf16(MPS)


def test_packing_that_raises_or_gives_other_maps_is_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("bf16 path needs the cpu support avx_ne_convert")

    if not packs(torch.float32):
        pytest.skip("torch without oneDNN")
    monkeypatch.setattr(capabilities.functional, "conv2d", lambda *_, **__: torch.zeros(1))
    assert not packs.__wrapped__(torch.float32)
    monkeypatch.undo()
    monkeypatch.setattr(torch.ops.mkldnn, "_reorder_convolution_weight", refuse)
    assert not packs.__wrapped__(torch.float32)
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    assert not packs.__wrapped__(torch.float32)


def test_memory_that_runs_out_says_nothing_about_the_device(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def exhaust(*_: object, **__: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(capabilities.functional, "conv2d", exhaust)
    with pytest.raises(torch.OutOfMemoryError):
        convolves_in_bf16(CPU)


def test_8_bits_are_exact_where_there_is_vnni_alone() -> None:
    """Where the environment forbids it, oneDNN obeys; torch's own limit says nothing to it."""
    if not any(limit.startswith("ATEN") for limit in processor().limits):
        assert convolves_in_int8() == processor().has("avx512_vnni", "avx_vnni")
