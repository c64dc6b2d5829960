"""The library that lets the n-th file operation of a process fail, compiled where it is needed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).with_suffix(".c")


def compiler() -> str | None:
    """A C compiler, or None: then only faults that Python itself can feign are tried."""
    if not sys.platform.startswith("linux"):
        return None
    return next((found for name in ("cc", "gcc", "clang") if (found := shutil.which(name))), None)


def library(folder: Path) -> Path:
    """Compile it into ``folder``, once."""
    target = folder / "syscalls.so"
    if not target.exists():
        command = [str(compiler()), "-O1", "-Wall", "-Werror", "-shared", "-fPIC"]
        subprocess.run([*command, "-o", str(target), str(SOURCE), "-ldl"], check=True)
    return target
