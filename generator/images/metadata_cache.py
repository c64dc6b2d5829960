"""What was measured of photographs, by the SHA-256 of their bytes: a check of the same is quick.

Files are read and hashed at every check; what is saved is to decode and to compare them again. The
cache is one verified file for each report, and holds nothing that its photographs do not determine.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import PIL
from safetensors import SafetensorError
from safetensors.numpy import load, save

from generator.system.file_cache import FileCache
from generator.system.files import raise_if_machine

PHOTOGRAPHS = "photographs"  # below the user's cache
_FORM = 1  # raise when anything that is kept would be measured differently
_SUFFIX = ".safetensors"

Array = npt.NDArray[np.float64]
Prints = npt.NDArray[np.uint64]
Pairs = list[tuple[int, int]]


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """What is kept of a picture.

    ``grey`` is the whole in 64 × 64 pixels; ``whole`` holds its hash and that of its mirror image,
    (2,) of 64 bits; ``parts`` those of its parts, the whole first, (256,).
    """

    grey: Array
    whole: Prints
    parts: Prints


@dataclass(frozen=True, slots=True)
class Shape:
    """Of a photograph that was decoded to its last byte: its upright size, and transparency."""

    width: int
    height: int
    cutout: bool


@dataclass(slots=True)
class MetadataCache:
    """Measurements of photographs; whoever measures more adds it, and ``save`` keeps all.

    ``fingerprints`` hold None of flat pictures. ``similarities`` are of two contents, the lesser
    digest first. ``pairs`` are the near-duplicates in a sequence of photographs, by its digest.
    """

    shapes: dict[str, Shape] = field(default_factory=dict)
    fingerprints: dict[str, Fingerprint | None] = field(default_factory=dict)
    similarities: dict[tuple[str, str], float] = field(default_factory=dict)
    pairs: dict[str, Pairs] = field(default_factory=dict)
    _saved: tuple[int, ...] = (0, 0, 0, 0)

    @classmethod
    def read(cls, folder: Path, report: Path, warn: Callable[[str], None]) -> MetadataCache:
        """What earlier checks of a report left; empty where there is nothing sound.

        Raises
        ------
        MachineError
            The disk or the system failed.
        """
        try:
            found = FileCache(folder, warn).get(_key(report), _SUFFIX)
        except OSError as reason:
            raise_if_machine(reason)
            found = None
        cache = cls()
        if found is not None:
            with suppress(SafetensorError, ValueError, LookupError, TypeError):
                cache = _decoded(found[1])
        cache._saved = cache._sizes
        return cache

    def save(self, folder: Path, report: Path) -> None:
        """Keep everything for the next check, where there is anything new; it only saves time."""
        if self._sizes != self._saved:
            with suppress(OSError):
                FileCache(folder, lambda _: None).put(_key(report), _SUFFIX, _encoded(self))
            self._saved = self._sizes

    @property
    def _sizes(self) -> tuple[int, ...]:
        kept = (self.shapes, self.fingerprints, self.similarities, self.pairs)
        return tuple(len(each) for each in kept)


def digest_of(photographs: Sequence[str], thorough: int | None) -> str:
    """The name of a comparison: of the SHA-256 of its photographs, in their order."""
    return hashlib.sha256(" ".join([str(thorough), *photographs]).encode()).hexdigest()


def _key(report: Path) -> str:
    """What the measurements depend on besides the photographs, and whose they are."""
    versions = f"{_FORM} pillow {PIL.__version__} numpy {np.__version__}"
    return hashlib.sha256(f"{versions} {report.resolve()}".encode(errors="replace")).hexdigest()


def _encoded(cache: MetadataCache) -> bytes:
    prints = {name: each for name, each in cache.fingerprints.items() if each is not None}
    found = list(prints.values())
    arrays: dict[str, npt.NDArray[Any]] = {
        "grey": np.array([each.grey for each in found], np.uint8).reshape(-1, 64, 64),
        "whole": np.array([each.whole for each in found], np.uint64).reshape(-1, 2),
        "parts": np.array([each.parts for each in found], np.uint64).reshape(-1, 256),
    }
    record = {
        "shapes": {name: [s.width, s.height, s.cutout] for name, s in cache.shapes.items()},
        "prints": list(prints),
        "flat": [name for name, each in cache.fingerprints.items() if each is None],
        "similarities": [[*pair, value] for pair, value in cache.similarities.items()],
        "pairs": cache.pairs,
    }
    return save(arrays, metadata={"photographs": json.dumps(record)})


def _decoded(data: bytes) -> MetadataCache:
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    record: dict[str, Any] = json.loads(header["__metadata__"]["photographs"])
    arrays = load(data)
    greys = arrays["grey"].astype(np.float64)
    rows = zip(record["prints"], greys, arrays["whole"], arrays["parts"], strict=True)
    flat: dict[str, Fingerprint | None] = dict.fromkeys(record["flat"])
    return MetadataCache(
        shapes={name: Shape(*values) for name, values in record["shapes"].items()},
        fingerprints=flat | {name: Fingerprint(*arrays) for name, *arrays in rows},
        similarities={(a, b): value for a, b, value in record["similarities"]},
        pairs={name: [(i, j) for i, j in pairs] for name, pairs in record["pairs"].items()},
    )
