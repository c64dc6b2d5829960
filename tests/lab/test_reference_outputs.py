"""What every kind of task leaves behind, held against committed figures.

A store serves an artifact for as long as its key stays. A change of code or of a constant that
changes artifacts without changing their keys would serve old ones as if nothing had happened: it
fails here, and the message says which version to raise. ``python -m
tests.lab.test_reference_outputs`` prints the figures of today.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from generator.artifacts.artifact import Artifact
from generator.artifacts.blobs import Blob
from generator.images.photographs import as_seen, decode, open_photograph
from generator.images.sources import open_source
from generator.lab.engines import task_runners
from generator.lab.engines.batching import TaskExecutor
from generator.lab.loading.models import Bench
from generator.lab.optimize import parameterisations
from generator.lab.optimize.adam import Adam
from generator.lab.optimize.diversity import STRENGTH
from generator.lab.optimize.image_ops import decode_png
from generator.models.card import ModelCard
from generator.models.preprocessing import LabelledPhotograph, preprocessing_variants
from generator.plan import Step, Task
from generator.plan.contributions import ConvWeightsTask, LayerInputsTask
from generator.plan.interventions import AblationTask, OcclusionTask
from generator.plan.tasks import MapTask, RecognitionTask, RenderTask, ResponseTask
from generator.plan.traces import TraceTask
from generator.recipes import spectrum
from generator.recipes.objective import of_channel
from generator.recipes.presets import RECIPES, Crops, Recipe, Scale, Transforms
from generator.summaries.bins import middles
from tests.lab.conftest import LIBRARY, PREPROCESSING, TINY, tiny_network
from tests.pipeline.test_scan_images import archives, asked, sum_up

LAST_BITS = ("sums", "squares", "cells", "counts")  # of a summary: they differ between processors
COMMITTED = Path(__file__).with_name("reference_outputs.json")
PIXELS = Recipe(
    "short",
    1,
    (Scale(24, 3, 0.2, 3), Scale(32, 2, 0.1, 3)),
    (0.5, 0.9),
    0.001,
    True,
    transforms=Transforms(2, (0.9, 1.1), 10),
)
FOURIER = replace(PIXELS, parameterisation="fourier", bounded=False, weight_decay=0.0)
PHASE = replace(
    RECIPES["maco"](64),
    scales=(Scale(32, 3, 0.5, 0),),
    transforms=Crops(2, 0.75, (0.4, 0.6), 0.1),
)
COLOSSEUM = open_photograph(LIBRARY / "buildings" / "colosseum.jpg", "colosseum.jpg")
BOXED = replace(COLOSSEUM, boxes=((0.2, 0.2, 0.5, 0.6),))
TASKS: dict[str, tuple[str, TaskExecutor[Any], Task]] = {
    "render pixels": (
        "the recipe's version or plan.tasks.RENDER_VERSION",
        task_runners.RENDER,
        RenderTask("3", of_channel(1), PIXELS, 0, precision="fp32"),
    ),
    "render variant": (
        "the recipe's version or plan.tasks.RENDER_VERSION",
        task_runners.RENDER,
        RenderTask("3", of_channel(1), PIXELS, 0, variant=1, precision="fp32"),
    ),
    "render fourier": (
        "the recipe's version or plan.tasks.RENDER_VERSION",
        task_runners.RENDER,
        RenderTask("3", of_channel(1), FOURIER, 0, precision="fp32"),
    ),
    "render phase": (
        "the recipe's version or plan.tasks.RENDER_VERSION",
        task_runners.RENDER,
        RenderTask("3", of_channel(1), PHASE, 0, precision="fp32"),
    ),
    "responses": (
        "plan.tasks.SCAN_VERSION",
        task_runners.RESPOND,
        ResponseTask("3", COLOSSEUM),
    ),
    "feature maps": (
        "plan.tasks.MAP_VERSION",
        task_runners.FEATURE_MAPS,
        MapTask("3", COLOSSEUM, (1, 4)),
    ),
    "occlusion": (
        "plan.interventions.COVER_VERSION",
        task_runners.OCCLUDE,
        OcclusionTask("3", 1, BOXED),
    ),
    "trace": ("plan.traces.TRACE_VERSION", task_runners.TRACE, TraceTask(COLOSSEUM, ("0", "3"))),
    "weights": (
        "plan.contributions.KERNEL_VERSION",
        task_runners.READ_WEIGHTS,
        ConvWeightsTask("3", (1, 4), (0, 2)),
    ),
    "inputs": (
        "plan.contributions.SIGNAL_VERSION",
        task_runners.LAYER_INPUTS,
        LayerInputsTask("3", (COLOSSEUM,)),
    ),
    "ablation": (
        "plan.interventions.ABLATE_VERSION",
        task_runners.ABLATE,
        AblationTask("3", (1, 4), COLOSSEUM),
    ),
    "recognition": (
        "plan.tasks.RECOGNITION_VERSION",
        task_runners.RECOGNISE,
        RecognitionTask((LabelledPhotograph(COLOSSEUM, (2,)),)),
    ),
}

OTHERS = {
    "summary": "plan.tasks.STREAM_VERSION",
    "constants": "the version of every task that uses it",
}


def bench(*, classifier: bool) -> Bench:
    network = tiny_network()
    if classifier:
        network.append(torch.nn.AdaptiveAvgPool2d(1)).append(torch.nn.Flatten())
        network.append(torch.nn.Linear(5, 1000))
    network = network.eval().requires_grad_(False)
    classes = tuple(map(str, range(1000))) if classifier else ()
    card = ModelCard("tiny", "random", "0" * 64, "made here", "none", PREPROCESSING, TINY, classes)
    return Bench(card, network, torch.device("cpu"))


def figures(artifact: Artifact) -> dict[str, list[float]]:
    """A few numbers of every field: enough to show any change of the whole."""
    found = {}
    for item in fields(artifact):
        if item.name in LAST_BITS:
            continue
        value = getattr(artifact, item.name)
        if isinstance(value, Blob):
            if item.name == "png":
                found[item.name] = numbers(decode_png(value.read()))
        elif isinstance(value, np.ndarray | float) or item.name in ("curve", "history"):
            found[item.name] = numbers(np.asarray(value))
    return found


def numbers(values: np.ndarray) -> list[float]:
    flat = np.asarray(values, dtype=np.float64).ravel()
    if not len(flat):
        return []
    some = flat[:: max(1, len(flat) // 5)][:6]
    return [float(f"{each:.6g}") for each in (flat.mean(), flat.std(), *some)]


def outputs() -> Iterator[tuple[str, dict[str, list[float]]]]:
    for name, (_, executor, task) in TASKS.items():
        classifier = name in ("ablation", "recognition")
        made = executor.run([Step(task, "key", "new")], bench(classifier=classifier), str)
        ((_, artifact),) = (pair for batch in made for pair in batch)
        yield name, figures(artifact)
    yield "summary", summary()
    yield "constants", constants()


def summary() -> dict[str, list[float]]:
    with tempfile.TemporaryDirectory() as folder:
        wanted = archives(Path(folder), count=1)
        scan = asked(wanted, open_source("*.tar", Path(folder)))
        return figures(sum_up(scan, bench(classifier=False), Path(folder) / "store")["3"])


def constants() -> dict[str, list[float]]:
    """Parts of the loop whose constants a short optimisation would hardly show."""
    parameters = torch.zeros(4)
    adam = Adam(parameters, FOURIER.scales[0], FOURIER)  # without weight decay
    gradient = torch.tensor([1e-9, 1e-8, 1e-7, 1.0])  # as small as what keeps Adam from 0/0
    adam.step(gradient, 0, torch.tensor([0]))
    planes = parameterisations.of(FOURIER)
    started = planes.start([(0, 1)], torch.device("cpu"))
    seen = as_seen(decode(Path(COLOSSEUM.path)), resize=64, crop=56)
    return {
        "adam": numbers(parameters.numpy()),
        "fourier": numbers(planes.picture(started * 40).numpy()),
        "spectrum": numbers(spectrum.magnitudes(32)),
        "colours": numbers(spectrum.COLOUR),
        "diversity": [STRENGTH],
        "bins": numbers(middles()),
        "photograph": numbers(seen),
        "preprocessings": numbers(
            np.array([each.preprocessing.mean for each in preprocessing_variants(PREPROCESSING)])
        ),
    }


@pytest.fixture(scope="module")
def today() -> dict[str, dict[str, list[float]]]:
    return dict(outputs())


@pytest.mark.parametrize("name", [*TASKS, *OTHERS])
def test_what_a_task_leaves_behind_stays(
    name: str, today: dict[str, dict[str, list[float]]]
) -> None:
    committed = json.loads(COMMITTED.read_text(encoding="utf-8"))[name]
    version = TASKS[name][0] if name in TASKS else OTHERS[name]
    assert today[name].keys() == committed.keys()
    for field, values in today[name].items():
        within = 1.5 if field == "png" else 2e-4  # levels of 8 bits may be rounded the other way
        assert values == pytest.approx(committed[field], rel=2e-3, abs=within), (
            f"{field} is not what it was: raise {version}, so that stores make it again, and"
            " write the figures of today into reference_outputs.json"
        )


if __name__ == "__main__":
    json.dump(dict(outputs()), sys.stdout, indent=1)
