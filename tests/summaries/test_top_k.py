"""The strongest images of a chunk, found by whole numbers, against the definition."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from generator.summaries.top_k import Ranking, top_order

values = st.sampled_from([0.0, 1.0, -1.0, 2.5, -2.5, 1e-40, -1e-40, 3e38, -3e38]) | st.floats(
    -(2.0**31), 2.0**31, width=32
)


@given(st.lists(st.tuples(st.integers(0, 2**64 - 1), values, values), min_size=1), st.data())
def test_nothing_among_the_strongest_is_lost(
    rows: list[tuple[int, float, float]], data: st.DataObject
) -> None:
    """Images may come twice, with other responses; equals are told apart by their identity."""
    rows += data.draw(st.lists(st.sampled_from(rows)))
    top = data.draw(st.integers(1, 6))
    ids = np.array([id_ for id_, *_ in rows], np.uint64)
    table = np.array([both for _, *both in rows], np.float32) + np.float32(0)
    whole = Ranking(table, np.broadcast_to(ids[:, None], table.shape))
    wanted = whole.strongest(top)
    found = top_order(table, ids, top).strongest(top)
    np.testing.assert_array_equal(found.values, wanted.values)
    np.testing.assert_array_equal(found.ids, wanted.ids)


def test_few_of_many_are_kept() -> None:
    table = np.random.default_rng(0).normal(size=(128, 7)).astype(np.float32)
    kept = top_order(table, np.arange(128, dtype=np.uint64), 9)
    np.testing.assert_array_equal(kept.values, -np.sort(-table, axis=0)[:9])
