"""Writes the folder that MkDocs reads."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from generator.errors import MachineError, Problem, ReportError, SiteError
from generator.markdown import PageFolder, Renderer
from generator.pages.page import (
    Asset,
    MapsFile,
    NotesFile,
    PhotographFile,
    PictureFile,
    PngFile,
    Site,
    StripFile,
    TextFile,
)
from generator.site import images
from generator.site.cache import Cache
from generator.system.files import UnreadableError, read_file
from generator.system.glob import below

MARKER = "filterbook.txt"
MARK = "Made by Filterbook. This folder is replaced as a whole at every build.\n"
NO_NOTES = "The library of photographs has no README beside it.\n"
MOST_NOTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Places:
    """Folders that the site is made from and in.

    ``docs`` is what MkDocs reads, ``project`` the spec's folder, ``assets`` holds style sheets,
    scripts and fonts.
    """

    docs: Path
    project: Path
    assets: Path


def write_docs(
    site: Site, shelf: PageFolder, renderer: Renderer, *, places: Places, cache: Cache
) -> None:
    """Write the folder of Markdown and files; what an earlier build left is removed."""
    made = _Folder(places.docs)
    made.text(MARKER, MARK)
    made.copy(places.assets, "assets")
    _write_images(made, site.assets, cache)
    for asset in site.assets:
        _write_asset(made, asset, places.project)
    for page in site.pages:
        if page.path != "index.md" or not shelf.has_home:
            made.text(page.path, renderer.generated(page))
    written = [(source, *renderer.authored(source)) for source in shelf.pages]
    _refuse_drift([drift for _, _, drifts in written for drift in drifts])
    for source, text, _ in written:
        made.text(source.path, text)
    for beside in shelf.beside:
        made.data(beside.path, beside.data)
    made.sweep()


def _refuse_drift(drifts: list[Problem]) -> None:
    """Pages that were written for other verdicts than those that came out are not published."""
    if drifts:
        listed = "\n".join(str(drift) for drift in drifts)
        raise SiteError(listed, "the old site was left alone; nothing has to be made again")


def _write_images(made: _Folder, assets: tuple[Asset, ...], cache: Cache) -> None:
    """Encode what the cache lacks, on every core; equal images are encoded once."""
    images_ = [a for a in assets if isinstance(a, PictureFile | PhotographFile | MapsFile)]
    names = [f"{images.key(each)}{Path(each.path).suffix}" for each in images_]
    distinct = dict(zip(names, images_, strict=True))
    with ThreadPoolExecutor(cores()) as pool:  # the encoders leave the interpreter free meanwhile
        encoded = pool.map(lambda name: cache.get(name, lambda: _encode(distinct[name])), distinct)
        files = dict(zip(distinct, encoded, strict=True))
    for name, asset in zip(names, images_, strict=True):
        made.link(asset.path, files[name])


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _write_asset(made: _Folder, asset: Asset, folder: Path) -> None:
    match asset:
        case TextFile():
            made.text(asset.path, asset.text)
        case PngFile():
            made.data(asset.path, asset.png.read())
        case StripFile():
            made.data(asset.path, asset.webp.read())
        case NotesFile():
            made.data(asset.path, _notes(folder, asset.library))
        case PictureFile() | PhotographFile() | MapsFile():
            pass  # written by _write_images


def _encode(asset: PictureFile | PhotographFile | MapsFile) -> bytes:
    try:
        return images.encode(asset)
    except MachineError:
        raise
    except (OSError, ReportError) as error:
        raise SiteError(f"{asset.path}: {error}", "the photograph changed; build again") from error


def _notes(folder: Path, library: str) -> bytes:
    if not library:
        return NO_NOTES.encode()
    try:
        return read_file((folder / library).parent / "README.md", MOST_NOTES)
    except UnreadableError:
        return NO_NOTES.encode()


class _Folder:
    """Writes files below one folder and remembers them, so that the rest can be removed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._written: set[Path] = set()
        root.mkdir(parents=True, exist_ok=True)

    def text(self, path: str, text: str) -> None:
        self.data(path, text.encode())

    def data(self, path: str, data: bytes) -> None:
        place = self._place(path)
        if not place.is_file() or place.read_bytes() != data:
            place.unlink(missing_ok=True)  # never through a hard link into the cache
            place.write_bytes(data)

    def link(self, path: str, made: Path) -> None:
        place = self._place(path)
        if place.is_file() and place.samefile(made):
            return
        place.unlink(missing_ok=True)
        try:
            os.link(made, place)
        except OSError:  # another disk, or one without hard links
            shutil.copyfile(made, place)

    def copy(self, source: Path, path: str) -> None:
        """Copy a folder of files, for example the style sheets and fonts."""
        for file in below(source):
            if file.is_file():
                self.data(f"{path}/{file.relative_to(source).as_posix()}", file.read_bytes())

    def sweep(self) -> None:
        for path in sorted(below(self._root), reverse=True):
            if path.is_dir() and not path.is_symlink():
                if not any(path.iterdir()):
                    path.rmdir()
            elif path not in self._written:
                path.unlink()

    def _place(self, path: str) -> Path:
        place = self._root / path
        if not place.resolve().is_relative_to(self._root.resolve()):
            raise SiteError(f"{path!r} leads out of the site")
        if not place.parent.is_dir():
            for parent in (place.parent, *place.parent.parents):
                if parent.is_file() and parent.is_relative_to(self._root):
                    parent.unlink()
            place.parent.mkdir(parents=True)
        if place.is_dir():
            shutil.rmtree(place)
        self._written.add(place)
        return place
