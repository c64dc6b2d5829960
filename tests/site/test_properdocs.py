"""The folder that MkDocs reads builds with its successor as well: the same pages, to the byte."""

import os
import subprocess
import sys
from pathlib import Path

from generator.site import check_site, write
from generator.site.mkdocs import EPOCH
from generator.site.postprocess import finish
from tests import records


def pages(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.html")
    }


def built(program: str, folder: Path) -> dict[str, str]:
    """All pages as a program builds them, but for the name that it signs them with."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", program, "build", "--strict", "-f", "mkdocs.yml"],
        cwd=folder,
        env=os.environ | {"SOURCE_DATE_EPOCH": EPOCH, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (site,) = (p for p in folder.iterdir() if p.is_dir() and (p / "index.html").is_file())
    (site / "404.html").unlink()
    finish(site)
    assert check_site(site) == ()
    made = pages(site)
    site.rename(folder.with_name(f"{folder.name}-{program}"))
    return {
        name: "".join(t for t in text.splitlines(True) if SIGNED not in t)
        for name, text in made.items()
    }


SIGNED = '<meta name="generator"'


def test_properdocs_builds_the_same_pages(tmp_path: Path):
    write(records.findings(), tmp_path / "build")
    assert built("properdocs", tmp_path / "build") == built("mkdocs", tmp_path / "build")
