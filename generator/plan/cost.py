"""Estimates a plan's time and disk space.

Constants were measured on the example report (docs/scale.md); an estimate is good to a half.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from generator.models.card import ModelCard
from generator.models.layers import Layer
from generator.plan.keys import Step
from generator.plan.plan import MANY_FILTERS, Plan
from generator.plan.tasks import RenderTask
from generator.spec.study import Study

PNG, WEBP = 2.5, 0.56  # bytes a pixel of pictures of filters, the worst case of any encoder
FRAME, FRAMES, FRAME_SIDE = 0.5, 9, 128  # bytes a pixel of a picture as it grew, in so many frames
RECORD = 9_000  # bytes of an object beside its arrays
SHOWN, MAP_SIDE = 14, 56  # photographs on a filter's page, and the largest side of their maps
PAGE, PHOTOGRAPH = 75_000, 16_000  # bytes of a filter's page with its maps and numbers; of a file
GALLERY = 8_000  # bytes of a filter's small picture
FOUNDATION = 5_000_000  # bytes of a site of nothing
WRITING, ENCODING = 0.10, 0.05  # seconds of one core for a filter's page, and its 408-pixel picture
HEARD = 512  # photographs by which it is measured what feeds a filter


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast this machine is with this network, measured just now.

    Attributes
    ----------
    device, cores:
        On which it was measured; on a GPU there are no cores, and seconds are those of a clock.
    steps:
        Layers in the network's order, each with the seconds of one core for a step of an
        optimisation at 224 x 224 pixels.
    finish:
        Seconds for what is measured and encoded of a finished picture of 224 x 224 pixels.
    photograph:
        Seconds for a photograph, decoding included, through all layers of the report.
    """

    device: str
    cores: int
    steps: tuple[tuple[str, float], ...]
    finish: float
    photograph: float


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of one core (or of a GPU) by what they are spent on; bytes of store and site."""

    pictures: float
    small: float
    photographs: float
    pages: float
    store: int
    site: int

    @property
    def seconds(self) -> float:
        """All of it."""
        return self.pictures + self.small + self.photographs + self.pages


def cost(study: Study, card: ModelCard, planned: Plan, pace: Speed) -> Cost:
    """What is due of a plan, and what follows from it once it is there."""
    due = [step for step in planned.renders if step.reason]
    small = [step for step in planned.probes if step.reason]
    scans = [step.task for step in planned.scans if step.reason]
    made = len(due) + len(small) + len(scans)
    count = len(study.library)
    scanned = len({task.photograph.sha256 for task in scans})
    # Maps, what layers are given and the photographs' ways take a pass each; pictures' ways too.
    later = count + min(count, HEARD) + count + len(due) if made else 0
    filters = sum(len(layer.filters) for layer in study.spec.reported_layers)
    return Cost(
        pictures=_seconds(due, card, pace),
        small=_seconds(small, card, pace),
        photographs=pace.photograph * (scanned + later),
        pages=filters * (WRITING + ENCODING * (study.spec.render.size / 408) ** 2),
        store=_store(study, card, planned),
        site=_site(study),
    )


def _seconds(steps: Iterable[Step[RenderTask]], card: ModelCard, pace: Speed) -> float:
    order = {layer.name: at for at, layer in enumerate(card.catalogue.layers)}
    known = [(order[name], seconds) for name, seconds in pace.steps]
    return sum(
        step.task.recipe.cost * between(known, order[step.task.layer])
        + pace.finish * (step.task.recipe.size / 224) ** 2
        for step in steps
    )


def between(known: Sequence[tuple[int, float]], at: int) -> float:
    """The seconds at a place in the network: on the line between those that were measured."""
    right = bisect_left(known, (at, 0.0))
    if right in (0, len(known)):
        return known[min(right, len(known) - 1)][1]
    (before, low), (after, high) = known[right - 1 : right + 1]
    return low + (high - low) * (at - before) / (after - before)


def _store(study: Study, card: ModelCard, planned: Plan) -> int:
    """Bytes that the store grows by."""
    pictures = [
        step.task.recipe.size for step in (*planned.renders, *planned.probes) if step.reason
    ]
    channels = {layer.name: layer.channels for layer in card.catalogue.layers}
    responses = [channels[step.task.layer] for step in planned.scans if step.reason]
    files = sum(PNG * side**2 + _growth(side) + RECORD for side in pictures)
    scans = sum(16 * each + 600 for each in responses)
    maps = sum(
        len(layer.filters) * SHOWN * 4 * _map_side(card, card.catalogue.find(layer.layer)) ** 2
        for layer in study.spec.reported_layers
    )
    return round(files + scans + (maps if pictures or responses else 0))


def _site(study: Study) -> int:
    total = FOUNDATION + PHOTOGRAPH * min(
        len(study.library), SHOWN * sum(len(y.filters) for y in study.spec.reported_layers)
    )
    for layer in study.spec.reported_layers:
        png = PNG if len(layer.filters) <= MANY_FILTERS else 0
        total += sum(
            round((png + WEBP) * each.size**2 + _growth(each.size)) + GALLERY + PAGE
            for each in layer.renders
        )
    return total


def _growth(side: int) -> float:
    return FRAMES * FRAME * min(side, FRAME_SIDE) ** 2


def _map_side(card: ModelCard, layer: Layer | None) -> int:
    stride = layer.stride if layer and layer.stride else card.preprocessing.crop
    return min(MAP_SIDE, card.preprocessing.crop // stride)
