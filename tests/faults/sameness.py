"""The same report in other folders, locales, time zones, threads: the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.faults.nursery import ROOT
from tests.faults.project import BEFORE, Digests, Report

MARK = "mArKed"  # in every name of the machine that could leak into what is published


@dataclass(frozen=True, slots=True)
class Place:
    """Where and how a report is built; ``folder`` is within the test's own."""

    folder: str
    environment: dict[str, str]
    umask: int = 0o022


PLACES = (
    Place("a", {"LC_ALL": "C", "TZ": "UTC", "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1"}),
    Place(
        f"{MARK} ü/deeper/b",
        {
            "LC_ALL": "tr_TR.UTF-8",
            "LANG": "tr_TR.UTF-8",
            "TZ": "Pacific/Kiritimati",
            "PYTHONHASHSEED": "4711",
            "OMP_NUM_THREADS": "1",
            "USER": f"{MARK}-user",
            "LOGNAME": f"{MARK}-user",
            "HOSTNAME": f"{MARK}-host",
            "EMAIL": f"{MARK}@example.org",
            "MKL_NUM_THREADS": "1",
            "COLUMNS": "31",
        },
        0o077,
    ),
)
MORE_THREADS = Place("c", {"OMP_NUM_THREADS": "2", "PYTHONHASHSEED": "1"})


def build(place: Place, root: Path, text: str = BEFORE) -> Report:
    """Build the small report by a process of its own; RuntimeError where that fails."""
    report = Report.new(root / place.folder, text)
    home = root / f"{MARK}-home"
    home.mkdir(exist_ok=True)
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | place.environment
    if "USER" in place.environment:
        from generator.system.locations import cache

        environment |= {"HOME": str(home), "FILTERBOOK_CACHE": str(cache())}
    done = subprocess.run(
        [sys.executable, "-m", "generator", *report.command()],
        capture_output=True,
        text=True,
        check=False,
        cwd=report.folder,
        env=environment,
        umask=place.umask,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return report


def differences(one: Digests, other: Digests) -> list[str]:
    """Files that are not in both, or not the same in both."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def own_names(folder: Path) -> tuple[str, ...]:
    """What nobody but this machine knows; a host's name of few letters would be found by chance."""
    host = os.uname().nodename
    return (MARK, str(folder), *([host] if len(host) >= 8 else []))


def leaks(report: Report, words: Iterable[str]) -> list[str]:
    """Files of site and store that hold a word which nobody but this machine knows."""
    found = []
    for folder in ("site", ".filterbook", "build"):
        for path in sorted((report.folder / folder).rglob("*")):
            if path.is_file():
                data = path.read_bytes()
                found += [f"{path.name}: {word}" for word in words if word.encode() in data]
    return found


def try_sameness(folder: Path) -> tuple[int, list[str]]:
    """Three builds in three places."""
    first, second, third = (build(place, folder) for place in (*PLACES, MORE_THREADS))
    found = [f"differs elsewhere: {name}" for name in differences(first.site, second.site)]
    found += [f"differs with two threads: {name}" for name in differences(first.site, third.site)]
    for other in (second, third):
        found += [f"differs in the store: {n}" for n in differences(first.objects, other.objects)]
    found += [f"leaks: {leak}" for leak in leaks(second, own_names(folder))]
    return 3, found
