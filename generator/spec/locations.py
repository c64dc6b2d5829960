"""Where a report's files may lie."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path


class OutsideError(Exception):
    """A path that leads out of the project."""


@dataclass(frozen=True, slots=True)
class Project:
    """The border around a report.

    ``folder`` is the spec's: relative paths count from it. ``root`` is the nearest folder at or
    above it that holds an ``mkdocs.yml``, else the folder itself. Both have no symbolic links.
    """

    folder: Path
    root: Path
    allow_outside: bool
    _known: dict[Path, Path] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def around(cls, spec: Path, *, allow_outside: bool) -> Project:
        """Find the project that a spec belongs to."""
        folder = spec.parent.resolve()
        holders = (place for place in (folder, *folder.parents) if (place / "mkdocs.yml").is_file())
        return cls(folder, next(holders, folder), allow_outside)

    def locate(self, written: str, base: Path | None = None) -> Path:
        """Find what a path of the spec (or of a file in ``base``) leads to, links resolved.

        Raises
        ------
        OutsideError
            It leads out of the project, and that was not allowed.
        """
        return self.admit((base or self.folder) / written)

    def admit(self, path: Path) -> Path:
        """Resolve a path and let it pass if it ends inside the project; else `OutsideError`."""
        resolved = self._known.get(path)
        if resolved is None:  # asked for several times of each photograph, which the disk answers
            resolved = self._known[path] = _resolved(path)
        if not self.allow_outside and not resolved.is_relative_to(self.root):
            raise OutsideError(
                f"leads outside the project ({self.root.name}/): move it inside,"
                " or allow it with --allow-outside"
            )
        return resolved

    def name(self, path: Path, resolved: Path) -> str:
        """Call a file what the spec would call it; never by an absolute path."""
        if not resolved.is_relative_to(self.root):
            return _last_two(resolved)
        written = Path(os.path.normpath(path))
        kept = written == resolved or (
            written.is_relative_to(self.root) and _resolved(written) == resolved
        )
        return Path(os.path.relpath(written if kept else resolved, self.folder)).as_posix()


def _resolved(path: Path) -> Path:
    """Follow links as far as they lead; unlike pathlib's, this takes circles and any name."""
    try:
        return Path(os.path.realpath(path))
    except (OSError, ValueError):
        return Path(os.path.abspath(path))  # noqa: PTH100 - resolving is what failed


def _last_two(path: Path) -> str:
    """The file and its folder, unless that folder is somebody's home: no user's name in a site."""
    folder = path.parent
    private = folder == Path.home() or folder.parent.name in ("home", "Users")
    return path.name if private else f"{folder.name}/{path.name}".lstrip("/")
