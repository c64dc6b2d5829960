"""Artifact ↔ disk: content-addressed, atomic, verified on every read.

An object is one safetensors file, ``objects/<key[:2]>/<key>.<digest>.safetensors``: its name says
what it is (the key: everything that could change it) and what it must contain (the SHA-256 of its
bytes), so that a flipped bit, a cut-off tail and two swapped files are all found on reading.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from generator.artifacts import (
    Ablation,
    Artifact,
    Covering,
    FeatureMaps,
    Recognition,
    Rendering,
    Responses,
    Trace,
)
from generator.blobs import Blob
from generator.circuits import Kernels, Signals
from generator.errors import StoreError
from generator.files import PART, write_file
from generator.plan import Memory
from generator.scanning import Summary
from generator.turns import turn

if TYPE_CHECKING:
    from generator.sources.depot import Depot

_KINDS: dict[str, Callable[..., Artifact]] = {
    "Rendering": Rendering,
    "Responses": Responses,
    "FeatureMaps": FeatureMaps,
    "Covering": Covering,
    "Ablation": Ablation,
    "Recognition": Recognition,
    "Trace": Trace,
    "Kernels": Kernels,
    "Signals": Signals,
    "Summary": Summary,
}


@dataclass(frozen=True, slots=True)
class Store:
    """Objects below ``folder``; ``say`` is told of every object that had to be put aside.

    What is missing there is looked for in the depot, if several share one, and kept; what is made
    is written to both.
    """

    folder: Path
    say: Callable[[str], None] = field(default=print, compare=False)
    depot: Depot | None = field(default=None, compare=False)

    def has(self, key: str) -> bool:
        """Whether an object of that key lies there; whether it is sound shows on reading."""
        return any(self._places(key)) or (self.depot is not None and self.depot.has(key))

    def get(self, key: str) -> Artifact | None:
        """The artifact of that key, verified; None where there is none.

        A damaged object is renamed to ``….damaged``, named to ``say``, and treated as missing.
        """
        try:
            for path in sorted(self._places(key)):
                try:
                    return decode(path.read_bytes(), key, path)
                except DamagedError as damage:
                    self.say(f"{path.name[:16]}… in the store is damaged ({damage}): made again")
                    put_aside(path)
        except OSError as reason:
            raise _refused(self.folder, reason) from None
        return self._fetched(key)

    def put(self, key: str, artifact: Artifact) -> Artifact:
        """Write the object at once or not at all; the same artifact, as `get` gives it.

        Raises
        ------
        StoreError
            If the disk or the depot refuses; what was there before stays.
        """
        data = encode(key, artifact)
        name = f"{key}.{hashlib.sha256(data).hexdigest()}.safetensors"
        target = self._folder(key) / name
        self._write(target, data)
        if self.depot is not None:
            self.depot.put(name, data)
        return _restored(data, target)

    def _fetched(self, key: str) -> Artifact | None:
        """The artifact of that key from the depot, verified, and kept here."""
        found = self.depot.get(key) if self.depot is not None else None
        if found is None:
            return None
        name, data = found
        target = self._folder(key) / name
        try:
            artifact = decode(data, key, target)
        except DamagedError as damage:
            self.say(f"{name[:16]}… in the shared store is damaged ({damage}): made again")
            return None
        self._write(target, data)
        return artifact

    @contextmanager
    def lock(self, say: Callable[[str], None]) -> Iterator[None]:
        """Keep other builds of this store waiting; whoever waits is told.

        What a killed build was writing is removed.
        """
        waiting = "another build works on this store: waiting until it is done"
        with ExitStack() as held:
            try:
                held.enter_context(turn(self.folder / "lock", lambda: say(waiting)))
                for path in self.folder.rglob(f"{PART}*"):
                    path.unlink(missing_ok=True)
            except OSError as reason:
                raise _refused(self.folder, reason) from None
            yield

    def memory(self) -> Memory:
        """What lies here and what it was made of; a ledger that is damaged is an empty one."""
        try:
            data = self._ledger.read_bytes()
            tasks = ledger_tasks(data)
        except FileNotFoundError:
            tasks = {}
        except DamagedError as damage:
            self.say(f"the store's ledger is damaged ({damage}): reasons are not known")
            tasks = {}
        except OSError as reason:
            raise _refused(self.folder, reason) from None
        return Memory(self.has, tasks)

    def remember(self, ledger: Mapping[str, Any]) -> None:
        """Keep what this build's tasks were made of, so that the next can say what changed."""
        self._write(self._ledger, ledger_bytes(ledger))

    def _write(self, target: Path, data: bytes) -> None:
        """Write a file at once or not at all."""
        try:
            write_file(target, data)
        except OSError as reason:
            raise _refused(self.folder, reason) from None

    @property
    def _ledger(self) -> Path:
        return self.folder / "ledger.json"

    def _folder(self, key: str) -> Path:
        return self.folder / "objects" / key[:2]

    def _places(self, key: str) -> list[Path]:
        return list(self._folder(key).glob(f"{key}.*.safetensors"))


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
    record = {"key": key, "kind": type(artifact).__name__, "values": values}
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
        return _restored(data, path)
    except (SafetensorError, ValueError, KeyError):
        raise DamagedError("it was written by another version") from None


def _restored(data: bytes, path: Path) -> Artifact:
    end = _header_end(data)
    header = json.loads(data[8:end])
    record = json.loads(header["__metadata__"]["artifact"])
    kind = _KINDS[record["kind"]]
    values = {name: tuple(v) if isinstance(v, list) else v for name, v in record["values"].items()}
    for name, array in load(data).items():
        values[name] = array
        if kind.__annotations__[name] == "Blob":
            start, stop = (end + offset for offset in header[name]["data_offsets"])
            digest = hashlib.sha256(data[start:stop]).hexdigest()
            read = partial(_part, path, start, stop - start, digest)
            values[name] = Blob(digest, stop - start, read)
    return kind(**values)


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


def put_aside(path: Path) -> None:
    """Rename a damaged file so that nobody reads it again; it stays for whoever wants to look."""
    path.replace(path.with_suffix(".damaged"))


def _part(path: Path, start: int, size: int, digest: str) -> bytes:
    """The bytes of a blob where they lie in an object, which was whole when the build read it."""
    try:
        with path.open("rb") as file:
            file.seek(start)
            data = file.read(size)
    except OSError as reason:
        raise _refused(path.parents[2], reason) from None
    if hashlib.sha256(data).hexdigest() != digest:
        words = "an object in the store was changed while the build ran"
        raise StoreError(words, "build again: it is made anew")
    return data


class DamagedError(Exception):
    """An object that is not what its name says."""


def _refused(folder: Path, reason: OSError) -> StoreError:
    return StoreError(
        f"the store cannot be used: {reason.strerror}",
        f"make room or give rights in {folder.name}/, or choose another folder with --store",
    )
