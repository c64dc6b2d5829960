"""Weights files that somebody spoiled or made to harm: refused in words, and nothing is run."""

from __future__ import annotations

import os
import pickle
import random
import traceback
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from generator.errors import WeightsError
from generator.lab.loading.weights import files

SMALL = {"a.weight": torch.arange(600.0).view(20, 30), "a.bias": torch.tensor([1.0, -2.0])}


class _Harmful:
    """Makes a folder when it is unpickled by anyone who believes it."""

    def __init__(self, how: Any, *arguments: object) -> None:
        self.how, self.arguments = how, arguments

    def __reduce__(self) -> tuple[Any, ...]:
        return self.how, self.arguments


def harmful(folder: Path, marker: Path) -> Iterator[Path]:
    """Files that run something, or fill the memory, when they are read in good faith."""
    loaded = {
        "mkdir": _Harmful(os.mkdir, str(marker)),
        "system": _Harmful(os.system, f"mkdir {marker}"),
        "eval": _Harmful(eval, f"__import__('os').mkdir({str(marker)!r})"),
        "bytes": _Harmful(bytes, 10**12),
        "tensor": _Harmful(torch.zeros, (10**6, 10**6)),
    }
    for name, thing in loaded.items():
        for legacy in (False, True):
            path = folder / f"{name}-{legacy}.pth"
            saved = {"a": SMALL["a.bias"], "b": thing}
            torch.save(saved, path, _use_new_zipfile_serialization=not legacy)
            yield path
        path = folder / f"{name}.pt"
        path.write_bytes(pickle.dumps(thing))
        yield path
    yield squeezed(folder / "zip-bomb.pth")


def squeezed(path: Path) -> Path:
    """A file of tensors whose storage was compressed to a two hundredth of its size."""
    torch.save({"a": torch.zeros(10)}, path)
    with zipfile.ZipFile(path) as whole:
        members = {name: whole.read(name) for name in whole.namelist()}
    piece = bytes(16 * 2**20)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in members.items():
            with archive.open(name, "w", force_zip64=True) as target:
                for _ in range(8 if name.endswith("data/0") else 0):
                    target.write(piece)
                target.write(data)
    return path


def complaint(path: Path) -> str:
    """What is wrong with how a file is taken; '' if nothing is."""
    try:
        tensors = files.read(path)
    except WeightsError:
        return ""
    except BaseException:
        return traceback.format_exc(limit=-3)
    sound = all(isinstance(value, Tensor) for value in tensors.values())
    return "" if sound else "it holds more than tensors"


def try_weights(folder: Path, *, spoiled: int, seed: int = 0) -> tuple[int, list[str]]:
    """Harmful files, files cut at every place of a small one, and ``spoiled`` ones."""
    chance = random.Random(seed)
    marker = folder / "ran"
    found = []
    tried = 0
    for path in harmful(folder, marker):
        tried += 1
        words = complaint(path) or ("it ran" if marker.exists() else "")
        found += [f"{path.name}: {words}"] if words else []
        path.unlink()
    wholes = {}
    for name in ("x.pth", "x.safetensors"):
        path = folder / name
        torch.save(SMALL, path) if name == "x.pth" else save_file(SMALL, path)
        wholes[path] = path.read_bytes()
    for number in range(spoiled):
        path = list(wholes)[number % 2]
        data = bytearray(wholes[path])
        if number % 4 < 2:
            data = data[: chance.randrange(len(data))]
        else:
            for _ in range(chance.choice((1, 4, 40))):
                data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(data)
        tried += 1
        if words := complaint(path):
            found.append(f"{path.name}, {number} of seed {seed}: {words}")
    return tried, found
