"""Reads images from WebDataset tar archives.

They are read as a stream with the standard library's tarfile; nothing is ever unpacked to the disk.
"""

from __future__ import annotations

import posixpath
import tarfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Self

from generator.images.formats import all_endings
from generator.images.photographs import MAX_BYTES
from generator.images.sources.base import SEVERAL, Item, Shard, spoiled
from generator.images.sources.filesystems import Disk, refused
from generator.images.sources.io_errors import FailureRecorder
from generator.images.sources.sidecars import Samples, Stem, stem_of

_IMAGES = all_endings()  # of those that are not read, each is refused with its reason
_TEXTS = ("txt", "json")
MAX_TEXT = 1 << 20  # bytes of what is said of an image, and of an archive's own long headers
_HEADERS = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)


class _Member(tarfile.TarInfo):
    """A member whose headers are sound, and bounded: tarfile reads any length into memory."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> Self:
        """The next member; tarfile itself takes a broken header for the end of the archive."""
        try:
            return super().fromtarfile(archive)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]
            raise
        except tarfile.HeaderError as reason:
            raise tarfile.ReadError(str(reason)) from None

    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        if self.type in _HEADERS and self.size > MAX_TEXT:
            raise tarfile.ReadError("a header of more than 1 MiB")
        return super()._proc_member(archive)  # type: ignore[misc,no-any-return]


@dataclass(slots=True)
class _Views:
    """Notes whether every sample has several images, told apart by their endings."""

    known: bool
    _key: str = ""
    _endings: list[str] = field(default_factory=list)
    _before: list[str] = field(default_factory=list)

    def see(self, key: str, ending: str) -> str:
        """A sentence as soon as a second sample has the same several endings as the first."""
        if key != self._key:
            self._key, self._before, self._endings = key, self._endings, []
        self._endings.append(ending)
        if self.known or len(self._endings) < 2 or self._endings != self._before:
            return ""
        self.known = True
        return (
            f"the samples of the tars have several images ({', '.join(self._endings)}), of which"
            f" all are shown: {SEVERAL}"
        )


def read_tar(disk: Disk, shard: Shard, wanted: Collection[int] | None) -> Iterator[Item]:
    """The images of an archive; where it breaks off, one more item says so.

    Raises
    ------
    SourceError
        If the disk or the network fails.
    """
    position = 0
    samples, views = Samples(), _Views(known=bool(shard.column))
    with FailureRecorder(disk.open(shard.path)) as file:
        try:
            archive = tarfile.open(  # noqa: SIM115 - the file behind it is closed
                fileobj=file, mode="r|*", tarinfo=_Member, errorlevel=1
            )
            while (member := archive.next()) is not None:
                archive.members = []  # type: ignore[attr-defined] # it would keep every member that it ever saw
                stem, ending = _named(member.name)
                yield from samples.begin(stem)
                if ending in _IMAGES and not member.isdir():
                    whole = ".".join((*stem[1:], ending))
                    if shard.column and shard.column.casefold() not in (whole.casefold(), ending):
                        continue
                    if sentence := views.see(stem[0], whole):
                        samples.remark(sentence)
                    unwanted = wanted is not None and position not in wanted
                    item = None if unwanted else _image(archive, member, shard, position)
                    yield from samples.add(stem, min(member.size, MAX_BYTES), item)
                    position += 1
                elif ending in _TEXTS and member.isreg() and member.size <= MAX_TEXT:
                    name = f"{shard.name}/{member.name}"
                    samples.add_text(stem, ending, name, _bytes(archive, member))
        except Exception as reason:  # whatever the bytes led the decompressor or tarfile to
            if file.failure is not None:
                raise refused(shard.path, file.failure) from None
            yield from samples.flush()
            words = f"the archive breaks off after {position} images ({type(reason).__name__})"
            yield Item(position, shard.name, spoiled(words))
            return
    yield from samples.flush()


def _named(name: str) -> tuple[Stem, str]:
    """A member's stem and ending: ``a/0001.img.jpg`` is of ``a/0001``, ``img``; a jpg."""
    folder, file = posixpath.split(name)
    if file.startswith(".") or "." not in file:  # hidden, or without an ending
        return (name,), ""
    *parts, ending = file.split(".")
    return stem_of(folder, parts), ending.casefold()


def _image(archive: tarfile.TarFile, member: tarfile.TarInfo, shard: Shard, position: int) -> Item:
    name = f"{shard.name}/{member.name}"
    if not member.isreg() or member.issparse():
        return Item(position, name, spoiled("it is no ordinary file (a link, a pipe or a device)"))
    if member.size > MAX_BYTES:
        return Item(position, name, spoiled(f"it is larger than {MAX_BYTES >> 20} MiB"))
    data = _bytes(archive, member)
    return Item(position, name, lambda: data)


def _bytes(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    data = file.read() if file else b""
    if len(data) < member.size:
        raise tarfile.ReadError("unexpected end of data")
    return data
