"""(Study, model) → Plan: every task with its key and the reason why it must run. No torch.

A task's key is the SHA-256 of everything that can change its result: the weights, the parameters,
the photograph and the version of the algorithm, and nothing else: not the device, not the
statement of a claim, not the code's own hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Generic, TypeVar

from generator.artifacts import ModelCard
from generator.photographs import Photograph
from generator.recipes import RECIPES, Recipe
from generator.spec.study import Study

# Raised by hand when a change of code changes what a task leaves behind.
RENDER_VERSION = 1
SCAN_VERSION = 1
MAP_VERSION = 1

PROBE_SIDE = 96  # pixels: enough to tell what a picture shows, cheap enough for several seeds

Parameters = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RenderTask:
    """Make the picture of one filter; ``probe`` marks the small ones that show its stability."""

    layer: str
    filter: int
    recipe: Recipe
    seed: int
    probe: bool = False

    @property
    def name(self) -> str:
        """What it is, whatever its parameters: the same in the next build."""
        if self.probe:
            return f"probe {self.layer}:{self.filter} from seed {self.seed}"
        return f"render {self.layer}:{self.filter}"

    def parameters(self) -> Parameters:
        """Everything beside the model that can change the picture."""
        wanted = asdict(self) | {"version": RENDER_VERSION}
        del wanted["probe"]  # what a picture is for does not change it
        return wanted


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
    """Keep one filter's map on one photograph."""

    layer: str
    filter: int
    photograph: Photograph

    @property
    def name(self) -> str:
        """What it is, whatever its parameters: the same in the next build."""
        return f"map {self.layer}:{self.filter} {self.photograph.name}"

    def parameters(self) -> Parameters:
        """Everything beside the model that can change the map."""
        return {
            "layer": self.layer,
            "filter": self.filter,
            "image": self.photograph.sha256,
            "version": MAP_VERSION,
        }


Task = RenderTask | ScanTask | MapTask
T = TypeVar("T", RenderTask, ScanTask, MapTask)


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
        changed = [_change(key, before.get(key), parameters[key]) for key in sorted(parameters)]
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
    """A picture for every filter that the report lists or claims something about."""
    wanted = study.spec.render
    recipe = RECIPES[wanted.recipe](wanted.size)
    return tuple(
        RenderTask(layer.layer, number, recipe, wanted.seed)
        for layer in study.spec.reported_layers
        for number in layer.filters
    )


def probes(study: Study) -> tuple[RenderTask, ...]:
    """Small pictures of every filter from several seeds, to see whether they agree."""
    wanted = study.spec.render
    recipe = RECIPES[wanted.recipe](PROBE_SIDE)
    return tuple(
        RenderTask(layer.layer, number, recipe, wanted.seed + offset, probe=True)
        for layer in study.spec.reported_layers
        for number in layer.filters
        for offset in range(wanted.stability if wanted.stability > 1 else 0)
    )


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
    if key in ("weights", "image", "preprocessing"):
        return {"weights": "other weights", "image": "the photograph changed"}.get(
            key, f"other {key}"
        )
    return f"{key} {before} → {after}"


def _size(recipe: Parameters) -> object:
    """The published side of a recipe in a ledger, which an older version may have written."""
    try:
        return recipe["scales"][-1]["side"]
    except (LookupError, TypeError):
        return None
