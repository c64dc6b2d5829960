"""Resampling all channels at once gives what resampling each by hand would give."""

import numpy as np
import pytest

from generator.statistics import auc, draw, resampled_aucs


@pytest.mark.parametrize(("n1", "n0"), [(7, 30), (30, 7), (1, 12), (5, 5)])
def test_weights_do_what_repeating_photographs_does(n1: int, n0: int):
    rng = np.random.default_rng(0)
    positives, others = rng.normal(1, 1, (n1, 9)).round(1), rng.normal(0, 1, (n0, 9)).round(1)
    resamples = draw(rng, n1, n0, count=25)
    found = resampled_aucs(positives, others, resamples)
    assert found.shape == (9, 25)
    for draw_number in range(25):
        repeated = auc(
            np.repeat(positives, resamples.positives[draw_number], axis=0),
            np.repeat(others, resamples.others[draw_number], axis=0),
        )
        assert found[:, draw_number] == pytest.approx(repeated, abs=1e-12)


def test_every_resample_keeps_the_sizes():
    resamples = draw(np.random.default_rng(0), 6, 40, count=100)
    assert (resamples.positives.sum(axis=1) == 6).all()
    assert (resamples.others.sum(axis=1) == 40).all()


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch):
    rng = np.random.default_rng(1)
    positives, others = rng.normal(1, 1, (8, 33)), rng.normal(0, 1, (20, 33))
    resamples = draw(rng, 8, 20, count=50)
    whole = resampled_aucs(positives, others, resamples)
    monkeypatch.setattr("generator.statistics.bootstrap._CHUNK_BYTES", 1)
    assert (resampled_aucs(positives, others, resamples) == whole).all()


def test_equal_channels_tie_exactly_in_every_resample():
    rng = np.random.default_rng(2)
    positives, others = rng.random((11, 1)), rng.random((37, 1))
    copies = [np.exp(positives) if k % 2 else positives for k in range(6)]
    twins = np.concatenate(copies, axis=1)
    other_twins = np.concatenate([np.exp(others) if k % 2 else others for k in range(6)], axis=1)
    found = resampled_aucs(twins, other_twins, draw(rng, 11, 37, count=200))
    assert (found == found[0]).all()
