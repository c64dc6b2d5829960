"""The files of a batch: what a reader gets, encoded by all cores together."""

from __future__ import annotations

from dataclasses import replace
from threading import Barrier

import cv2
import numpy as np
import pytest
import torch

from generator.lab import devices
from generator.lab.optimize import image_ops
from generator.lab.optimize.frames import OptimisationResult, files_of


def batch(count: int) -> OptimisationResult:
    drawn = torch.Generator().manual_seed(0)
    frames = tuple(torch.rand(count, 3, side, side, generator=drawn) for side in (8, 20))
    return OptimisationResult(
        frames[-1] * 1.4 - 0.2, torch.zeros(4, count), frames, frames[-1][:, 0]
    )


def test_files_are_those_of_each_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    made = batch(5)
    files = files_of(made)
    for at, each in enumerate(files):
        shown = made.pictures[at].clamp(0, 1).mul(255).round().div(255)
        torch.testing.assert_close(image_ops.from_png(each.png), shown)
        back = image_ops.from_levels(each.shown[None], torch.device("cpu"))[0]
        assert torch.equal(back, image_ops.from_png(each.png))
        grey = cv2.imdecode(np.frombuffer(each.importance, np.uint8), cv2.IMREAD_GRAYSCALE)
        assert grey.shape == (20, 20)
        assert grey.max() == 255
        strip = cv2.imdecode(np.frombuffer(each.strip, np.uint8), cv2.IMREAD_COLOR)
        assert strip.shape == (128, 2 * 128, 3)
    monkeypatch.setattr(devices, "usable_cores", lambda: 1)
    for one, other in zip(files, files_of(made), strict=True):
        assert (one.png, one.strip, one.importance) == (other.png, other.strip, other.importance)


def test_a_recipe_that_keeps_no_importance_has_no_file_of_it() -> None:
    assert files_of(replace(batch(1), importance=None))[0].importance == b""


def test_all_cores_encode_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a GPU the files of a layer would otherwise take longer than its pictures."""
    both = Barrier(2, timeout=20)

    def met(levels: np.ndarray) -> bytes:
        both.wait()
        return b"met"

    monkeypatch.setattr(devices, "usable_cores", lambda: 2)
    monkeypatch.setattr(image_ops, "to_png", met)
    monkeypatch.setattr(image_ops, "decode_png", lambda _: np.zeros((1, 1, 3), np.uint8))
    assert [each.png for each in files_of(batch(4))] == [b"met"] * 4
