"""AUCs of photographs that are not independent, and within strata."""

from __future__ import annotations

import numpy as np
import pytest

from generator.statistics import auc_interval, auc_p, compare, grouped, sign_flip_p, stratified


def samples(seed: int = 0, n1: int = 24, n0: int = 60) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(1, 1, n1), rng.normal(0, 1, n0)


def test_photographs_that_stand_alone_change_nothing() -> None:
    found = compare(*samples())
    alone = grouped(found, np.arange(24), np.arange(60))
    assert auc_interval(alone) == pytest.approx(auc_interval(found))


def test_a_sample_repeated_says_no_more_than_once() -> None:
    x, y = samples()
    twice = grouped(compare(np.repeat(x, 3), y), np.repeat(np.arange(24), 3), np.arange(60))
    assert twice.sizes == (24, 60)
    assert auc_interval(twice) == pytest.approx(auc_interval(compare(x, y)), abs=1e-9)
    naive, honest = (auc_interval(each) for each in (compare(np.repeat(x, 3), y), twice))
    assert naive.high - naive.low < 0.8 * (honest.high - honest.low)


def test_the_variance_is_obuchowski_s() -> None:
    x, y = samples()
    labels = np.arange(24) // 4
    found = compare(x, y)
    sums = [found.influences[0][labels == g].sum() for g in range(6)]
    expected = 6 / 5 * sum(s**2 for s in sums) / 24**2
    own = grouped(found, labels, np.arange(60)).influences[0]
    assert (own**2).sum() / 5 / 6 == pytest.approx(expected)


def test_strata_are_compared_within_themselves() -> None:
    x, y = samples(n1=20, n0=40)
    apart = [compare(x[:12], y[:25]), compare(x[12:] + 100, y[25:] + 100)]
    found = stratified(apart, (0.6, 0.4))
    assert found.auc == pytest.approx(0.6 * apart[0].auc + 0.4 * apart[1].auc)
    variance = sum(
        float((part**2).sum()) / (len(part) - 1) / len(part) for part in found.influences
    )
    each = [
        sum(float((part**2).sum()) / (len(part) - 1) / len(part) for part in one.influences)
        for one in apart
    ]
    assert variance == pytest.approx(0.36 * each[0] + 0.16 * each[1])


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("line", [0.5, 0.75])
def test_p_and_interval_agree_on_what_is_certain(seed: int, line: float) -> None:
    found = compare(*samples(seed))
    assert (auc_p(found, line) <= 0.025) == (auc_interval(found).low >= line)


def test_p_is_one_where_the_estimate_is_not_above_the_line() -> None:
    found = compare(*samples())
    assert auc_p(found, found.auc) == 1
    assert auc_p(compare(np.ones(1), np.zeros(9)), 0.5) == 1


def test_signs_are_flipped() -> None:
    rng = np.random.default_rng(0)
    assert sign_flip_p(np.array([1.0, 2.0, 3.0]), rng) == 1 / 8
    assert sign_flip_p(np.array([1.0, -2.0, 3.0]), rng) == 3 / 8
    assert sign_flip_p(np.zeros(5), rng) == 1
    assert sign_flip_p(np.full(30, 0.5), rng) == 1 / 10_000
    null = [sign_flip_p(rng.normal(0, 1, 12), rng) for _ in range(300)]
    assert 0.02 <= np.mean([p <= 0.05 for p in null]) <= 0.09
