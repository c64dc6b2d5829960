"""The folder that a build works in: Markdown for MkDocs and encoded images, kept between builds.

Its mark lists the files below ``docs/``: MkDocs publishes everything that lies there, so that a
file of somebody else's is refused. In the rest of the folder such files are left alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from generator.errors import ReportError
from generator.system import folder_mark, own_folder
from generator.system.files import UnreadableError, read_file
from generator.system.scratch import remove_leftovers

DOCS, ASSETS, CONFIG, NEW = "docs", "assets", "mkdocs.yml", "site.new-"
# Named by what an image depends on, and by its content.
ENCODED = re.compile(r"[0-9a-f]{64}(\.[0-9a-f]{64})?\.[a-z0-9]+(\.damaged)?")
_NOTE = "Work folder of a build. The files listed here are replaced; others are left alone."
_MOVE = "move them elsewhere, or choose another folder with --work"
_MOVE_PAGES = "move it elsewhere; a page of your own belongs in the folder that `pages:` names"
_MOST = 16 << 20  # bytes of a configuration


def check(work: Path) -> None:
    """Refuse a folder that a build may not work in; nothing is written.

    Raises
    ------
    ReportError
        It is somebody else's, a place of the program in it is a link, or ``docs/`` holds files
        that the program did not make.
    """
    own_folder.refuse_foreign(work, _MOVE, _is_earlier)
    refuse_others(work)
    if folder_mark.listed(work) is None or not (work / DOCS).is_dir():
        return
    others = own_folder.foreign(work / DOCS, docs_of(work))
    seen = [name for name in others if not re.search(r"(^|/)\.", name)]  # MkDocs reads no others
    if seen:
        cause = f"{work / DOCS / seen[0]} is a file that this program did not make"
        more = f" (and {len(seen) - 1} more)" if len(seen) > 1 else ""
        raise ReportError(cause + more, _MOVE_PAGES)


def claim(work: Path) -> Path | None:
    """Mark the folder as the program's, and remove what killed builds left in it.

    An earlier version kept no list of its files: its ``docs/`` are put aside; gives their new
    place.

    Raises
    ------
    ReportError
        As `check`.
    OSError
        The disk refuses.
    """
    check(work)
    aside = None
    if folder_mark.listed(work) is None and (work / DOCS).is_dir():
        aside = own_folder.free_name(work / f"{DOCS}.earlier")
        (work / DOCS).rename(aside)
    own_folder.claim(work, _NOTE, _MOVE, _is_earlier)
    tidy(work)
    return aside


def refuse_others(work: Path) -> None:
    """Refuse links, and what else does not belong at the places of the program in the folder.

    Raises
    ------
    ReportError
        With the first of them.
    """
    files = (CONFIG, own_folder.LOCK)
    own_folder.refuse_others(
        work, "remove it, and build again", folders=(DOCS, ASSETS), files=files
    )


def tidy(work: Path) -> None:
    """Remove what killed builds left in the folder; no other build may work in it."""
    own_folder.remove_parts([work, work / ASSETS])
    remove_leftovers(work, NEW)


def docs_of(work: Path) -> frozenset[str]:
    """The program's files below ``docs/``, as paths from there."""
    names = folder_mark.listed(work) or frozenset()
    head = f"{DOCS}/"
    return frozenset(name.removeprefix(head) for name in names if name.startswith(head))


def begin_docs(work: Path, names: Iterable[str]) -> None:
    """List the files that will be written below ``docs/``, and remove those of the last build.

    The list comes first: no file of a build that is killed counts as somebody else's.
    """
    before, after = docs_of(work), frozenset(names)
    _list_docs(work, before | after)
    own_folder.remove(work / DOCS, before - after)


def end_docs(work: Path, names: Iterable[str]) -> None:
    """List the files below ``docs/`` when all of them are written."""
    _list_docs(work, names)


def files_of(work: Path) -> list[str]:
    """The files of the program in the folder, as paths from there."""
    assets, images = work / ASSETS, list[Path]()
    if assets.is_dir() and not assets.is_symlink():
        images = [each for each in assets.iterdir() if ENCODED.fullmatch(each.name)]
    docs = [f"{DOCS}/{name}" for name in docs_of(work)]
    return [*docs, *(f"{ASSETS}/{each.name}" for each in images), CONFIG]


def _list_docs(work: Path, names: Iterable[str]) -> None:
    folder_mark.write(work, _NOTE, (f"{DOCS}/{name}" for name in names))


def _is_earlier(work: Path) -> bool:
    """Whether an earlier version made the folder: its MkDocs configuration is there."""
    try:
        config = json.loads(read_file(work / CONFIG, _MOST))
    except (UnreadableError, ValueError, RecursionError):
        return False
    known = {"docs_dir": DOCS, "site_dir": "site.new"}
    return isinstance(config, dict) and "INHERIT" in config and known.items() <= config.items()
