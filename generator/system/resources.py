"""Where templates and assets lie: the repository or an installed package."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]


def frame() -> Path:
    """The folder with ``site_src/``, ``mkdocs.yml`` and ``images/``.

    An installed package carries its own copies (setup.py); in a checkout they lie at its top.
    """
    own = _PACKAGE / "frame"
    return own if own.is_dir() else _PACKAGE.parent


def starter() -> Path:
    """The folder with the files of a new report."""
    return _PACKAGE / "commands" / "init" / "starter"
