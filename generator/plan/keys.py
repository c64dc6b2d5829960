"""Tasks → steps: the key of each task, and why it must run.

A task's key is the SHA-256 of everything that can change its result: the weights, the parameters,
the photograph and the version of the algorithm, and nothing else: not the device, not the
statement of a claim, not the code's own hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Generic

from generator.models.card import ModelCard
from generator.plan.interventions import AblationTask, OcclusionTask
from generator.plan.ledger import History
from generator.plan.tasks import MapTask, Parameters, ResponseTask, SummaryTask, T, Task


@dataclass(frozen=True, slots=True)
class Step(Generic[T]):
    """A task with its place in the store; ``reason`` is empty where its result lies there."""

    task: T
    key: str
    reason: str


def steps(tasks: Iterable[T], card: ModelCard | None, memory: History) -> tuple[Step[T], ...]:
    """Give every task its key and, if its result is not in the store, the reason."""
    if card is None:
        return tuple(Step(task, "", "the weights have not been fetched yet") for task in tasks)
    return tuple(_step(task, card, memory) for task in tasks)


def _step(task: T, card: ModelCard, memory: History) -> Step[T]:
    parameters = identity(task, card)
    key = key_of(parameters)
    return Step(task, key, "" if memory.has(key) else memory.why(task.name, parameters))


def ledger(steps: Iterable[Step[Any]], card: ModelCard) -> dict[str, Parameters]:
    """What each task was made of, by its name: what the next build compares itself with."""
    return {step.task.name: identity(step.task, card) for step in steps}


def identity(task: Task, card: ModelCard) -> Parameters:
    """Everything that can change a task's result, the model included; JSON's types only."""
    parameters = task.parameters() | {"kind": task.kind, "weights": card.digest}
    parameters["architecture"] = card.architecture
    parameters["preprocessing"] = asdict(card.preprocessing)
    parameters |= _activation(task, card)
    whole: Parameters = json.loads(json.dumps(parameters))
    return whole


def _activation(task: Task, card: ModelCard) -> Parameters:
    """The value that is read after a layer, where no module of its own gives it."""
    if not isinstance(task, ResponseTask | MapTask | SummaryTask | OcclusionTask | AblationTask):
        return {}
    layer = card.catalogue.find(task.layer)
    if layer is None or not layer.activation_steps:
        return {}
    return {"activation": [layer.activation, *layer.activation_steps]}


def key_of(parameters: Parameters) -> str:
    """The SHA-256 of the parameters' canonical JSON."""
    text = json.dumps(parameters, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
