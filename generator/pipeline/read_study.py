"""Reads the spec and reports every problem at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from generator import markdown, spec
from generator.errors import MachineError, Problem, ReportError, SpecError
from generator.findings.number_text import plural
from generator.images.metadata_cache import PHOTOGRAPHS, MetadataCache
from generator.models.layers import Catalogue
from generator.pipeline import layer_lookup
from generator.pipeline.precision_check import check_precisions_without_torch
from generator.pipeline.request import Request
from generator.pipeline.resources import store_of
from generator.spec.model import ORIGINAL_WEIGHTS
from generator.spec.study import Study
from generator.system.locations import cache

HAND_WRITTEN = "site_src/pages"
WHICH = "architecture"


def read_study(request: Request, *, with_torch: bool = True) -> Study:
    """Everything the user wrote, checked; without torch, only layers known without it can be.

    Raises
    ------
    SpecError
        With every problem of the spec, its photographs and its hand-written pages.
    """
    source = spec.read(request.spec)
    unknown: list[Problem] = []

    def catalogue(architecture: str) -> Catalogue | None:
        try:
            if with_torch:
                return layer_lookup.layers_of(architecture, code=request.code)
            return layer_lookup.known(architecture)
        except MachineError:
            raise
        except ReportError as refusal:
            message = f"{refusal.cause} ({refusal.remedy})"
            keys = next(k for k in _networks(source) if architecture == source.get((*k, WHICH)))
            unknown.append(source.problem((*keys, WHICH), message))
            return None

    folder = cache() / PHOTOGRAPHS
    measured = MetadataCache.read(folder, request.spec, request.console.warn)
    try:
        study = spec.review(
            source,
            catalogue=catalogue,
            allow_outside=request.allow_outside,
            allow_network=request.allow_network,
            cache=measured,
        )
    except SpecError as refusal:
        raise SpecError((*refusal.problems, *unknown)) from None
    finally:
        measured.save(folder, request.spec)
    if with_torch and not unknown:
        unknown += _weights_problems(source, study)
    if with_torch and not unknown:
        unknown += _class_problems(source, study, request.code)
    if problems := (*unknown, *markdown.check_pages(study)):
        raise SpecError(problems)
    for doubt in source.warnings:
        request.console.warn(str(doubt))
    for warning in study.warnings:
        request.console.warn(warning)
    if study.pages is None and any((study.folder / HAND_WRITTEN).glob("*.md")):
        request.console.say(
            f"the pages in {HAND_WRITTEN}/ are not used: name them with `pages: {HAND_WRITTEN}`"
        )
    return study


def _networks(source: spec.SpecSource) -> Iterator[tuple[str | int, ...]]:
    """Where each network is written."""
    several = source.get(("models",))
    if isinstance(several, tuple):
        yield from (("models", index) for index in range(len(several)))
    else:
        yield ("model",)


def _class_problems(source: spec.SpecSource, study: Study, code: Path | None) -> Iterator[Problem]:
    """What is wrong with the classes that claims name; they need no weights to be known."""
    from generator.lab.loading import models, weights  # noqa: PLC0415

    for name, own in spec.alone(study):
        model = own.spec.model
        if model.weights == ORIGINAL_WEIGHTS or not any(each.classes for each in own.spec.claims):
            continue  # those weights have no classifier: T7 is not measured, whatever is named
        names = models.class_names(model.architecture, weights.class_names(model), code=code)
        yield from spec.check_classes(source, names, name)


def _weights_problems(source: spec.SpecSource, study: Study) -> Iterator[Problem]:
    from generator.lab.loading import weights  # noqa: PLC0415

    for keys, (_, model) in zip(_networks(source), spec.named_models(study.spec), strict=True):
        if message := weights.refusal(model):
            yield source.problem((*keys, "weights"), message)


def checked(request: Request) -> str:
    """Check what the user wrote and say what there is; torch is not imported."""
    study = read_study(request, with_torch=False)
    check_precisions_without_torch(request, study, store_of(request))
    reported = study.spec.reported_layers
    counts = {
        "layer": len(reported),
        "filter": sum(len(layer.filters) for layer in reported),
        "claim": len(study.spec.claims),
        "photograph": len(study.library),
    }
    listed = ", ".join(plural(count, noun) for noun, count in counts.items())
    text = f"{request.spec.name}: {listed}: nothing wrong"
    if any(
        layer_lookup.known(model.architecture) is None for _, model in spec.named_models(study.spec)
    ):
        text += "; its layers and filters are checked when the model is built (`plan` or `build`)"
    return text
