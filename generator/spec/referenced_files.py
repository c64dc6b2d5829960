"""Checks the files that a spec names: pages, weights."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from generator.errors import Problem
from generator.spec.locations import OutsideError, Project
from generator.spec.model import is_file
from generator.spec.partial import PartialSpec
from generator.spec.positions import Keys
from generator.system.files import kind_of
from generator.system.urls import is_address, local_path


def pages_folder(draft: PartialSpec, project: Project) -> Path | None:
    """Give the folder of hand-written pages, or None where the spec names none."""
    written = draft.text("pages")
    return project.locate(written) if written else None


def check_referenced_files(
    draft: PartialSpec, project: Project, *, allow_network: bool
) -> Iterator[Problem]:
    """Check that the named folder of pages and the named weights file exist, inside the project.

    And that the scan's images do; on the network, only whether that was allowed.
    """
    written = draft.text("pages")
    if written:
        yield from _check(draft, project, ("pages",), kind="folder")
    for network in draft.networks.values():
        weights = draft.text(*network, "weights")
        if weights and ("/" in weights or is_file(weights)):
            yield from _check(draft, project, (*network, "weights"), kind="file")
    yield from _check_scan(draft, project, allow_network=allow_network)


def _check_scan(draft: PartialSpec, project: Project, *, allow_network: bool) -> Iterator[Problem]:
    keys = ("scan", "images")
    written = draft.text(*keys) or ""
    if "::" in written:
        yield draft.source.problem(keys, "chained addresses (::) are not read")
    elif is_address(written):
        if not allow_network:
            message = "it is an address on the network: allow it with --allow-network"
            yield draft.source.problem(keys, message)
    elif written:
        # What globs and braces stand for is listed by the scan; here, the folder before them.
        plain = re.split(r"[*?\[{]", local_path(written), maxsplit=1)
        place = plain[0] if len(plain) == 1 else plain[0].rpartition("/")[0] or "."
        try:
            found = kind_of(project.locate(place))
        except OutsideError as error:
            yield draft.source.problem(keys, str(error))
            return
        if not found:
            yield draft.source.problem(keys, "there is no such file or folder")
        elif found == "folder" and len(plain) == 1 and not _holds_a_file(project.locate(place)):
            yield draft.source.problem(keys, "this folder is empty: there is no image in it")


def _holds_a_file(folder: Path) -> bool:
    return any(
        not name.startswith(".")
        for _, folders, files in os.walk(folder, followlinks=False)
        for name in (*files, *(each for each in folders if (folder / each).is_symlink()))
    )


def _check(draft: PartialSpec, project: Project, keys: Keys, *, kind: str) -> Iterator[Problem]:
    try:
        place = project.locate(draft.text(*keys) or "")
    except OutsideError as error:
        yield draft.source.problem(keys, str(error))
        return
    if kind_of(place) != kind:
        yield draft.source.problem(keys, f"there is no such {kind}, seen from the spec's folder")
