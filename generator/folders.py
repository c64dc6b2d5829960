"""Where things lie: beside the spec what belongs to the report, in the user's cache the weights."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders that a build writes to.

    Attributes
    ----------
    work:
        Markdown and images for MkDocs; can be deleted at any time.
    site:
        The finished site.
    store:
        Pictures and responses, content-addressed: what costs time to make again.
    weights:
        Converted weights, shared by all reports of this user.
    """

    work: Path
    site: Path
    store: Path
    weights: Path


def beside(spec: Path, *, out: Path | None = None, store: Path | None = None) -> Folders:
    """The folders of a report, beside its spec unless the command line says otherwise."""
    folder = spec.parent
    return Folders(
        work=folder / "build",
        site=out or folder / "site",
        store=store or folder / ".filterbook",
        weights=cache() / "weights",
    )


def cache() -> Path:
    """``$FILTERBOOK_CACHE``, or the place that the system keeps for caches."""
    named = os.environ.get("FILTERBOOK_CACHE")
    return Path(named) if named else user_cache_path("filterbook")
