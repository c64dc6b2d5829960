"""What earlier builds made, and why a task must run again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from generator.plan.tasks import Parameters

_IN_WORDS = {
    "weights": "other weights",
    "preprocessing": "other preprocessing",
    "filters": "other filters",
    "layers": "other layers",
    "inputs": "other channels that feed it",
    "image": "the photograph changed",
    "images": "other photographs",
    "boxes": "other boxes",
    "channels": "other channels to compare with",
    "activation": "another value is read as the layer's activation",
}
_USUAL = {"precision": "auto", "variant": 0}


@dataclass(frozen=True, slots=True)
class History:
    """What earlier builds left: where results lie, and what they were made of.

    ``has`` says whether the store holds an object of a key; ``ledger`` holds the parameters of
    each task of the last build, by the task's name, for telling why one must be made again.
    """

    has: Callable[[str], bool]
    ledger: Mapping[str, Parameters]

    def of(self, network: str) -> History:
        """What is remembered of the tasks of one of several networks."""
        prefix = entry(network, "")
        own = {k.removeprefix(prefix): v for k, v in self.ledger.items() if k.startswith(prefix)}
        return History(self.has, own)

    def why(self, name: str, parameters: Parameters) -> str:
        """The reason for a task whose result is not in the store."""
        before = self.ledger.get(name)
        if before is None:
            return "new"
        keys = sorted({*before, *parameters})
        changed = [_change(key, before.get(key), parameters.get(key)) for key in keys]
        return ", ".join(filter(None, changed)) or "missing from the store"


def entry(network: str, task: str) -> str:
    """Under which name a task stands in the ledger, where the report has several networks."""
    return f"{network}: {task}" if network else task


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
