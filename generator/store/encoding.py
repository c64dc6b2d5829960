"""Encodes artifacts as safetensors files named by key and digest.

An object is one safetensors file, ``<key>.<digest>.safetensors``: its name says what it is (the
key: everything that could change it) and what it must contain (the SHA-256 of its bytes), so that a
flipped bit, a cut-off tail and two swapped files are all found on reading. The ledger, which says
what everything was made of, carries a digest of its own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from generator.artifacts.artifact import (
    Ablation,
    Artifact,
    FeatureMaps,
    Occlusion,
    Recognition,
    Rendering,
    Responses,
    Trace,
)
from generator.artifacts.blobs import Blob
from generator.artifacts.contributions import ConvWeights, LayerInputs
from generator.errors import StoreError
from generator.summaries import Summary

# The name of each kind in an object's metadata: part of the format, whatever the class is called.
_KINDS: dict[str, Callable[..., Artifact]] = {
    "Rendering": Rendering,
    "Responses": Responses,
    "FeatureMaps": FeatureMaps,
    "Covering": Occlusion,
    "Ablation": Ablation,
    "Recognition": Recognition,
    "Trace": Trace,
    "Kernels": ConvWeights,
    "Signals": LayerInputs,
    "Summary": Summary,
}


_NAMES = {kind: name for name, kind in _KINDS.items()}


class DamagedError(Exception):
    """An object that is not what its name says."""


def name_of(key: str, data: bytes) -> str:
    """What the file of an object is called."""
    return f"{key}.{hashlib.sha256(data).hexdigest()}.safetensors"


def encode(key: str, artifact: Artifact) -> bytes:
    """An artifact as a safetensors file: arrays as tensors, the rest as JSON in its metadata."""
    arrays: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for item in fields(artifact):
        value = getattr(artifact, item.name)
        if isinstance(value, Blob):
            arrays[item.name] = np.frombuffer(value.read(), dtype=np.uint8)
        elif isinstance(value, np.ndarray):
            arrays[item.name] = np.ascontiguousarray(value)
        else:
            values[item.name] = value
    # One entry: safetensors writes several in any order, and equal artifacts are equal bytes.
    record = {"key": key, "kind": _NAMES[type(artifact)], "values": values}
    return save(arrays, metadata={"artifact": json.dumps(record, sort_keys=True)})


def decode(data: bytes, key: str, path: Path) -> Artifact:
    """The artifact in the bytes of the object at ``path``, where its blobs stay.

    Raises
    ------
    DamagedError
        If the bytes are not those that were written under that key.
    """
    check(data, key, digest=path.suffixes[-2].lstrip("."))
    try:
        record, arrays = json.loads(_header(data)["__metadata__"]["artifact"]), load(data)
        kind = _KINDS[record["kind"]]
    except (SafetensorError, ValueError, KeyError):
        raise DamagedError("it was written by another version") from None
    values = {name: tuple(v) if isinstance(v, list) else v for name, v in record["values"].items()}
    blobs = {
        name: hashlib.sha256(array.data).hexdigest()
        for name, array in arrays.items()
        if kind.__annotations__[name] == "Blob"
    }
    return kind(**{**values, **arrays, **_lying(blobs, data, path)})


def kept(artifact: Artifact, data: bytes, path: Path) -> Artifact:
    """An artifact after its object was written to ``path``, where its blobs now stay."""
    values = {item.name: getattr(artifact, item.name) for item in fields(artifact)}
    blobs = {name: value.sha256 for name, value in values.items() if isinstance(value, Blob)}
    return replace(artifact, **_lying(blobs, data, path)) if blobs else artifact


def _lying(digests: Mapping[str, str], data: bytes, path: Path) -> dict[str, Any]:
    """Blobs by their names in an object, each read where it lies."""
    header, end = _header(data), _header_end(data)
    blobs = {}
    for name, digest in digests.items():
        start, stop = header[name]["data_offsets"]
        read = partial(_part, path, end + start, stop - start, digest)
        blobs[name] = Blob(digest, stop - start, read)
    return blobs


def check(data: bytes, key: str, *, digest: str) -> None:
    """Hold an object's bytes against its name, without reading what they mean.

    Raises
    ------
    DamagedError
        If they are not those that were written under that key.
    """
    if hashlib.sha256(data).hexdigest() != digest:
        raise DamagedError("its content does not fit its name")
    if data.find(key.encode(), 8, _header_end(data)) < 0:
        raise DamagedError("it is another object under this name")


def _header(data: bytes) -> Any:
    return json.loads(data[8 : _header_end(data)])


def _header_end(data: bytes) -> int:
    return 8 + int.from_bytes(data[:8], "little")


def ledger_bytes(tasks: Mapping[str, Any]) -> bytes:
    """The ledger as a file that carries its own digest."""
    text = json.dumps(tasks, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f'{{"sha256":"{digest}","tasks":{text}}}'.encode()


def ledger_tasks(data: bytes) -> dict[str, Any]:
    """What each task of the last build was made of.

    Raises
    ------
    DamagedError
        If the bytes are not those that `ledger_bytes` gave.
    """
    try:
        tasks = json.loads(data)["tasks"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise DamagedError("it cannot be read") from None
    if not isinstance(tasks, dict) or ledger_bytes(tasks) != data:
        raise DamagedError("its content does not fit its digest")
    return tasks


def _part(path: Path, start: int, size: int, digest: str) -> bytes:
    """The bytes of a blob where they lie in an object, which was whole when the build read it."""
    try:
        with path.open("rb") as file:
            file.seek(start)
            data = file.read(size)
    except OSError as reason:
        raise refused(path.parents[2], reason) from None
    if hashlib.sha256(data).hexdigest() != digest:
        words = "an object in the store was changed while the build ran"
        raise StoreError(words, "build again: it is made anew")
    return data


def refused(folder: Path, reason: OSError) -> StoreError:
    """What the machine said of a store that it would not read or write."""
    return StoreError(
        f"the store cannot be used: {reason.strerror}",
        f"make room or give rights in {folder.name}/, or choose another folder with --store",
    )
