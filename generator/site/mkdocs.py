"""Runs MkDocs in a subprocess."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from generator.errors import MachineError, SiteError
from generator.markdown import PageFolder
from generator.markdown.escaping import title
from generator.pages.page import NavItem, Site
from generator.system.files import write_file

EPOCH = "315532800"  # 1980: the sitemap's dates and gzip's header come from it, not from a clock
LIMIT = 600  # seconds
NOISE = re.compile(r"^(INFO|DEBUG)\b")
UNLISTED = ("/claims/*.md", "/layers/*/*.md")  # too many for the navigation of every page
# The last line of a traceback that began in a system call.
SYSTEM = re.compile(r"^(?:OSError|PermissionError|MemoryError).*: (\[Errno \d+\].*)$", re.MULTILINE)
KEPT = "the old site was left alone"


def write_config(path: Path, site: Site, shelf: PageFolder, *, base: Path) -> None:
    """Write the configuration that adds title and navigation to the project's own.

    It is JSON, which is YAML as well: no text of a user's can be read as anything but text.
    """
    config = {
        "INHERIT": os.path.relpath(base.resolve(), path.parent.resolve()),
        "site_name": title(site.title),
        "docs_dir": "docs",
        "site_dir": "site.new",
        "use_directory_urls": False,
        "not_in_nav": "\n".join(UNLISTED),
        "nav": [_home(site, shelf), *_own(shelf), *(_item(item) for item in site.nav)],
    }
    text = json.dumps(config, ensure_ascii=False, indent=1, sort_keys=True)
    write_file(path, f"{text}\n".encode())


def _home(site: Site, shelf: PageFolder) -> dict[str, str] | str:
    return {"Article" if shelf.has_home else "Report": "index.md"}


def _own(shelf: PageFolder) -> list[Any]:
    """Further hand-written pages, under the titles that MkDocs finds in them."""
    return [page.path for page in shelf.pages if page.path != "index.md"]


def _item(item: NavItem) -> Any:
    if item.children:
        return {title(item.title): [_item(child) for child in item.children]}
    is_index = item.path.endswith("/index.md")
    return item.path if is_index else {title(item.title): item.path}


def run(config: Path, to: Path) -> None:
    """Build the site of ``config`` into the folder ``to``.

    Raises
    ------
    SiteError
        MkDocs warns or refuses the pages; with what it said.
    MachineError
        MkDocs cannot be started, or the disk failed it.
    """
    build = ["build", "--strict", "--clean", "-f", config.name, "--site-dir", str(to.absolute())]
    command = [sys.executable, "-m", "mkdocs", *build]
    environment = os.environ | {
        "SOURCE_DATE_EPOCH": EPOCH,
        "PYTHONHASHSEED": "0",
        "PYTHONWARNINGS": "ignore",
        "NO_MKDOCS_2_WARNING": "1",
        "NO_COLOR": "1",
        "DISABLE_MKDOCS_2_WARNING": "true",
    }
    try:
        done = subprocess.run(  # noqa: S603 - this interpreter, a fixed list of words
            command,
            cwd=config.parent,
            env=environment,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise MachineError(f"MkDocs did not finish: {error}", KEPT) from error
    if done.returncode < 0:
        raise MachineError(f"MkDocs was ended by signal {-done.returncode}", KEPT)
    if done.returncode and (refusals := SYSTEM.findall(done.stderr)):
        raise MachineError(f"MkDocs could not write the site: {refusals[-1]}", KEPT)
    if done.returncode:
        raise SiteError(f"MkDocs refused the pages:\n{_said(done)}", KEPT)


def _said(done: subprocess.CompletedProcess[str]) -> str:
    lines = (done.stdout + done.stderr).splitlines()
    kept = [line for line in lines if line.strip() and not NOISE.match(line)]
    return "\n".join(f"  {line}" for line in kept[-30:]) or "  (it said nothing)"
