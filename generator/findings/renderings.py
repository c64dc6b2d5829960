"""Finds the renderings of each filter and objective."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from generator.artifacts.artifact import Rendering
from generator.errors import ReportError
from generator.findings.findings import ObjectiveFinding, OtherPicture
from generator.plan import RenderTask, pictures, probes
from generator.recipes.objective import Objective, of_channel
from generator.spec.render import RenderSpec, ReportedLayer
from generator.spec.study import Study

Place = tuple[str, int]  # layer and filter
Identity = tuple[str, int, str, str, int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class RenderingIndex:
    """All renderings of a build."""

    by_identity: dict[Identity, Rendering]

    @classmethod
    def of(cls, renderings: Iterable[Rendering]) -> RenderingIndex:
        """An album of renderings, found by what they were asked to be."""
        return cls({_identity(each): each for each in renderings})

    def of_filter(
        self, layer: str, number: int, wanted: RenderSpec
    ) -> tuple[Rendering, tuple[OtherPicture, ...]]:
        """A filter's main picture, and those beside it.

        Raises
        ------
        ReportError
            If one is missing.
        """
        return self._of(layer, of_channel(number), wanted)

    def objectives(self, layer: ReportedLayer) -> tuple[ObjectiveFinding, ...]:
        """The pictures of a layer's other objectives."""
        return tuple(
            ObjectiveFinding(
                each.id, each.objective.words, *self._of(layer.layer, each.objective, wanted)
            )
            for each, wanted in layer.objectives
        )

    def probes(self, study: Study) -> dict[Place, tuple[Rendering, ...]]:
        """The small pictures of every filter, one for each seed."""
        found: dict[Place, list[Rendering]] = {}
        for task in probes(study):
            small, number = self.by_identity.get(_wanted(task)), task.objective.channel
            if small is not None and number is not None:
                found.setdefault((task.layer, number), []).append(small)
        return {place: tuple(small) for place, small in found.items()}

    def _of(
        self, layer: str, objective: Objective, wanted: RenderSpec
    ) -> tuple[Rendering, tuple[OtherPicture, ...]]:
        tasks = tuple(pictures(layer, objective, wanted))
        main, *rest = (self._get(task) for task in tasks)
        others = zip(tasks[1:], rest, strict=True)
        return main, tuple(OtherPicture(_label(task), picture) for task, picture in others)

    def _get(self, task: RenderTask) -> Rendering:
        found = self.by_identity.get(_wanted(task))
        if found is None:
            channel = task.objective.channel
            unit = task.objective.words if channel is None else f"filter {channel}"
            raise ReportError(
                f"{unit} of {task.layer} has no picture",
                "build again: its rendering is missing from what the tasks left behind",
            )
        return found


def _label(task: RenderTask) -> str:
    """In which way a picture differs from the main one."""
    return f"variant {task.variant + 1}" if task.variant else task.recipe.name


def _identity(made: Rendering) -> Identity:
    unit = (made.layer, made.filter, made.objective)
    return (*unit, made.recipe, made.size, made.seed, made.variant)


def _wanted(task: RenderTask) -> Identity:
    words = "" if task.objective.channel is not None else task.objective.words
    unit = (task.layer, task.objective.terms[0].filter, words)
    return (*unit, task.recipe.name, task.recipe.size, task.seed, task.variant)
