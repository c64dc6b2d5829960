"""Tells URLs from paths."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_LOCAL = "file://"


def is_address(written: str) -> bool:
    """Whether it names something on the network, and not a path."""
    return bool(_ADDRESS.match(written)) and not written.startswith(_LOCAL)


def local_path(written: str) -> str:
    """The path in ``file://…``; any other text as it is."""
    return written.removeprefix(_LOCAL)
