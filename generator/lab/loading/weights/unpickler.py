"""Reads a pickle's tensors and data without running its code.

PyTorch's own guarded reader refuses a file for one ``argparse.Namespace`` or NumPy number among
its tensors. Here every class that it does not allow is replaced by a dictionary that takes whatever
it is given, so that no code of the file, nor of any package that the file names, is run.
"""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from torch._weights_only_unpickler import _get_allowed_globals

# Modules of functions that do something: a file that names one of them is no data.
_DANGEROUS = frozenset(
    (
        *("os", "posix", "nt", "sys", "subprocess", "shutil", "socket", "runpy", "importlib"),
        *("ctypes", "pty", "code", "commands", "webbrowser", "pip", "timeit", "marshal", "pickle"),
        *("multiprocessing", "threading", "asyncio", "builtins", "__builtin__", "operator"),
    )
)
_HARMLESS = frozenset(
    (
        *("set", "frozenset", "list", "dict", "tuple", "int", "float", "str", "bool", "bytes"),
        *("complex", "slice", "range", "object", "bytearray"),
    )
)


_DEEPEST = 8  # an object may hold itself


class Placeholder(dict[Any, Any]):
    """Stands for an object of a class that is not known; ``kind`` is the class's name."""

    kind = ""

    def __new__(cls, *_: object, **__: object) -> Placeholder:
        """Take any arguments."""
        return super().__new__(cls)

    def __init__(self, *_: object, **__: object) -> None:
        super().__init__()

    def __setstate__(self, state: object) -> None:
        """Keep attributes as entries."""
        for part in state if isinstance(state, tuple) else (state,):
            if isinstance(part, dict):
                self.update(part)

    def __call__(self, *_: object, **__: object) -> Placeholder:
        """A function that is not known gives another one."""
        return Placeholder()

    def append(self, _item: object) -> None:
        """What is in a list of an unknown class is not kept."""

    def extend(self, _items: object) -> None:
        """The same."""

    def __hash__(self) -> int:  # type: ignore[override]  # it may be a key
        return id(self)


class _Unpickler(pickle.Unpickler):
    """Python's own, which finds nothing but PyTorch's allowed classes."""

    def find_class(self, module: str, name: str) -> Any:
        """An allowed class; else a placeholder's, and an exception for what is no data."""
        known = _get_allowed_globals().get(f"{module}.{name}")
        if known is not None:
            return known
        base = module.partition(".")[0]
        if base in _DANGEROUS and not (base in ("builtins", "__builtin__") and name in _HARMLESS):
            raise pickle.UnpicklingError(f"it names {module}.{name}")
        return type(
            name.rpartition(".")[2] or "Placeholder", (Placeholder,), {"kind": f"{module}.{name}"}
        )


def _load(file: Any, **options: Any) -> Any:
    return _Unpickler(file, **options).load()


_MODULE = SimpleNamespace(Unpickler=_Unpickler, load=_load, __name__="placeholders")


def load(path: Path) -> object:
    """What a file of torch.save holds: tensors, plain data and placeholders.

    Raises
    ------
    pickle.UnpicklingError
        If it names a function that does something.
    """
    # The reader is chosen by pickle_module: weights_only would allow none.
    with warnings.catch_warnings():  # of classes whose code is not that of the file
        warnings.simplefilter("ignore")
        return _loaded(path)


def _loaded(path: Path) -> object:
    return torch.load(path, map_location="cpu", weights_only=False, pickle_module=_MODULE)


def is_model(value: object) -> bool:
    """Whether it is a whole module, read without its code."""
    return isinstance(value, Placeholder) and {"_modules", "_parameters"} <= value.keys()


def without_models(loaded: object, depth: int = 0) -> object:
    """What stands beside whole modules: a loss among hyperparameters is no reason to refuse."""
    if is_model(loaded) or depth > _DEEPEST:
        return {}
    if not isinstance(loaded, dict):
        return loaded
    return {
        key: without_models(value, depth + 1)
        for key, value in loaded.items()
        if not is_model(value)
    }


def holds_weights(loaded: object) -> bool:
    """Whether there is a tensor below a name that ends in ``weight``."""
    if not isinstance(loaded, dict):
        return False
    return any(
        isinstance(key, str)
        and (holds_weights(value) or (isinstance(value, torch.Tensor) and key.endswith("weight")))
        for key, value in loaded.items()
    )


def models_in(loaded: object, path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Whole modules in what was loaded: how Python reaches each of them, and its class."""
    if is_model(loaded):
        yield path, getattr(loaded, "kind", "")
    elif isinstance(loaded, dict) and depth <= _DEEPEST:
        for key, value in loaded.items():
            if isinstance(key, str):
                yield from models_in(value, f"{path}[{key!r}]", depth + 1)
