"""Photographs named on the command line → a Study, with the spec's own checks."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from generator import spec
from generator.commands.unit_lookup import find_unit
from generator.errors import ReportError, SpecError
from generator.models.layers import Layer
from generator.pipeline.layer_lookup import layers_of
from generator.pipeline.request import Request
from generator.spec.multi_model import written_out
from generator.spec.partial import check_types
from generator.spec.positions import SpecSource, Value
from generator.spec.study import Study

TAGS = "tags:"
_REPLACED = ("claims", "gates", "scan")  # what the command line asks about takes their place
_REMEDY = "write tags:bird,-cutout, or paths, folders and globs (--help says more)"


@dataclass(frozen=True, slots=True)
class Concept:
    """The photographs of a question, each role in the words of the command line."""

    positives: Sequence[str]
    controls: Sequence[str]
    lookalikes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, checked; ``taken`` are the ids of the report's own claims."""

    study: Study
    layer: Layer
    taken: frozenset[str]


def ask(request: Request, layer: str, concept: Concept) -> Question:
    """A study of the concept alone: the report's model and library, and one claim.

    The claim passes every check of a spec: tags that exist, roles that do not overlap, equal
    files counted once.

    Raises
    ------
    ReportError
        If the spec is not in order, there is no such layer, or the photographs are not.
    """
    source = spec.read(request.spec)
    report = written_out(_sound(source))
    model, found = find_unit(report, layer, None, code=request.code)
    folder = source.path.parent.resolve()
    written = {
        "positives": concept.positives,
        "controls": concept.controls,
        "lookalikes": concept.lookalikes,
    }
    roles = {
        role: selection(words, folder, option=role) for role, words in written.items() if words
    }
    claim: dict[str, Value] = {"id": "asked", "layer": found.name, "filter": 0, "statement": "?"}
    own: dict[str, Value] = {"model": model} if model else {}
    question = _with(source, {"claims": ({**claim, **own, **roles},)})
    options = {f"claims[0].{role}": role for role in written}
    study = _review(question, request, allow_outside=request.allow_outside, options=options)
    return Question(
        dict(spec.alone(study))[model], found, frozenset(claim.id for claim in report.claims)
    )


def library(request: Request, images: Path) -> Study:
    """A study of other photographs than the report's: a folder, or a CSV, inside or outside.

    Raises
    ------
    ReportError
        If the spec is not in order, or there are no photographs.
    """
    source = spec.read(request.spec)
    _sound(source)
    place = os.path.relpath(Path.cwd() / images, source.path.parent.resolve())
    question = _with(source, {"images": place, "claims": ()})
    return _review(question, request, allow_outside=True, options={"images": "images"})


def selection(words: Sequence[str], folder: Path, *, option: str) -> Value:
    """What the spec would say: a query of tags, or a list of paths relative to its folder.

    Raises
    ------
    ReportError
        If tags and paths are mixed, or a word says nothing.
    """
    if not any(word.startswith(TAGS) for word in words):
        if not all(words):
            raise ReportError(f"--{option}: an empty path", _REMEDY)
        return tuple(os.path.relpath(Path.cwd() / word, folder) for word in words)
    if len(words) > 1:
        raise ReportError(
            f"--{option}: a query of tags stands alone", "join its tags with commas: tags:bird,-owl"
        )
    tags = [tag.strip() for tag in words[0].removeprefix(TAGS).split(",")]
    if not all(tag.lstrip("-") for tag in tags):
        raise ReportError(f"--{option}: {words[0]!r} has an empty tag", _REMEDY)
    wanted = tuple(tag for tag in tags if not tag.startswith("-"))
    unwanted = tuple(tag[1:].strip() for tag in tags if tag.startswith("-"))
    return {
        **({"tags": wanted} if wanted else {}),
        **({"without": unwanted} if unwanted else {}),
    }


def _sound(source: SpecSource) -> spec.Spec:
    draft = check_types(source)
    if draft.spec is None:
        raise SpecError((*source.faults, *draft.problems))
    return draft.spec


def _with(source: SpecSource, parts: Mapping[str, Value]) -> SpecSource:
    """The spec with other claims and no gates; its own claims' places would point elsewhere."""
    gone = {*_REPLACED, *parts}
    tree = {key: value for key, value in source.tree.items() if key not in _REPLACED}
    return replace(
        source,
        tree={**tree, **parts},
        keys={keys: place for keys, place in source.keys.items() if not {*keys[:1]} & gone},
        values={keys: place for keys, place in source.values.items() if not {*keys[:1]} & gone},
    )


def _review(
    source: SpecSource, request: Request, *, allow_outside: bool, options: Mapping[str, str]
) -> Study:
    """Check it; what is wrong with the words of the command line is said in its terms."""
    try:
        catalogue = partial(layers_of, code=request.code)
        study = spec.review(source, catalogue=catalogue, allow_outside=allow_outside)
    except SpecError as refusal:
        own = [p for p in refusal.problems if not p.path.startswith(tuple(options))]
        if own:  # the spec's own faults first: they have places
            raise SpecError(tuple(own)) from None
        told = (f"--{_option(p.path, options)}: {p.message}" for p in refusal.problems)
        raise ReportError("\n".join(dict.fromkeys(told)), _REMEDY) from None
    for warning in study.warnings:
        request.console.warn(warning)
    return study


def _option(path: str, options: Mapping[str, str]) -> str:
    return next(option for start, option in options.items() if path.startswith(start))
