"""Samples of the files that `make torture` feeds."""

from __future__ import annotations

import os
from pathlib import Path

from tests.faults.pictures import try_pictures
from tests.faults.weights import complaint, squeezed, try_weights


def test_photographs_of_every_odd_kind(tmp_path: Path) -> None:
    tried, complaints = try_pictures(tmp_path, flips=60, seed=os.getpid())
    assert complaints == []
    assert tried > 200


def test_weights_that_were_spoiled_or_made_to_harm(tmp_path: Path) -> None:
    tried, complaints = try_weights(tmp_path, spoiled=120, seed=os.getpid())
    assert complaints == []
    assert tried > 130


def test_weights_that_were_compressed_are_not_unpacked(tmp_path: Path) -> None:
    path = squeezed(tmp_path / "bomb.pth")
    assert path.stat().st_size < 2**20
    assert complaint(path) == ""
