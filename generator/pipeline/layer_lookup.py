"""The layers of an architecture, from the cheapest source.

VGG's are known by rule. What a model showed of itself once is remembered in the user's cache, under
the versions of the packages that define it, so that `check` needs no torch for it again. The user's
own code may change: what it defines is never remembered.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any

from generator import spec
from generator.errors import SpecError
from generator.models import layers
from generator.models.layers import Catalogue, Layer, activation_words
from generator.models.value_names import of_call
from generator.spec.model import ModelSpec, is_function
from generator.system.console import Console
from generator.system.file_cache import FileCache
from generator.system.files import raise_if_machine
from generator.system.locations import cache

COLUMNS = ("layer", "channels", "kind", "stride", "field", "activation function", "calls")
_FORM = 7  # raised by hand when what is seen of a model changes
TABLES = "layers"  # below the user's cache


def layers_of(architecture: str, *, code: Path | None = None) -> Catalogue:
    """Every layer, from the model itself where nothing cheaper knows it; imports torch then.

    Raises
    ------
    ReportError
        If there is no such architecture, or it is the user's own and its code may not be run.
    """
    by_rule = layers.vgg(architecture)
    if by_rule is not None:
        return by_rule
    from generator.lab.loading import models  # noqa: PLC0415

    seen = models.catalogue(architecture, code=code)
    _remember(seen)
    return seen


def known(architecture: str) -> Catalogue | None:
    """The same without torch; None where only the model can tell."""
    return layers.vgg(architecture) or _remembered(architecture)


def layers_with_file(model: ModelSpec, folder: Path, *, code: Path | None) -> Catalogue:
    """The same with the classifier that the report's own file of weights has.

    Raises
    ------
    WeightsError
        If the file cannot be read, or does not fit.
    """
    from generator.lab.loading import models  # noqa: PLC0415

    return models.catalogue_of_file(model, folder, code=code)


def named_in(report: Path) -> dict[str, ModelSpec]:
    """Each network that a spec names, however much else of it is broken.

    By its name in the report; the only one has none.

    Raises
    ------
    SpecError
        If the spec cannot be read, or names none.
    """
    draft = spec.check_types(spec.read(report))
    found: dict[str, ModelSpec] = {}
    for name, keys in draft.networks.items():
        architecture = draft.architecture(keys)
        if architecture is None:
            continue
        own = {key: text for key in ("weights", "state") if (text := draft.text(*keys, key))}
        found[name] = ModelSpec.model_validate({"architecture": architecture, **own})
    if not found:
        raise SpecError(draft.problems)
    return found


def table(found: Catalogue) -> Iterator[str]:
    """One line for each layer, under a line of headings; a field without bound is left empty."""
    repeated = any(layer.calls > 1 for layer in found.layers)
    count = len(COLUMNS) if repeated else len(COLUMNS) - 1
    rows = [COLUMNS, *(_row(layer) for layer in found.layers)]
    widths = [max(len(row[column]) for row in rows) for column in range(count)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=False))
        yield "  ".join(cells).rstrip()


def _row(layer: Layer) -> tuple[str, ...]:
    stride = str(layer.stride or "")
    return (
        layer.name,
        str(layer.channels),
        layer.kind,
        stride,
        str(layer.field or ""),
        activation_words(layer),
        _calls(layer),
    )


def _calls(layer: Layer) -> str:
    if layer.calls == 1:
        return ""
    if layer.call:
        return f"call {layer.call + 1} of {layer.calls}"
    return f"called {layer.calls} ×: {of_call(layer.module, 1)} is the second call"


def _remember(seen: Catalogue) -> None:
    if is_function(seen.architecture):
        return
    data = json.dumps(asdict(seen), separators=(",", ":")).encode()
    with suppress(OSError):  # it only saves time
        _tables().put(_key(seen.architecture), ".json", data)


def _remembered(architecture: str) -> Catalogue | None:
    try:
        found = _tables().get(_key(architecture), ".json")
        record = json.loads(found[1] if found else b"")
        layers = tuple(_layer(each) for each in record["layers"])
        return Catalogue(
            record["architecture"], layers, record["least"], record["most"], record["step"]
        )
    except (ValueError, LookupError, TypeError):  # nothing, or not ours
        return None
    except OSError as reason:
        raise_if_machine(reason)
        return None


def _tables() -> FileCache:
    return FileCache(cache() / TABLES, Console().warn)


def _layer(record: dict[str, Any]) -> Layer:
    ends = tuple((str(name), int(which)) for name, which in record["ends"])
    fed = tuple((str(name), int(channels)) for name, channels in record["fed"])
    steps = {name: tuple(map(str, record[name])) for name in ("steps", "activation_steps")}
    return Layer(**{**record, "ends": ends, "fed": fed, **steps})


def _key(architecture: str) -> str:
    """What a table depends on: the architecture and the packages that define it."""
    packages = ("torchvision", "timm") if architecture.startswith("timm/") else ("torchvision",)
    versions = [f"{name} {_version(name)}" for name in packages]
    return hashlib.sha256("\n".join((str(_FORM), architecture, *versions)).encode()).hexdigest()


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
