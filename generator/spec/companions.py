"""The files beside the photographs that a spec names: hand-written pages, and weights."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from generator.errors import Problem
from generator.files import kind_of
from generator.spec.draft import Draft
from generator.spec.project import OutsideError, Project

_WEIGHTS_FILES = (".pth", ".pt", ".safetensors")


def pages_folder(draft: Draft, project: Project) -> Path | None:
    """Give the folder of hand-written pages, or None where the spec names none."""
    written = draft.text("pages")
    return project.locate(written) if written else None


def check_companions(draft: Draft, project: Project) -> Iterator[Problem]:
    """Check that the named folder of pages and the named weights file exist, inside the project."""
    written = draft.text("pages")
    if written:
        yield from _check(draft, project, ("pages",), kind="folder")
    weights = draft.text("model", "weights")
    if weights and ("/" in weights or weights.casefold().endswith(_WEIGHTS_FILES)):
        yield from _check(draft, project, ("model", "weights"), kind="file")


def _check(
    draft: Draft, project: Project, keys: tuple[str, ...], *, kind: str
) -> Iterator[Problem]:
    try:
        place = project.locate(draft.text(*keys) or "")
    except OutsideError as error:
        yield draft.source.problem(keys, str(error))
        return
    if kind_of(place) != kind:
        yield draft.source.problem(keys, f"there is no such {kind}, seen from the spec's folder")
