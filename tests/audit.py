"""The pinned packages against a file of advisories: offline, and honest where it could not look.

The file may be OSV records (one, a list, a line each, or a zip of them, as osv.dev exports them),
or a report of pip-audit in JSON. Without a file nothing was checked, and that is an error.
"""

from __future__ import annotations

import json
import re
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

CLEAN, VULNERABLE, UNCHECKED = 0, 1, 3
_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
_ADVICE = (
    "no advisories were given, so nothing was checked: name a file with ADVISORIES=FILE "
    "(OSV's export for PyPI, or pip-audit's JSON)"
)


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """A pinned package that an advisory names."""

    package: str
    version: str
    advisory: str


class UnusableError(Exception):
    """A file of advisories that cannot be read as one."""


def pins(lock: str) -> set[tuple[str, str]]:
    """Packages by their normalised names, with versions: some have one for each Python."""
    return {(canonicalize_name(name), version) for name, version in _PIN.findall(lock)}


def hits(pinned: set[tuple[str, str]], records: Iterator[dict[str, Any]]) -> set[Hit]:
    """Every pin that a record of either format names."""
    found: set[Hit] = set()
    for record in records:
        for name, advisory, affected in _claims(record):
            wanted = canonicalize_name(name)
            found |= {
                Hit(package, version, advisory)
                for package, version in pinned
                if package == wanted and affected(version)
            }
    return found


def read(path: Path) -> list[dict[str, Any]]:
    """The records of a file.

    Raises
    ------
    UnusableError
        It is missing, no JSON, or holds no record.
    """
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                texts = [archive.read(name).decode() for name in archive.namelist()]
        else:
            texts = [path.read_text(encoding="utf-8")]
        records = [record for text in texts for record in _records(text)]
    except (OSError, ValueError, zipfile.BadZipFile) as reason:
        raise UnusableError(f"{path} cannot be read as advisories: {reason}") from None
    if not records:
        raise UnusableError(f"{path} holds no advisory: nothing was checked")
    return records


def main(arguments: list[str]) -> int:
    """``LOCK [ADVISORIES]``: tells what was checked, ends with 0, 1 or 3."""
    lock, *files = arguments
    if not files:
        print(f"error: {_ADVICE}", file=sys.stderr)
        return UNCHECKED
    pinned = pins(Path(lock).read_text(encoding="utf-8"))
    try:
        records = read(Path(files[0]))
    except UnusableError as reason:
        print(f"error: {reason}", file=sys.stderr)
        return UNCHECKED
    found = sorted(hits(pinned, iter(records)))
    for hit in found:
        print(f"{hit.package} {hit.version}: {hit.advisory}")
    named = len({hit.package for hit in found})
    print(f"{len(pinned)} pinned packages, {len(records)} records: {named or 'none'} vulnerable")
    return VULNERABLE if found else CLEAN


def _records(text: str) -> Iterator[dict[str, Any]]:
    try:
        loaded = json.loads(text)
    except ValueError:
        loaded = [json.loads(line) for line in text.splitlines() if line.strip()]
    for record in loaded if isinstance(loaded, list) else [loaded]:
        if not isinstance(record, dict):
            raise ValueError("a record is no mapping")
        yield record


def _claims(record: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Package, advisory, and whether it affects a version."""
    for package in record.get("dependencies", ()):  # pip-audit
        for vulnerability in package.get("vulns", ()):
            yield package["name"], vulnerability["id"], package.get("version", "").__eq__
    if record.get("withdrawn"):
        return
    for affected in record.get("affected", ()):  # OSV
        package = affected.get("package", {})
        if package.get("ecosystem") == "PyPI":
            yield package["name"], record["id"], lambda v, a=affected: _affects(a, v)


def _affects(affected: dict[str, Any], version: str) -> bool:
    if version in affected.get("versions", ()):
        return True
    return any(
        _in_range(each.get("events", ()), version)
        for each in affected.get("ranges", ())
        if each.get("type") in ("ECOSYSTEM", "SEMVER")
    )


def _in_range(events: Any, version: str) -> bool:
    """Whether a version lies between the events of an OSV range."""
    inside = False
    for event in events:
        for kind, written in event.items():
            try:
                order = Version(version), Version("0" if written == "0" else written)
            except InvalidVersion:
                continue
            if kind == "introduced" and order[0] >= order[1]:
                inside = True
            elif (kind == "fixed" and order[0] >= order[1]) or (
                kind == "last_affected" and order[0] > order[1]
            ):
                inside = False
    return inside


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
