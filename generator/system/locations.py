"""Folders of a report and of the user's cache."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

from generator.system.urls import is_address, local_path

WORK, WEIGHTS = "build", "weights"


@dataclass(frozen=True, slots=True)
class Locations:
    """The folders that a build writes to.

    Attributes
    ----------
    work:
        Markdown and images for MkDocs; can be deleted at any time.
    site:
        The finished site.
    store:
        Pictures and responses, content-addressed: what costs time to make again.
    shared:
        The address of a store that several share, or empty: ``store`` keeps what comes from there.
    weights:
        Converted weights, shared by all reports of this user.
    """

    work: Path
    site: Path
    store: Path
    weights: Path
    shared: str = ""


def locations_beside(
    spec: Path, *, out: Path | None = None, store: str | None = None, work: Path | None = None
) -> Locations:
    """The folders of a report, beside its spec unless the command line says otherwise.

    ``store`` is a path, or the address of a shared one (s3://…), which fsspec knows. Where the
    report's folder cannot be written, the work folder lies in the store.
    """
    folder, far = spec.parent, bool(store and is_address(store))
    near = Path(local_path(store)) if store and not far else folder / ".filterbook"
    own = folder / WORK
    return Locations(
        work=work or (own if is_writable(own) else near / WORK),
        site=out or folder / "site",
        store=near,
        weights=cache() / WEIGHTS,
        shared=store if store and far else "",
    )


def is_writable(folder: Path) -> bool:
    """Whether files may be written in a folder, or in the nearest one around it that exists."""
    there = next(each for each in (folder, *folder.absolute().parents) if os.path.lexists(each))
    effective = os.access in os.supports_effective_ids
    return os.access(there, os.W_OK | os.X_OK, effective_ids=effective)


def hubs() -> list[Path]:
    """Where torch and the Hugging Face Hub keep what the program loads through them."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    torch = Path(os.environ.get("TORCH_HOME") or home / "torch")
    face = Path(os.environ.get("HF_HOME") or home / "huggingface")
    models = Path(os.environ.get("HF_HUB_CACHE") or face / "hub")
    return [torch / "hub" / "checkpoints", *sorted(models.glob("models--timm--*/blobs"))]


def cache() -> Path:
    """``$FILTERBOOK_CACHE``, or the place that the system keeps for caches."""
    named = os.environ.get("FILTERBOOK_CACHE")
    return Path(named) if named else user_cache_path("filterbook")
