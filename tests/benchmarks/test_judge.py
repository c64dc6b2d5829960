"""The one evaluator: what it reads from a file, and how it ranks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from benchmarks.judge import Library, best_possible, judge, look, rank, responses, views
from benchmarks.network import convolutions, imagenet_normalise
from benchmarks.runner.job import Job, Timing
from generator.lab.loading.models import Bench
from generator.lab.optimize import image_ops
from generator.lab.optimize.render import visualize
from generator.recipes.presets import multiscale

TIMING = Timing(wall=2, cpu=4, threads=2, version="1", run=1)


def test_it_reads_before_the_activation_function(
    small: nn.Sequential, pictures: np.ndarray
) -> None:
    found = responses(small, pictures, ["features.0", "features.3"])
    batch = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255
    wanted = small[:2](imagenet_normalise(batch)).mean((2, 3)).numpy()
    assert np.allclose(found["features.0"], wanted)
    assert found["features.3"].shape == (12, 8)
    assert (found["features.3"] < 0).any()


def test_it_agrees_with_the_engine(source: Path, vgg16: Bench) -> None:
    layer = vgg16.layer("features.10")
    (made,) = visualize(vgg16, layer, [7], recipe=multiscale(64), seed=0)
    picture = (image_ops.from_png(made.png.read()) * 255).round().byte().permute(1, 2, 0).numpy()
    network = convolutions(source, upto="features.10")
    found = responses(network, picture[None], ["features.10"])["features.10"][0]
    assert found[7] == pytest.approx(made.activation, rel=1e-3)
    assert np.allclose(found, made.response, rtol=1e-2, atol=0.05)


def test_the_rank_counts_who_is_further_from_the_photographs() -> None:
    real = np.array([[0.0, 0.0, 1.0], [2.0, 20.0, 1.0]])  # the third channel never varies
    own = np.array([5.0, 30.0, 9.0])
    assert [rank(own, number, real) for number in range(3)] == [1, 2, 3]


def test_a_picture_becomes_a_row(
    small: nn.Sequential, pictures: np.ndarray, tmp_path: Path
) -> None:
    Image.fromarray(pictures[0]).save(tmp_path / "a.png")
    real = responses(small, pictures, ["features.3"])
    library = Library(real, None)
    job = Job("multiscale", "features.3", 4, 0, 40)
    (row,) = judge([(job, tmp_path / "a.png", TIMING)], library, small, None)
    assert row.activation == pytest.approx(real["features.3"][0, 4], rel=1e-5)
    assert (row.of, row.agreement, row.view, row.wall) == (8, None, "whole", 2)
    assert 1 <= row.rank <= 8
    assert list(best_possible(library, [("features.3", 4)])) == []


def test_one_that_works_on_crops_is_judged_twice(pictures: np.ndarray) -> None:
    large = np.zeros((1280, 1280, 3), np.uint8)
    large[500:780, 500:780] = 200
    (whole, everything), (middle, part) = views(large, Job("horama", "features.3", 4, 0, 1280))
    assert (whole, middle) == ("whole", "middle")
    assert everything.shape == (1280, 1280, 3)
    assert part.shape == (224, 224, 3)
    assert part[112, 112, 0] == 200
    assert len(list(views(pictures[0], Job("lucent", "features.3", 4, 0, 40)))) == 1


def test_photographs_are_looked_at_once(small: nn.Sequential, tmp_path: Path) -> None:
    folder, cache = tmp_path / "photographs", tmp_path / "cache"
    (folder / "deeper").mkdir(parents=True)
    cache.mkdir()
    rng = np.random.default_rng(0)
    for k in range(40):
        picture = rng.integers(0, 256, (30, 40, 3), dtype=np.uint8)
        Image.fromarray(picture).save(folder / "deeper" / f"{k}.png")
    calls: list[int] = []

    def embed(seen: np.ndarray) -> np.ndarray:
        calls.append(len(seen))
        return seen.reshape(len(seen), -1)[:, :7].astype(float)

    first = look(folder, small, ["features.3"], cache=cache, embed=embed)
    again = look(folder, small, ["features.3"], cache=cache, embed=embed)
    assert calls == [40]
    assert len(first) == 40
    assert first.features is not None
    assert first.features.shape == (40, 7)
    assert np.array_equal(first.responses["features.3"], again.responses["features.3"])
    (best,) = best_possible(first, [("features.3", 2)])
    assert 0 <= (best.agreement or -1) <= 1
    Image.fromarray(picture[::-1].copy()).save(folder / "0.png")
    assert len(look(folder, small, ["features.3"], cache=cache, embed=embed)) == 41
