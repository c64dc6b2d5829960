"""Classifier heads with another number of classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from torch import Tensor, nn

from generator.lab.layers.discover import catalogue
from generator.lab.loading.networks import build
from generator.lab.loading.weights import own_reading
from generator.models.layers import Catalogue
from generator.spec.model import ModelSpec


class Classes(NamedTuple):
    """How many outputs the architecture's classifier has, and how many that of the weights.

    ``modules`` are those that give them: more than one where a network has auxiliary classifiers.
    """

    before: int
    now: int
    modules: frozenset[str]


def fit(network: nn.Module, known: Catalogue, tensors: Mapping[str, Tensor]) -> Classes | None:
    """Give the network classifiers that fit the weights; None, and nothing done, if it has them.

    Only where every tensor that does not fit is a linear layer's or a convolution's that had as
    many outputs as the network itself, and all of them have the same other number now.
    """
    wanted = network.state_dict()
    unfit = [n for n, t in tensors.items() if n in wanted and t.shape != wanted[n].shape]
    before, now = known.layers[-1].channels, {len(tensors[n]) for n in unfit if tensors[n].ndim}
    owners = frozenset(name.rpartition(".")[0] for name in unfit)
    plain = all(type(network.get_submodule(name)) in (nn.Linear, nn.Conv2d) for name in owners)
    same = all(
        wanted[n].shape[:1] == (before,) and wanted[n].shape[1:] == tensors[n].shape[1:]
        for n in unfit
    )
    if len(now) != 1 or not same or not plain:
        return None
    for name in unfit:
        module, part = network.get_submodule(name.rpartition(".")[0]), name.rpartition(".")[2]
        setattr(module, part, nn.Parameter(tensors[name].detach(), requires_grad=False))
    return Classes(before, now.pop(), owners)


def in_catalogue(known: Catalogue, classes: Classes | None) -> Catalogue:
    """The same layers, those of the classifier with its own number of channels."""
    if classes is None:
        return known
    names = [layer.name for layer in known.layers]
    first = min(
        (names.index(each) for each in classes.modules if each in names), default=len(names)
    )
    layers = (
        replace(layer, channels=classes.now)
        if at >= first and layer.channels == classes.before
        else layer
        for at, layer in enumerate(known.layers)
    )
    return replace(known, layers=tuple(layers))


def catalogue_of_file(model: ModelSpec, folder: Path, *, code: Path | None) -> Catalogue:
    """The layers of a network with the classifier that a weights file has.

    Raises
    ------
    WeightsError
        If the file cannot be read, or does not fit.
    """
    known = catalogue(model.architecture, code=code)
    reading = own_reading(model, folder, code, lambda _: None)
    network = build(model.architecture, code=code)
    return in_catalogue(known, fit(network, known, reading.tensors))


def names(known: tuple[str, ...], classes: Classes | None) -> tuple[str, ...]:
    """The classes' names: numbers where they are not the architecture's own."""
    return known if classes is None else tuple(map(str, range(classes.now)))
