"""Keys of the store, pinned: a change of names or of structure must not make old results anew."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from generator.images.photographs import Photograph
from generator.models.preprocessing import LabelledPhotograph
from generator.plan import Task, identity, key_of
from generator.plan.contributions import ConvWeightsTask, LayerInputsTask
from generator.plan.interventions import AblationTask, OcclusionTask
from generator.plan.tasks import MapTask, RecognitionTask, RenderTask, ResponseTask, SummaryTask
from generator.plan.traces import TraceTask
from generator.recipes.objective import Objective, Term, of_channel
from generator.recipes.presets import RECIPES
from tests.plan.test_plan import CARD, PHOTOGRAPH

OTHER = Photograph("images/b.jpg", "/somewhere/images/b.jpg", "2" * 64)
BOXED = replace(PHOTOGRAPH, boxes=((0.1, 0.2, 0.5, 0.6),))
TASKS: dict[str, Task] = {
    **{
        f"render {name}": RenderTask("features.5", of_channel(3), recipe(128), 0)
        for name, recipe in RECIPES.items()
    },
    "render objective": RenderTask(
        "features.5",
        Objective((Term(3, 1.0, "centre"), Term(4, -0.5, None)), False),
        RECIPES["multiscale"](64),
        7,
    ),
    "render variant": RenderTask(
        "features.5", of_channel(3), RECIPES["multiscale"](64), 0, 2, "fp32"
    ),
    "responses": ResponseTask("features.5", PHOTOGRAPH),
    "maps": MapTask("features.5", PHOTOGRAPH, (3, 8)),
    "occlusion": OcclusionTask("features.5", 3, BOXED),
    "ablation": AblationTask("features.5", (3, 8), PHOTOGRAPH),
    "recognition": RecognitionTask((LabelledPhotograph(PHOTOGRAPH, (1, 2)),)),
    "trace": TraceTask(PHOTOGRAPH, ("features.0", "features.5")),
    "weights": ConvWeightsTask("features.5", (3, 8), (1,)),
    "inputs": LayerInputsTask("features.5", (PHOTOGRAPH, OTHER)),
    "summary": SummaryTask("features.5", "a.tar", "f" * 64, "mean", "after", 9),
}
PINNED = json.loads(Path(__file__).with_name("pinned_keys.json").read_text())


@pytest.mark.parametrize("name", TASKS)
def test_the_key_of_a_task_stays(name: str) -> None:
    assert key_of(identity(TASKS[name], CARD)) == PINNED[name], (
        "this task has another key than before, so every store makes its results anew: if what it "
        "leaves behind has changed, raise its version and write the new key into pinned_keys.json"
    )
