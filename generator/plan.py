"""(Study, model) → Plan: every task with its key and the reason why it must run. No torch.

A task's key is the SHA-256 of everything that can change its result: the weights, the parameters,
the photograph and the version of the algorithm, and nothing else: not the device, not the
statement of a claim, not the code's own hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Generic, Literal, TypeVar

from generator.artifacts import ModelCard
from generator.interventions import AblateTask, CoverTask
from generator.objectives import Objective, of_channel
from generator.photographs import Photograph
from generator.recipes import RECIPES, Recipe
from generator.recognition import Known
from generator.spec.pictures import Precision, RenderSpec, ReportedLayer
from generator.spec.study import Study
from generator.traces import TraceTask

# Raised by hand when a change of code changes what a task leaves behind.
RENDER_VERSION = 1
SCAN_VERSION = 1
MAP_VERSION = 2
RECOGNITION_VERSION = 1

_IN_WORDS = {
    "weights": "other weights",
    "preprocessing": "other preprocessing",
    "filters": "other filters",
    "layers": "other layers",
    "image": "the photograph changed",
    "boxes": "other boxes",
    "channels": "other channels to compare with",
}
_UNUSED = {"exact": False, "importance": False, "spectrum": ""}  # of recipes that lack them
_USUAL = {"precision": "auto", "variant": 0}
MANY_FILTERS = 64  # of a layer: beyond, stability is judged by two seeds
PROBE_SIDE = 96  # pixels: enough to tell what a picture shows, cheap enough for several seeds

Parameters = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RenderTask:
    """Make one picture.

    Attributes
    ----------
    variant:
        0 for the picture itself; picture k is kept away from those before it.
    precision:
        As asked for, not as it was done: a picture made on a GPU can be published elsewhere.
    role:
        ``main``, ``beside`` it for those of other recipes, or a small ``probe`` of its stability.
    """

    layer: str
    objective: Objective
    recipe: Recipe
    seed: int
    variant: int = 0
    precision: Precision = "auto"
    role: Literal["main", "beside", "probe"] = "main"

    @property
    def name(self) -> str:
        """What it is, whatever its parameters: the same in the next build."""
        channel = self.objective.channel
        unit = f":{channel}" if channel is not None else f", {self.objective.words}"
        if self.role == "probe":
            return f"probe {self.layer}{unit} from seed {self.seed}"
        variant = f", variant {self.variant + 1}" if self.variant else ""
        recipe = f" with {self.recipe.name}" if self.role == "beside" else ""
        return f"render {self.layer}{unit}{recipe}{variant}"

    def parameters(self) -> Parameters:
        """Everything beside the model that can change the picture.

        What is left at its default is left out, so that a new option makes no picture again.
        """
        recipe = {k: v for k, v in asdict(self.recipe).items() if _UNUSED.get(k, ...) != v}
        made: Parameters = {"layer": self.layer, "recipe": recipe, "seed": self.seed}
        channel = self.objective.channel
        made |= {"objective": asdict(self.objective)} if channel is None else {"filter": channel}
        made |= {"variant": self.variant} if self.variant else {}
        made |= {"precision": self.precision} if self.precision != "auto" else {}
        return made | {"version": RENDER_VERSION}


@dataclass(frozen=True, slots=True)
class ScanTask:
    """Measure how all channels of one layer respond to one photograph."""

    layer: str
    photograph: Photograph

    @property
    def name(self) -> str:
        """What it is, whatever its parameters: the same in the next build."""
        return f"scan {self.layer} {self.photograph.name}"

    def parameters(self) -> Parameters:
        """Everything beside the model that can change the responses."""
        return {"layer": self.layer, "image": self.photograph.sha256, "version": SCAN_VERSION}


@dataclass(frozen=True, slots=True)
class MapTask:
    """Keep the maps of some filters of a layer, in ascending order, on one photograph."""

    layer: str
    photograph: Photograph
    filters: tuple[int, ...]

    @property
    def name(self) -> str:
        """What it is, whatever its parameters: the same in the next build."""
        return f"maps {self.layer} {self.photograph.name}"

    def parameters(self) -> Parameters:
        """Everything beside the model that can change the maps."""
        return {
            "layer": self.layer,
            "filters": self.filters,
            "image": self.photograph.sha256,
            "version": MAP_VERSION,
        }


@dataclass(frozen=True, slots=True)
class RecognitionTask:
    """Show the network photographs of known classes."""

    known: tuple[Known, ...]

    @property
    def name(self) -> str:
        """What it is, whatever its parameters: the same in the next build."""
        return "photographs of known classes"

    def parameters(self) -> Parameters:
        """Everything beside the model that can change what it names."""
        shown = [[each.photograph.sha256, *each.classes] for each in self.known]
        return {"shown": shown, "version": RECOGNITION_VERSION}


Task = RenderTask | ScanTask | MapTask | CoverTask | AblateTask | RecognitionTask | TraceTask
T = TypeVar("T", RenderTask, ScanTask, MapTask, CoverTask, AblateTask, RecognitionTask, TraceTask)


@dataclass(frozen=True, slots=True)
class Step(Generic[T]):
    """A task with its place in the store; ``reason`` is empty where its result lies there."""

    task: T
    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a report needs before anything is known of its photographs.

    Which feature maps it shows depends on what the scan finds, so that they are planned after it.
    """

    renders: tuple[Step[RenderTask], ...]
    probes: tuple[Step[RenderTask], ...]
    scans: tuple[Step[ScanTask], ...]


@dataclass(frozen=True, slots=True)
class Memory:
    """What earlier builds left: where results lie, and what they were made of.

    ``has`` says whether the store holds an object of a key; ``ledger`` holds the parameters of
    each task of the last build, by the task's name, for telling why one must be made again.
    """

    has: Callable[[str], bool]
    ledger: Mapping[str, Parameters]

    def why(self, name: str, parameters: Parameters) -> str:
        """The reason for a task whose result is not in the store."""
        before = self.ledger.get(name)
        if before is None:
            return "new"
        keys = sorted({*before, *parameters})
        changed = [_change(key, before.get(key), parameters.get(key)) for key in keys]
        return ", ".join(filter(None, changed)) or "missing from the store"


def plan(study: Study, card: ModelCard | None, memory: Memory) -> Plan:
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


def scans(study: Study) -> tuple[ScanTask, ...]:
    """Every photograph of the study through every layer of the report, photograph by photograph."""
    return tuple(
        ScanTask(layer.layer, photograph)
        for photograph in study.library
        for layer in study.spec.reported_layers
    )


def steps(tasks: Iterable[T], card: ModelCard | None, memory: Memory) -> tuple[Step[T], ...]:
    """Give every task its key and, if its result is not in the store, the reason."""
    if card is None:
        return tuple(Step(task, "", "the weights have not been fetched yet") for task in tasks)
    return tuple(_step(task, card, memory) for task in tasks)


def _step(task: T, card: ModelCard, memory: Memory) -> Step[T]:
    parameters = identity(task, card)
    key = key_of(parameters)
    return Step(task, key, "" if memory.has(key) else memory.why(task.name, parameters))


def ledger(steps: Iterable[Step[Any]], card: ModelCard) -> dict[str, Parameters]:
    """What each task was made of, by its name: what the next build compares itself with."""
    return {step.task.name: identity(step.task, card) for step in steps}


def identity(task: Task, card: ModelCard) -> Parameters:
    """Everything that can change a task's result, the model included; JSON's types only."""
    parameters = task.parameters() | {"kind": type(task).__name__, "weights": card.digest}
    parameters["architecture"] = card.architecture
    parameters["preprocessing"] = asdict(card.preprocessing)
    whole: Parameters = json.loads(json.dumps(parameters))
    return whole


def key_of(parameters: Parameters) -> str:
    """The SHA-256 of the parameters' canonical JSON."""
    text = json.dumps(parameters, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _change(key: str, before: Any, after: Any) -> str:
    if before == after:
        return ""
    if isinstance(before, dict) and isinstance(after, dict) and key == "recipe":
        if before.get("name") != after.get("name"):
            return f"recipe {before.get('name')} → {after.get('name')}"
        sizes = [_size(recipe) for recipe in (before, after)]
        if sizes[0] != sizes[1]:
            return f"size {sizes[0]} → {sizes[1]}"
        return "the recipe's constants changed"
    if key in _IN_WORDS:
        return _IN_WORDS[key]
    usual = _USUAL.get(key)  # what a parameter that is left out stands for
    return f"{key} {usual if before is None else before} → {usual if after is None else after}"


def _size(recipe: Parameters) -> object:
    """The published side of a recipe in a ledger, which an older version may have written."""
    try:
        return recipe["scales"][-1]["side"]
    except (LookupError, TypeError):
        return None
