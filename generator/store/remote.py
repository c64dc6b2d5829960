"""A shared store behind a URL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from generator.errors import StoreError
from generator.images.sources.filesystems import open_disk

Found = TypeVar("Found")


@dataclass(slots=True)
class RemoteStore:
    """A folder of objects on one of fsspec's filesystems; its names are listed once."""

    address: str
    _files: Any = None  # fsspec's AbstractFileSystem, which ships no types
    _root: str = ""
    _names: dict[str, str] = field(default_factory=dict)  # by key

    def has(self, key: str) -> bool:
        """Whether there is an object of that key."""
        return key in self._listed()

    def get(self, key: str) -> tuple[str, bytes] | None:
        """An object's name and its bytes, which nobody has verified; None where there is none.

        Raises
        ------
        StoreError
            If the network, or what is behind it, refuses.
        """
        name = self._listed().get(key)
        if name is None:
            return None
        path = self._path(name)
        try:
            data: bytes = self._asked(lambda: self._files.cat_file(path))
        except FileNotFoundError:  # somebody took it away meanwhile
            return None
        return name, data

    def put(self, name: str, data: bytes) -> None:
        """Write an object; one that is cut off by a broken line does not fit its name.

        Raises
        ------
        StoreError
            If the network, or what is behind it, refuses.
        """
        names, path = self._listed(), self._path(name)
        self._asked(lambda: self._files.makedirs(path.rsplit("/", 1)[0], exist_ok=True))
        self._asked(lambda: self._files.pipe_file(path, data))
        names[_key(name)] = name

    def _listed(self) -> dict[str, str]:
        if self._files is None:
            disk, self._root = open_disk(self.address, None)
            self._files = disk.files
            folder = f"{self._root}/objects"
            try:
                paths = self._asked(lambda: self._files.find(folder))
            except FileNotFoundError:  # nobody has written there yet
                paths = ()
            names = (path.rsplit("/", 1)[-1] for path in paths)
            self._names = {_key(name): name for name in names if name.endswith(".safetensors")}
        return self._names

    def _path(self, name: str) -> str:
        return f"{self._root}/objects/{name[:2]}/{name}"

    def _asked(self, call: Callable[[], Found]) -> Found:
        try:
            return call()
        except FileNotFoundError:
            raise
        except Exception as reason:  # each filesystem raises errors of its own
            words = (str(reason).splitlines() or [""])[0][:200]
            raise StoreError(
                f"the store at {self.address} refused: {type(reason).__name__}: {words}",
                "run again: what was made is kept beside the report",
            ) from None


def _key(name: str) -> str:
    return name.split(".", 1)[0]
