"""Whole layers: what findings and pages cost, and that it grows with the filters and no faster."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from generator.artifacts.artifact import Artifacts, FeatureMaps, Rendering, Responses, Trace
from generator.artifacts.blobs import Blob
from generator.findings import find, wanted_maps, wanted_traces
from generator.models.card import ModelCard
from generator.models.layers import vgg
from generator.pages import compose
from generator.pages.page import PngFile
from generator.plan import MANY_FILTERS, RenderTask, probes, renders
from generator.results.write import picture_path, results
from generator.spec.render import LayerSpec
from generator.spec.report import Claim, Spec
from generator.spec.study import Study
from tests import records
from tests.findings.studies import PREPROCESSING

LAYER, CHANNELS = "features.28", 512
CATALOGUE = vgg("vgg16")
assert CATALOGUE is not None
MODEL = ModelCard("vgg16", "W", "d" * 64, "wheel", "CC-BY-4.0", PREPROCESSING, CATALOGUE)


def study(filters: int) -> Study:
    """A layer of that many filters over the example library."""
    layers = (LayerSpec(layer=LAYER, title="conv5_3", filters=tuple(range(filters))),)
    spec = Spec(version=1, title="Whole layers", images="images/images.csv", layers=layers)
    return Study(spec, Path("report.yml"), Path(), None, records.library(), (), ())


def artifacts(made: Study) -> Artifacts:
    """Random numbers in place of what a network says, in the sizes of the real ones."""
    rng = np.random.default_rng(0)
    means = rng.exponential(1, (len(made.library), CHANNELS)).astype(np.float32)
    responses = tuple(
        Responses(LAYER, photograph.sha256, row - 1, row * 3 - 1, row, row * 3)
        for photograph, row in zip(made.library, means, strict=True)
    )
    pictures = tuple(_picture(task, rng) for task in (*renders(made), *probes(made)))
    wanted = wanted_maps(made, responses)
    maps = tuple(
        FeatureMaps(
            t.layer, t.photograph.sha256, t.filters, np.zeros((len(t.filters), 14, 14), "f4")
        )
        for t in wanted
    )
    widths = tuple(layer.channels for layer in MODEL.catalogue.way(LAYER))
    traces = tuple(
        Trace(t.image.sha256, t.layers, widths, rng.normal(0, 1, sum(widths)).astype(np.float32))
        for t in wanted_traces(made, MODEL, pictures, responses)
    )
    return Artifacts(pictures, responses, maps, traces=traces)


def _picture(task: RenderTask, rng: np.random.Generator) -> Rendering:
    number = task.objective.channel or 0
    return Rendering(
        layer=LAYER,
        filter=number,
        recipe=task.recipe.name,
        size=task.recipe.size,
        seed=task.seed,
        png=Blob.of(f"picture {number}".encode()),
        activation=9.0,
        history=(1.0,) * len(task.recipe.scales),
        sides=tuple(scale.side for scale in task.recipe.scales),
        dead=False,
        device="cpu",
        curve=tuple(map(float, range(62))),
        response=tuple(rng.normal(0, 1, CHANNELS).tolist()),
        frames=(0, 2),
    )


def seconds(filters: int) -> float:
    """Of the processor, not of the clock: other work on the machine does not count."""
    made = study(filters)
    left = artifacts(made)
    start = time.process_time()
    site = compose(find(made, (MODEL,), left))
    assert sum(page.template == "filter.md.j2" for page in site.pages) == filters
    return time.process_time() - start


@pytest.mark.parametrize("few", [64])
def test_eight_times_the_filters_cost_at_most_twelve_times_as_much(few: int):
    seconds(8)  # imports and caches
    small, large = min(seconds(few) for _ in range(2)), seconds(8 * few)
    assert large < 12 * small
    assert large < 20  # about 1.5 s on an idle core


def test_only_claims_keep_their_png_in_a_layer_of_very_many() -> None:
    claim = Claim(id="a", layer=LAYER, filter=3, statement="A", positives=(), controls=())
    for filters, kept in ((MANY_FILTERS, MANY_FILTERS), (MANY_FILTERS + 1, 1)):
        made = study(filters)
        made = replace(made, spec=made.spec.model_copy(update={"claims": (claim,)}))
        found = find(made, (MODEL,), artifacts(made))
        pngs = [a.path for a in compose(found).assets if isinstance(a, PngFile)]
        assert len(pngs) == kept
        assert picture_path(LAYER, 3) in pngs
        told = {each["filter"]: each for each in json.loads(results(found))["filters"]}
        assert told[4]["sha256"] == sha256(b"picture 4").hexdigest()
        assert bool(told[4]["files"]) == (kept > 1)
