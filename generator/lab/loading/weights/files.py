"""Reads and writes files of weights without running code from them."""

from __future__ import annotations

import hashlib
import pickle
import re
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load as load_safetensors
from safetensors.torch import save as save_safetensors
from torch import Tensor

from generator.errors import WeightsError
from generator.lab.loading.weights import file_kinds, unpickler
from generator.system import own_folder
from generator.system.files import write_file

_WRAPPERS = ("state_dict", "model", "model_state_dict")  # what training scripts call it
_LIMIT = 16 * 2**30
_KEPT = re.compile(r"[^.]+\.[0-9a-f]{64}\.(safetensors|damaged)")
_NOTE = "Cache of weights. Files of other names are left alone."
_REMEDY = "set FILTERBOOK_CACHE to another folder"


def read(path: Path, *, sha256: str = "") -> dict[str, Tensor]:
    """The tensors of a file that holds a state dict, by their names.

    Raises
    ------
    WeightsError
        As of ``load``, and if the file holds something else.
    """
    loaded = load(path, sha256=sha256)
    return loaded if path.suffix == ".safetensors" else _state_dict(loaded, path.name)


def load(path: Path, *, sha256: str = "") -> Any:
    """What is in a ``.safetensors`` file, or in one that torch.save wrote (.pth, .pt, .bin, .ckpt).

    Pickles are read without running anything: with ``weights_only=True``, or, where they hold
    objects beside tensors, with placeholders for these. A file that wants to run code is refused.
    ``sha256`` may be the whole digest or its beginning.

    Raises
    ------
    WeightsError
        If the file is missing, too large, damaged, hostile, or not the one that was named.
    """
    name = path.name
    if not path.is_file():
        raise WeightsError(
            f"the weights file {name} is not there", "check model.weights in the spec"
        )
    if path.stat().st_size > _LIMIT:
        raise WeightsError(f"the weights file {name} is larger than 16 GiB")
    if sha256 and not sha256_of(path).startswith(sha256):
        raise WeightsError(
            f"the SHA-256 of {name} is {sha256_of(path)[:16]}…, not {sha256[:16]}…",
            "fetch the file again, or correct model.sha256",
        )
    try:
        file_kinds.refuse_other_kinds(path)
        if path.suffix.casefold() == ".safetensors":
            return _unwrapped(load_safetensors(path.read_bytes()))
        _refuse_compressed(path)
        return _unpickled(path)
    except WeightsError:
        raise
    except Exception as reason:  # a reader raises whatever the broken byte led it to
        raise WeightsError(
            f"the weights file {name} cannot be read: {why_unreadable(reason)}",
            "it must be .safetensors, or a state dict that loads with weights_only=True",
        ) from None


def _unpickled(path: Path) -> object:
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        loaded = unpickler.load(path)
    beside = unpickler.without_models(loaded)
    if unpickler.holds_weights(beside):
        return beside
    for reached, kind in unpickler.models_in(loaded):
        whole, remedy = file_kinds.MODEL
        raise file_kinds.kind_error(path.name, whole, remedy, kind=kind, path=reached)
    return loaded


def _refuse_compressed(path: Path) -> None:
    """Refuse what torch never writes: a few megabytes that unpack to the whole memory."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        if any(member.compress_type != zipfile.ZIP_STORED for member in archive.infolist()):
            raise WeightsError(
                f"the weights file {path.name} is compressed, which torch.save never does",
                "save it with torch.save, or as .safetensors",
            )


def why_unreadable(reason: Exception) -> str:
    """A reader's complaint in a line; torch's own advice is to read hostile pickles unguarded."""
    if isinstance(reason, pickle.UnpicklingError):
        return "it holds more than tensors (code that would be run), or it is damaged"
    if isinstance(reason, EOFError) or "central directory" in str(reason):
        return "it is cut off or damaged: fetch or copy it again"
    if isinstance(reason, LookupError | struct.error | AttributeError | TypeError):
        return "it is no file that torch.save wrote, or it is damaged"
    lines = str(reason).strip().splitlines()
    return lines[0][:200] if lines else f"damaged ({type(reason).__name__})"


def _state_dict(loaded: object, name: str) -> dict[str, Tensor]:
    for key in _WRAPPERS:
        if isinstance(loaded, dict) and isinstance(loaded.get(key), dict):
            loaded = loaded[key]
    if not isinstance(loaded, dict) or not loaded:
        raise WeightsError(f"the weights file {name} is not a state dict")
    if not all(isinstance(key, str) and isinstance(value, Tensor) for key, value in loaded.items()):
        raise WeightsError(f"the weights file {name} holds more than tensors by name")
    return _unwrapped(loaded)


def _unwrapped(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Without the prefix that parallel training or compilation puts before every name."""
    for prefix in ("module.", "_orig_mod."):
        if all(name.startswith(prefix) for name in tensors):
            return {name.removeprefix(prefix): tensor for name, tensor in tensors.items()}
    return dict(tensors)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def keep(tensors: Mapping[str, Tensor], folder: Path, name: str, *, source: str) -> None:
    """Write ``<name>.<SHA-256 of the file>.safetensors`` at once or not at all.

    Raises
    ------
    WeightsError
        If the folder cannot be written.
    """
    whole = {key: value.contiguous() for key, value in tensors.items()}
    data = save_safetensors(whole, metadata={"source": source})
    target = folder / f"{name}.{hashlib.sha256(data).hexdigest()}.safetensors"
    claim(folder)
    try:
        write_file(target, data)
    except OSError as reason:
        raise cannot_keep(reason) from None


def claim(folder: Path) -> None:
    """Make a folder the program's cache of weights; one that an earlier version wrote is adopted.

    Raises
    ------
    ReportError
        The folder holds files that the program did not make.
    WeightsError
        The folder cannot be written.
    """
    try:
        own_folder.claim(folder, _NOTE, _REMEDY, _is_earlier)
    except OSError as reason:
        raise cannot_keep(reason) from None


def _is_earlier(folder: Path) -> bool:
    return any(_KEPT.fullmatch(path.name) for path in folder.iterdir())


def kept_files(folder: Path, name: str = "*") -> list[Path]:
    """The files in a folder that are called as ``keep`` calls them."""
    return sorted(p for p in folder.glob(f"{name}.*.safetensors") if _KEPT.fullmatch(p.name))


def cannot_keep(reason: OSError) -> WeightsError:
    """The cache of weights refuses to be written."""
    cause = f"the weights cannot be kept: {reason.strerror}"
    return WeightsError(cause, "set FILTERBOOK_CACHE to another folder")


def kept(
    folder: Path,
    name: str,
    *,
    verify: Callable[[Mapping[str, Tensor]], None] = lambda _: None,
    say: Callable[[str], None] = print,
) -> tuple[dict[str, Tensor], str] | None:
    """What ``keep`` wrote under that name, verified, with its source; None if there is nothing.

    A damaged file, and one that ``verify`` refuses with a WeightsError, is put aside as
    ``.damaged`` and named to ``say``; it is never used.

    Raises
    ------
    WeightsError
        If the folder cannot be read.
    """
    try:
        for path in kept_files(folder, name):
            try:
                return _read_kept(path, verify)
            except WeightsError as damage:
                say(f"warning: the kept weights {path.name[:40]}… were put aside: {damage.cause}")
                path.replace(path.with_suffix(".damaged"))
    except OSError as reason:
        raise WeightsError(
            f"the kept weights cannot be read: {reason.strerror}", "see FILTERBOOK_CACHE"
        ) from None
    return None


def _read_kept(
    path: Path, verify: Callable[[Mapping[str, Tensor]], None]
) -> tuple[dict[str, Tensor], str]:
    if sha256_of(path) != path.suffixes[-2].lstrip("."):
        raise WeightsError("its content does not fit its name")
    try:
        with safe_open(path, framework="pt") as file:
            source = (file.metadata() or {}).get("source", "")
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    except SafetensorError:
        raise WeightsError("it was written by another version") from None
    verify(tensors)
    return tensors, source
