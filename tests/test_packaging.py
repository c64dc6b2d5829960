"""What a wheel holds: all of the code, and everything that pages and a new report are made of."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from generator.system.resources import starter
from tests.records import ROOT

SOURCES = ("pyproject.toml", "setup.py", "README.md", "LICENSE", "mkdocs.yml")


def files(folder: Path, below: Path) -> set[str]:
    found = (
        path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in str(path)
    )
    return {path.relative_to(below).as_posix() for path in found}


def test_a_wheel_is_complete(tmp_path: Path):
    project = tmp_path / "project"
    ignore = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for folder in ("generator", "site_src", "images"):
        shutil.copytree(ROOT / folder, project / folder, ignore=ignore)
    for name in SOURCES:
        shutil.copy(ROOT / name, project)
    command = [sys.executable, "-m", "uv", "build", "--wheel", "--no-build-isolation", "--quiet"]
    subprocess.run([*command, "--out-dir", tmp_path, project], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    held = {*zipfile.ZipFile(wheel).namelist()}
    assert held >= files(project / "generator", project)
    for folder in ("templates", "assets"):
        wanted = files(project / "site_src" / folder, project)
        assert held >= {f"generator/frame/{name}" for name in wanted}
    photographs = (starter() / "photographs.txt").read_text().split()
    assert held >= {f"generator/frame/images/{name}" for name in photographs}
    assert held >= {"generator/frame/mkdocs.yml", "generator/frame/images/images.csv"}
    assert wheel.stat().st_size < 4 << 20
