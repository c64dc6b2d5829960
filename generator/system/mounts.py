"""Mount points: folders that cannot be renamed, such as the volumes of a container."""

from __future__ import annotations

import os
import re
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")


def is_mount(folder: Path) -> bool:
    """Whether a file system, or a folder of one (a bind mount), is mounted there."""
    return os.path.ismount(folder) or os.fspath(folder.resolve()) in _mounted()


def _mounted() -> frozenset[str]:
    """The mount points of this process; none where the system does not list them."""
    try:
        lines = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return frozenset()
    return frozenset(_unescaped(line.split(" ")[4]) for line in lines if line.count(" ") > 4)


def _unescaped(place: str) -> str:
    """A path of the list, in which spaces and the like are written in octal digits."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), place)
