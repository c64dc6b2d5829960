"""Reads results.json within bounds and validates it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from generator.errors import ReportError, visible
from generator.system.files import UnreadableError, read_file
from generator.system.glob import below

MAX_BYTES = 256 * 2**20
MAX_PICTURE = 64 * 2**20
IMAGE_FOLDERS = ("pictures", "assets/maps", "assets/photographs", "assets/pictures")
IMAGES = frozenset({".png", ".webp", ".avif"})
REMEDY = "name the results.json that a build wrote into its site"


def _whole(value: object) -> object:
    """Take 1 alone for 1: neither 1.0 nor true."""
    if type(value) is not int:
        raise ValueError("no whole number")
    return value


class _Part(BaseModel):
    """A part of the file; keys that another version added are kept and compared as well."""

    model_config = ConfigDict(frozen=True, extra="allow", strict=True, allow_inf_nan=False)

    @property
    def rest(self) -> dict[str, Any]:
        """Whatever stands there beside the keys that are known by name."""
        return self.model_extra or {}


class Response(_Part):
    """How a filter responds to one photograph."""

    photograph: str
    sha256: str
    role: str | None = None


class PublishedVerdict(_Part):
    """A verdict and its sentence."""

    code: str
    sentence: str = ""
    change: str = ""


class PublishedClaim(_Part):
    """A claim with its verdict; every test and count is in ``rest``."""

    id: str
    layer: str
    filter: int
    statement: str
    verdict: PublishedVerdict
    photographs: tuple[Response, ...] = ()
    removed: tuple[Any, ...] = ()
    review: dict[str, Any] = Field(default={})


class PublishedFilter(_Part):
    """A filter with its picture; activation, history and recipe are in ``rest``."""

    layer: str
    filter: int
    files: tuple[str, ...] = ()
    sha256: str = ""
    photographs: tuple[Response, ...] = ()

    @property
    def name(self) -> str:
        """Layer and number: ``features.5:12``."""
        return f"{self.layer}:{self.filter}"


class PublishedGate(_Part):
    """One condition of the spec and whether it held."""

    name: str
    held: bool
    detail: str = ""


class PublishedThreshold(_Part):
    """A threshold."""

    name: str
    value: float


class Published(_Part):
    """A whole results.json."""

    format: Annotated[Literal[1], BeforeValidator(_whole)]
    software: dict[str, Any]
    model: dict[str, Any] = Field(default={})
    models: dict[str, Any] = Field(default={})  # of a report of several networks, by name
    evidence: dict[str, Any] = Field(default={})
    thresholds: tuple[PublishedThreshold, ...] = ()
    filters: tuple[PublishedFilter, ...]
    claims: tuple[PublishedClaim, ...]
    gates: tuple[PublishedGate, ...]


def load(path: Path) -> Published:
    """Read a results.json within bounds.

    Raises
    ------
    ReportError
        It cannot be read, is larger than 256 MiB, is no JSON, or is not what a build writes.
    """
    try:
        return parse(read_file(path, MAX_BYTES), str(path))
    except UnreadableError as error:
        raise ReportError(f"{path}: {error.cause}", REMEDY) from None


def parse(data: bytes | str, name: str) -> Published:
    """Check the text of a results.json.

    Raises
    ------
    ReportError
        It is no JSON, is of another format, lacks what a build writes, or names something twice.
    """
    try:
        found = Published.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(key) for key in first["loc"])
        where = f"{place[:80]}: " if place else ""
        cause = f"{name} is no results.json: {where}{first['msg'][:160]}"
        raise ReportError(visible(cause), REMEDY) from None
    _refuse_twins(name, [claim.id for claim in found.claims], "claim")
    _refuse_twins(name, [each.name for each in found.filters], "filter")
    return found


def _refuse_twins(name: str, names: list[str], what: str) -> None:
    seen: set[str] = set()
    for each in names:
        if each in seen:
            cause = f"{name} is no results.json: the {what} {each[:80]} stands there twice"
            raise ReportError(visible(cause), REMEDY)
        seen.add(each)


def digests(found: Published, folder: Path) -> dict[str, str]:
    """SHA-256 of the pictures of a results.json, by filter.

    Of the file that lies beside it; where there is none, as it was written down. A file's name
    comes from the file that is being read, so nothing outside ``folder`` is opened.
    """
    root = folder.resolve()
    known: dict[str, str] = {}
    for each in found.filters:
        digest = _digest(root, each.files[0]) if each.files else None
        if digest or each.sha256:
            known[each.name] = digest or each.sha256
    return known


def image_digests(found: Published, folder: Path) -> dict[str, str]:
    """SHA-256 of every image in the site of a results.json, but for those of `digests`.

    By paths from ``folder``; links are not followed. Empty where it lies in no site.
    """
    root = folder.resolve()
    main = {each.files[0] for each in found.filters if each.files}
    known: dict[str, str] = {}
    for place in IMAGE_FOLDERS:
        paths = (path for path in below(root / place, _passed) if path.suffix in IMAGES)
        for name in (path.relative_to(root).as_posix() for path in paths):
            if name not in main and (digest := _digest(root, name)):
                known[name] = digest
    return known


def _passed(_: OSError) -> None:
    """A folder that is not there has no images."""


def _digest(root: Path, name: str) -> str | None:
    """Of a file below a folder; None where there is none to read."""
    try:
        path = (root / name).resolve()
        if path.is_relative_to(root):
            return hashlib.sha256(read_file(path, MAX_PICTURE)).hexdigest()
    except (UnreadableError, OSError, ValueError, RuntimeError):
        pass
    return None
