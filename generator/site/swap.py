"""A new site takes the old one's place in one step, or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from generator.errors import MachineError, ReportError
from generator.site.docs import MARKER


def refuse_foreign(out: Path) -> None:
    """Refuse to replace anything that is not a site of this program's making.

    Raises
    ------
    ReportError
        ``out`` is a file, a link, or a folder with something else in it.
    """
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise ReportError(f"{out} is not a folder", "choose another folder with --out")
    if out.is_dir() and any(out.iterdir()) and not (out / MARKER).is_file():
        raise ReportError(
            f"{out} holds files that this program did not make",
            "empty it yourself, or choose another folder with --out",
        )


def swap(new: Path, out: Path) -> None:
    """Put ``new`` where ``out`` is; the old site is removed only when the new one stands.

    A process killed in between leaves the old site beside, and the next call puts it to rights.
    """
    refuse_foreign(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    old = _beside(out, "old")
    shutil.rmtree(old, ignore_errors=True)
    try:
        arrived = _arrive(new, out)
        if out.exists():
            out.rename(old)
        arrived.rename(out)
    except OSError as error:
        _recover(out)
        raise MachineError(f"{out}: {error.strerror}", "the old site was kept") from error
    shutil.rmtree(old, ignore_errors=True)


def _recover(out: Path) -> None:
    """Put back a site that was moved aside by a build that did not come to its end."""
    old = _beside(out, "old")
    if old.is_dir() and not out.exists():
        with contextlib.suppress(OSError):
            old.rename(out)


def recover(out: Path) -> None:
    """Put back the old site if an earlier build was killed between its two renames."""
    _recover(out)


def _arrive(new: Path, out: Path) -> Path:
    """The new site on the disk of ``out``, so that renaming it is one step."""
    if os.stat(new).st_dev == os.stat(out.parent).st_dev:  # noqa: PTH116
        return new
    arrived = _beside(out, "new")
    shutil.rmtree(arrived, ignore_errors=True)
    shutil.copytree(new, arrived)
    return arrived


def _beside(out: Path, what: str) -> Path:
    return out.with_name(f".{out.name}.{what}")
