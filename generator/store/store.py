"""The object store: content-addressed, atomic, verified on every read.

Objects (see `objects`) lie at ``objects/<key[:2]>/``, the ledger beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.artifacts.artifact import Artifact
from generator.plan import History
from generator.store import layout
from generator.store.encoding import (
    DamagedError,
    decode,
    encode,
    kept,
    ledger_bytes,
    ledger_tasks,
    name_of,
    refused,
)
from generator.system import own_folder
from generator.system.files import write_file
from generator.system.lock import file_lock

if TYPE_CHECKING:
    from generator.store.remote import RemoteStore


@dataclass(frozen=True, slots=True)
class Store:
    """Objects below ``folder``; ``say`` is told of every object that had to be put aside.

    What is missing there is looked for in the depot, if several share one, and kept; what is made
    is written to both.
    """

    folder: Path
    say: Callable[[str], None] = field(default=print, compare=False)
    depot: RemoteStore | None = field(default=None, compare=False)

    @property
    def empty(self) -> bool:
        """Whether it holds no object; a shared one is never asked."""
        return self.depot is None and not any(self.folder.glob("objects/*/*"))

    def check(self) -> None:
        """Refuse a folder that is somebody else's, and links in it; nothing is written.

        Raises
        ------
        ReportError
            The folder is somebody else's, or holds a link at a place of the program.
        StoreError
            The folder cannot be read.
        """
        try:
            own_folder.refuse_foreign(self.folder, layout.REMEDY, layout.is_store)
            layout.refuse_others(self.folder)
        except OSError as reason:
            raise refused(self.folder, reason) from None

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
            raise refused(self.folder, reason) from None
        return self._fetched(key)

    def put(self, key: str, artifact: Artifact) -> Artifact:
        """Write the object at once or not at all; the same artifact, as `get` gives it.

        Raises
        ------
        StoreError
            If the disk or the depot refuses; what was there before stays.
        """
        data = encode(key, artifact)
        name = name_of(key, data)
        target = self._folder(key) / name
        self._write(target, data)
        if self.depot is not None:
            self.depot.put(name, data)
        return kept(artifact, data, target)

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

        The folder is marked as a store. What a killed build was writing is removed.
        """
        waiting = "another build works on this store: waiting until it is done"
        self.check()
        with ExitStack() as held:
            try:
                own_folder.claim(self.folder, layout.NOTE, layout.REMEDY, layout.is_store)
                held.enter_context(file_lock(self.folder / own_folder.LOCK, lambda: say(waiting)))
                own_folder.remove_parts(layout.places(self.folder))
            except OSError as reason:
                raise refused(self.folder, reason) from None
            yield

    def memory(self) -> History:
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
            raise refused(self.folder, reason) from None
        return History(self.has, tasks)

    def remember(self, ledger: Mapping[str, Any]) -> None:
        """Keep what this build's tasks were made of, so that the next can say what changed."""
        self._write(self._ledger, ledger_bytes(ledger))

    def _write(self, target: Path, data: bytes) -> None:
        """Write a file at once or not at all."""
        try:
            write_file(target, data)
        except OSError as reason:
            raise refused(self.folder, reason) from None

    @property
    def _ledger(self) -> Path:
        return self.folder / layout.LEDGER

    def _folder(self, key: str) -> Path:
        return self.folder / layout.OBJECTS / key[:2]

    def _places(self, key: str) -> list[Path]:
        named = self._folder(key).glob(f"{key}.*.safetensors")
        return [path for path in named if layout.OBJECT.fullmatch(path.name)]


def put_aside(path: Path) -> None:
    """Rename a damaged file so that nobody reads it again; it stays for whoever wants to look."""
    path.replace(path.with_suffix(".damaged"))
