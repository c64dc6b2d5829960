"""The network is shown known photographs as the report prepares them, and otherwise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn

from generator.artifacts.artifact import Recognition
from generator.lab.engines.task_runners import RECOGNISE
from generator.lab.hooks import hooked
from generator.lab.loading.models import Bench
from generator.models.preprocessing import labelled_photographs, preprocessing_variants
from generator.plan import RecognitionTask, Step


class Brightness(nn.Module):
    """Class 7 for bright inputs, class 3 for dark ones; reads the normalised values."""

    def forward(self, inputs: Tensor) -> Tensor:
        logits = torch.zeros(len(inputs), 1000)
        level = inputs.mean((1, 2, 3))
        logits[:, 7], logits[:, 3] = level * 10, -level * 10
        return logits


def shown(bench: Bench) -> Recognition:
    known = tuple(replace(each, classes=(7,)) for each in labelled_photographs()[:6])
    step = Step(RecognitionTask(known), "key", "new")
    ((made,),) = RECOGNISE.run([step], bench, lambda _: None)
    assert made[0] == "key"
    assert isinstance(made[1], Recognition)
    return made[1]


def test_every_way_is_tried(bench: Bench) -> None:
    card = replace(bench.card, classes=tuple(map(str, range(1000))))
    found = shown(replace(bench, network=Brightness(), card=card))
    tried = preprocessing_variants(bench.card.preprocessing)
    assert found.named.shape == found.likelihood.shape == (len(tried), 6)
    raw = [way.name for way in tried].index("values from 0 to 255 as they are")
    assert found.named[raw].all()  # nothing is dark there
    assert np.isfinite(found.likelihood).all()
    assert (found.likelihood[raw] > found.likelihood[0]).all()


def test_a_network_whose_weights_end_early_is_not_run(bench: Bench) -> None:
    """Behind them stand modules that do nothing, and cannot be called as those they replace."""

    class Refusing(nn.Module):
        def forward(self, inputs: Tensor) -> Tensor:
            raise AssertionError("it was run")

    assert shown(replace(bench, network=Refusing())).named.shape == (0, 6)


def test_a_network_that_ends_in_maps(bench: Bench) -> None:
    assert shown(bench).named.shape == (0, 6)
    assert hooked(bench.network) == ()
