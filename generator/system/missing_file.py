"""Why a file that somebody named is not there, where the name tells it."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from urllib.parse import unquote

ABSENT = "there is no such file"
ADDRESS = re.compile(r"(?i)\b[a-z][a-z0-9+]+:/{1,2}(?=[^/])")


def absence(folder: Path, written: str) -> str:
    """Why there is no file ``written`` in a folder, in words that follow its name.

    Windows' separators, addresses, percent signs, capitals and Unicode's several forms of one
    letter are told, each with what to write.
    """
    if ADDRESS.match(written):
        return f"{ABSENT}: it is an address; download it, and name the file"
    if written.startswith("~"):
        return f"{ABSENT}: ~ is not read; write the path from here"
    try:
        return _absence_here(folder, written)
    except (OSError, ValueError):  # of a name that no file can have
        return ABSENT


def _absence_here(folder: Path, written: str) -> str:
    plain = written.replace("\\", "/")
    if "\\" in written and (folder / plain).is_file():
        return f"{ABSENT}: write {plain}, with /"
    if "%" in written and (folder / unquote(written)).is_file():
        return f"{ABSENT}: write {unquote(written)}"
    if other := _other_form(folder, plain):
        return f"{ABSENT}: {other}"
    return f"{ABSENT}: folders are parted by /, not by \\" if "\\" in written else ABSENT


def _other_form(folder: Path, written: str) -> str:
    """How the disk writes that name, if only capitals, blanks or Unicode's form differ."""
    here = folder
    for part in Path(written).parts:
        names = _names(here)
        if part in names or part == "..":
            here /= part
            continue
        same = [name for name in names if _compose(name) == _compose(part)]
        if len(same) == 1:
            form = next((f for f in ("NFC", "NFD") if unicodedata.is_normalized(f, same[0])), "")
            return f"the disk writes {same[0]!r} in another form of Unicode ({form}): write it so"
        folded = [name for name in names if _fold(name) == _fold(part)]
        return f"the disk has {folded[0]!r}" if len(folded) == 1 else ""
    return ""


def _compose(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _fold(name: str) -> str:
    return _compose(name).strip().casefold()


def _names(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir())
    except (OSError, ValueError):
        return []
