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
from generator.site.in_place import NOTE
from generator.system import folder_mark, own_folder
from generator.system.files import UnreadableError, read_file
from generator.system.glob import below

MARKER = folder_mark.MARK
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
    """Write the folder of Markdown and files: those that `names_of` gives."""
    made = _Folder(places.docs)
    made.data(MARKER, folder_mark.encode(NOTE))
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


def names_of(site: Site, shelf: PageFolder, assets: Path) -> frozenset[str]:
    """The files that `write_docs` writes, as paths from its folder."""
    copied = (path for path in below(assets) if path.is_file())
    written = (*site.assets, *site.pages, *shelf.pages, *shelf.beside)
    return frozenset(
        (
            MARKER,
            *(f"assets/{path.relative_to(assets).as_posix()}" for path in copied),
            *(each.path for each in written),
        )
    )


def _refuse_drift(drifts: list[Problem]) -> None:
    """Pages that were written for other verdicts than those that came out are not published."""
    if drifts:
        listed = "\n".join(str(drift) for drift in drifts)
        raise SiteError(listed, "the old site was left alone; nothing has to be made again")


def _write_images(made: _Folder, assets: tuple[Asset, ...], cache: Cache) -> None:
    """Encode what the cache lacks, on every core; equal images are encoded once."""
    images_ = [a for a in assets if isinstance(a, PictureFile | PhotographFile | MapsFile)]
    names = [(images.key(each), Path(each.path).suffix) for each in images_]
    distinct = dict(zip(names, images_, strict=True))

    def encoded(name: tuple[str, str]) -> Path:
        key, suffix = name
        return cache.get(key, suffix, lambda: _encode(distinct[name]))

    with ThreadPoolExecutor(cores()) as pool:  # the encoders leave the interpreter free meanwhile
        files = dict(zip(distinct, pool.map(encoded, distinct), strict=True))
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
    """Writes files below one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(parents=True, exist_ok=True)

    def text(self, path: str, text: str) -> None:
        self.data(path, text.encode())

    def data(self, path: str, data: bytes) -> None:
        place = self._place(path)
        if not own_folder.is_regular(place) or place.read_bytes() != data:
            place.unlink(missing_ok=True)  # never through a link, into the cache or elsewhere
            place.write_bytes(data)

    def link(self, path: str, made: Path) -> None:
        place = self._place(path)
        if own_folder.is_regular(place) and place.samefile(made):
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

    def _place(self, path: str) -> Path:
        place = self._root / path
        if not place.resolve().is_relative_to(self._root.resolve()):
            raise SiteError(f"{path!r} leads out of the site")
        above = next((each for each in place.parents if os.path.lexists(each)), self._root)
        if not above.is_dir() or place.is_dir():
            it = place if above.is_dir() else above
            raise SiteError(f"{it} is in the way of {path}", "move it elsewhere, and build again")
        place.parent.mkdir(parents=True, exist_ok=True)
        return place
