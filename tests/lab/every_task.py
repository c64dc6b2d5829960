"""One task of every kind, and the digest of what each leaves in the store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from generator.artifacts.artifact import Artifact
from generator.images.photographs import Photograph
from generator.images.sources import Item
from generator.lab.engines import task_runners
from generator.lab.engines.batching import TaskExecutor
from generator.lab.loading.models import Bench
from generator.lab.measure.streaming import Stream
from generator.models.layers import Layer
from generator.models.preprocessing import LabelledPhotograph
from generator.plan import MapTask, RecognitionTask, RenderTask, ResponseTask, Step
from generator.plan.contributions import ConvWeightsTask, LayerInputsTask
from generator.plan.interventions import AblationTask, OcclusionTask
from generator.plan.traces import TraceTask
from generator.recipes.objective import of_channel
from generator.recipes.presets import RECIPES, Recipe
from generator.store.encoding import encode

BOX = (0.2, 0.2, 0.7, 0.7)
Kind = tuple[TaskExecutor[Any], list[Any]]  # and its tasks


@dataclass(frozen=True, slots=True)
class EveryTask:
    """Tasks of every kind on some layers and photographs; pictures of ``side`` pixels.

    ``steps`` shortens every scale of the recipes; None leaves them as they are.
    """

    bench: Bench
    layers: Sequence[Layer]
    photographs: Sequence[Photograph]
    side: int = 64
    steps: int | None = None

    def digests(self) -> dict[str, str]:
        """By kind and number, the SHA-256 of each artifact's bytes."""
        return {
            name: hashlib.sha256(encode("key", made)).hexdigest() for name, made in self._made()
        }

    def _made(self) -> Iterator[tuple[str, Artifact]]:
        for name, (executor, tasks) in self._kinds().items():
            steps = [Step(task, f"{name} {at}", "new") for at, task in enumerate(tasks)]
            for batch in executor.run(steps, self.bench, lambda _: None):
                yield from batch
        for summary in self._streamed():
            yield f"summary {summary.layer}", summary

    def _kinds(self) -> dict[str, Kind]:
        layers, photographs = [each.name for each in self.layers], self.photographs
        modules = dict(self.bench.network.named_modules())
        weighted = [layer for layer in layers if hasattr(modules.get(layer), "weight")]
        classifies = bool(self.bench.card.classes)
        known = tuple(LabelledPhotograph(each, (7,)) for each in photographs)
        kinds: dict[str, Kind] = {
            f"picture {name}": (task_runners.RENDER, self._pictures(name)) for name in RECIPES
        }
        return kinds | {
            "responses": (
                task_runners.RESPOND,
                [ResponseTask(layer, each) for each in photographs for layer in layers],
            ),
            "maps": (
                task_runners.FEATURE_MAPS,
                [MapTask(layer, each, (0, 3)) for each in photographs for layer in layers],
            ),
            "occlusion": (
                task_runners.OCCLUDE,
                [
                    OcclusionTask(layer, 1, replace(each, boxes=(BOX,)))
                    for each in photographs
                    for layer in layers
                ],
            ),
            "ablation": (
                task_runners.ABLATE,
                [AblationTask(layers[-1], (0, 1, 2), each) for each in photographs]
                if classifies
                else [],
            ),
            "trace": (task_runners.TRACE, [TraceTask(each, tuple(layers)) for each in photographs]),
            "weights": (task_runners.READ_WEIGHTS, [ConvWeightsTask(each) for each in weighted]),
            "inputs": (
                task_runners.LAYER_INPUTS,
                [LayerInputsTask(layer, tuple(photographs)) for layer in weighted],
            ),
            "recognition": (task_runners.RECOGNISE, [RecognitionTask(known)]),
        }

    def _pictures(self, name: str) -> list[RenderTask]:
        layer, recipe = self.layers[-1].name, self._shortened(RECIPES[name](self.side))
        main = RenderTask(layer, of_channel(0), recipe, 0)
        other = replace(main, objective=of_channel(1))
        return [main, other, replace(main, seed=1), replace(main, variant=1)]

    def _shortened(self, recipe: Recipe) -> Recipe:
        scales = (replace(each, steps=self.steps or each.steps) for each in recipe.scales)
        return replace(recipe, scales=tuple(scales))

    def _streamed(self) -> Iterator[Any]:
        def item(at: int, each: Photograph) -> Item:
            return Item(at, each.name, Path(each.path).read_bytes)

        # Enough for several batches.
        items = [item(at, self.photographs[at % len(self.photographs)]) for at in range(20)]
        yield from Stream(self.bench, "mean", "after").summarise(self.layers, "shard", items, top=3)


def write_photographs(folder: Path, count: int) -> list[Path]:
    """Images of smooth noise, 90 pixels and more a side."""
    import cv2

    paths = [folder / f"{number}.png" for number in range(count)]
    for number, path in enumerate(paths):
        drawn = np.random.default_rng(number).integers(0, 255, (9, 9, 3), dtype=np.uint8)
        cv2.imwrite(str(path), cv2.resize(drawn, (90 + number, 80), interpolation=cv2.INTER_CUBIC))
    return paths
