"""A layer looked at once for all of its filters: range, histogram, neighbours."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from generator.findings.findings import Histogram, Neighbour
from generator.findings.library_responses import (
    NEIGHBOURS,
    SHOWN_OF_A_FILTER,
    THROUGH,
    LibraryResponses,
    library_responses,
)
from generator.findings.response_table import tabulate
from generator.images.photographs import Photograph
from generator.results.write import results
from generator.spec.report import EvidenceSpec
from tests.findings.studies import case, detector, photographs, response


def look(values: object, evidence: EvidenceSpec | None = None) -> LibraryResponses:
    """The survey of mean activations after the activation function (photographs, channels)."""
    rows = np.asarray(values, dtype=float)
    library = photographs("p", len(rows))
    made = tuple(response(each, row) for each, row in zip(library, rows, strict=True))
    table = tabulate(evidence or EvidenceSpec(), made)[0]
    return library_responses(table, library)


def names(some: tuple[Photograph, ...]) -> list[int]:
    return [int(each.name[-7:-4]) for each in some]


def test_the_strongest_come_first_and_equals_in_the_order_of_their_names():
    seen = look([[1.0], [3.0], [2.0], [3.0], [0.0]])
    assert names(seen.strongest(0)) == [1, 3, 2, 0, 4]


def test_the_range_goes_evenly_down_to_the_least():
    seen = look(np.arange(101.0)[:, None])
    steps = seen.through(0)
    assert [share for share, _ in steps] == list(THROUGH)
    assert names(tuple(each for _, each in steps)) == [80, 60, 40, 20, 0]


@pytest.mark.parametrize("count", [1, 2, 9, 10, 11, 15, 30])
def test_no_photograph_is_shown_twice(count: int):
    seen = look(np.arange(float(count))[:, None])
    shown = names(seen.strongest(0) + tuple(each for _, each in seen.through(0)))
    assert len(set(shown)) == len(shown)
    assert shown == sorted(shown, reverse=True)
    if count > SHOWN_OF_A_FILTER:
        assert shown[-1] == 0  # the least is always there


def test_a_histogram_counts_every_photograph_and_says_where_its_line_is():
    values = np.array([0.0] * 90 + [4.0] * 6 + [10.0] * 4)[:, None]
    found = look(values).histogram(0)
    assert found is not None
    assert (found.low, found.high, found.threshold, found.share) == (0.0, 10.0, 5.0, 0.04)
    assert sum(found.counts) == 100
    assert (found.counts[0], found.counts[8], found.counts[-1]) == (90, 6, 4)
    assert found.active == 0.1


def test_a_constant_filter_excites_nothing():
    assert look([[2.0], [2.0], [2.0]]).histogram(0) == Histogram(2, 2, (3,), 2, 0, 1)
    assert look([[0.0], [0.0]]).histogram(0) == Histogram(0, 0, (2,), 0, 0, 0)
    assert look([[7.0]]).histogram(0) == Histogram(7, 7, (1,), 7, 0, 1)


def test_photographs_without_numbers_are_left_out():
    seen = look([[1.0, 0.0], [np.nan, 9.0], [2.0, np.inf], [0.0, 3.0]])
    assert names(seen.strongest(0)) == [0, 3]
    assert names(seen.strongest(1)) == [3, 0]
    nothing = look([[np.nan, 1.0]])
    assert (nothing.strongest(0), nothing.through(0), nothing.histogram(0)) == ((), (), None)
    assert nothing.neighbours([0]) == {}


def test_neighbours_respond_alike():
    base = np.array([1.0, 2.0, 3.0, 5.0])
    seen = look(np.stack([base, 3 * base + 1, -base, np.full(4, 7.0), base**2], axis=1))
    found = seen.neighbours([0, 3])
    assert [each.filter for each in found[0]] == [1, 4, 2]
    assert found[0][0].r == pytest.approx(1)
    assert found[0][-1] == Neighbour(2, pytest.approx(-1))
    assert found[3] == ()  # it never varies
    assert look([[1.0, 2.0], [2.0, 1.0]]).neighbours([0]) == {}


@given(arrays(np.float64, (12, 20), elements=st.integers(-9, 9).map(float)))
def test_neighbours_are_those_of_numpy(values: np.ndarray):
    seen = look(values)
    found = seen.neighbours(range(20))
    varying = np.ptp(values, axis=0) > 0
    with np.errstate(invalid="ignore"):
        expected = np.corrcoef(values.T)
    for index, near in found.items():
        others = [n for n in range(20) if n != index and varying[n] and varying[index]]
        best = sorted((expected[index, n] for n in others), reverse=True)[:NEIGHBOURS]
        assert [each.r for each in near] == pytest.approx(best, abs=1e-6)
        assert index not in {each.filter for each in near}


def test_all_of_it_is_in_the_findings_and_in_results_json():
    base = case(*detector())
    found = base.find().layers[0].filters[0]
    told = json.loads(results(base.find()))["filters"][0]
    assert [step["share"] for step in told["range"]] == list(THROUGH)
    assert told["range"][-1]["mean"] == pytest.approx(
        min(float(each.mean_after[0]) for each in base.responses), abs=1e-4
    )
    assert sum(told["histogram"]["counts"]) == len(base.responses)
    assert [number for number, _ in told["similar"]] == [each.filter for each in found.similar]
    assert len(told["similar"]) == NEIGHBOURS
    bare = replace(base, responses=()).find().layers[0].filters[0]
    assert (bare.range, bare.histogram, bare.similar) == ((), None, ())
