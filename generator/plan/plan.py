"""(Study, model) → Plan: every rendering and scan that a report needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from generator.models.card import ModelCard
from generator.plan.keys import Step, steps
from generator.plan.ledger import History
from generator.plan.tasks import RenderTask, ResponseTask
from generator.recipes.objective import Objective, of_channel
from generator.recipes.presets import RECIPES
from generator.spec.render import RenderSpec, ReportedLayer
from generator.spec.study import Study

MANY_FILTERS = 64  # of a layer: beyond, stability is judged by two seeds
PROBE_SIDE = 96  # pixels: enough to tell what a picture shows, cheap enough for several seeds


@dataclass(frozen=True, slots=True)
class Plan:
    """What a report needs before anything is known of its photographs.

    Which feature maps it shows depends on what the scan finds, so that they are planned after it.
    """

    renders: tuple[Step[RenderTask], ...]
    probes: tuple[Step[RenderTask], ...]
    scans: tuple[Step[ResponseTask], ...]

    @property
    def due(self) -> bool:
        """Whether anything of it has to be made."""
        pictures = (step.reason for step in (*self.renders, *self.probes))
        return any(pictures) or any(step.reason for step in self.scans)


def plan(study: Study, card: ModelCard | None, memory: History) -> Plan:
    """Every picture and every scan of a report, with the reason for those that are due.

    ``card`` is None while the weights have not been fetched: then everything is due.
    """
    return Plan(
        steps(renders(study), card, memory),
        steps(probes(study), card, memory),
        steps(scans(study), card, memory),
    )


def renders(study: Study) -> tuple[RenderTask, ...]:
    """Every picture of every filter that the report lists or claims something about."""
    return tuple(task for layer in study.spec.reported_layers for task in of_layer(layer))


def of_layer(layer: ReportedLayer) -> Iterator[RenderTask]:
    """A layer's pictures: of its filters, then of its other objectives."""
    for number, wanted in zip(layer.filters, layer.renders, strict=True):
        yield from pictures(layer.layer, of_channel(number), wanted)
    for each, wanted in layer.objectives:
        yield from pictures(layer.layer, each.objective, wanted)


def pictures(layer: str, objective: Objective, wanted: RenderSpec) -> Iterator[RenderTask]:
    """The pictures of one objective: the main one, its variants, those of other recipes."""
    recipes = [RECIPES[name](wanted.size) for name in wanted.recipe]
    main = RenderTask(layer, objective, recipes[0], wanted.seed, precision=wanted.precision)
    yield from (replace(main, variant=number) for number in range(wanted.variants))
    yield from (replace(main, recipe=recipe, role="beside") for recipe in recipes[1:])


def probes(study: Study) -> tuple[RenderTask, ...]:
    """Small pictures of every filter from several seeds, to see whether they agree.

    In layers of many filters from two: each costs a fifth of a picture, and who looks at a whole
    layer compares filters rather than decimals.
    """
    return tuple(
        RenderTask(
            layer.layer,
            of_channel(number),
            RECIPES[wanted.recipe[0]](PROBE_SIDE),
            wanted.seed + offset,
            precision=wanted.precision,
            role="probe",
        )
        for layer in study.spec.reported_layers
        for number, wanted in zip(layer.filters, layer.renders, strict=True)
        for offset in range(_seeds(study.spec.render.stability, len(layer.filters)))
    )


def _seeds(asked: int, filters: int) -> int:
    """From how many seeds to make small pictures in a layer; a single one shows nothing."""
    seeds = asked if filters <= MANY_FILTERS else min(asked, 2)
    return seeds if seeds > 1 else 0


def scans(study: Study) -> tuple[ResponseTask, ...]:
    """Every photograph of the study through every layer of the report, photograph by photograph."""
    layers = study.spec.reported_layers
    return tuple(
        ResponseTask(layer.layer, photograph) for photograph in study.library for layer in layers
    )
