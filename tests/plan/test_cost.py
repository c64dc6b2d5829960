"""What a plan costs: as much as there is due, and said before anything starts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.plan import History, Speed, cost, explain, plan, tell
from generator.plan.cost import Cost, between
from generator.plan.report import duration, size
from generator.spec.report import Spec
from generator.spec.study import Study
from tests import records
from tests.plan.test_plan import CARD, CATALOGUE

PACE = Speed("CPU", 2, (("features.0", 0.01), ("features.28", 0.29)), 0.05, 0.2)
NOTHING = History(lambda _: False, {})
EVERYTHING = History(lambda _: True, {})


def study(**changes: object) -> Study:
    """Every filter of VGG-16 over the photographs of the records."""
    spec = Spec(version=1, title="t", layers=("all",)).with_all({"": CATALOGUE})
    return replace(records.study(), spec=spec.model_copy(update=changes), evidence=())


def costs(asked: Study, memory: History = NOTHING, pace: Speed = PACE) -> Cost:
    return cost(asked, CARD, plan(asked, CARD, memory), pace)


def test_all_filters_of_vgg16_are_planned_and_counted() -> None:
    lines = list(explain(plan(study(), CARD, NOTHING)))
    assert lines[0] == "render features.0, 64 pictures: new"
    assert lines[13] == "render features.0, 192 small pictures: new"
    assert len(lines) == 13 + 13 + 1 + 1
    # Three seeds in the two layers of 64 filters, two where there are more.
    small = 3 * 128 + 2 * (4224 - 128)
    assert lines[-1].startswith(f"{4224 + small} of {4224 + small} pictures and ")


def test_time_is_that_of_the_steps() -> None:
    whole = costs(study())
    twice = costs(study(), pace=replace(PACE, steps=tuple((n, 2 * s) for n, s in PACE.steps)))
    bare = costs(study(), pace=replace(PACE, steps=tuple((n, 0.0) for n, _ in PACE.steps)))
    assert twice.pictures - whole.pictures == pytest.approx(whole.pictures - bare.pictures)
    assert twice.photographs == whole.photographs
    recipe = plan(study(), CARD, NOTHING).renders[0].task.recipe
    # Filters at each depth, on the line between both layers that were timed.
    order = [layer.name for layer in CATALOGUE.layers]
    last = order.index("features.28")
    expected = sum(
        layer.channels * recipe.cost * (0.01 + 0.28 * order.index(layer.name) / last)
        for layer in CATALOGUE.convolutions
    )
    assert whole.pictures - bare.pictures == pytest.approx(expected)


def test_what_lies_in_the_store_costs_nothing_but_pages() -> None:
    made = costs(study(), EVERYTHING)
    assert (made.pictures, made.small, made.photographs, made.store) == (0, 0, 0, 0)
    assert made.pages > 100
    assert made.site == costs(study()).site


def test_what_is_due_and_what_it_rests_on_is_said() -> None:
    seen = costs(study())
    lines = list(tell(seen, PACE, free=10**15))
    assert lines[0].startswith(f"time: about {duration(seen.seconds)} of one core (pictures ")
    assert lines[0].endswith(f"at best {duration(seen.seconds / 2)} on 2 cores")
    assert lines[1].endswith("1000000.0 GB free")
    assert "steps at features.0, features.28 and two photographs" in lines[2]
    assert next(tell(seen, replace(PACE, cores=0, device="a GPU"), free=1)).count("on a GPU") == 1
    assert list(tell(seen, PACE, free=10**6))[1].endswith("1 MB free: TOO LITTLE")


@given(st.lists(st.tuples(st.integers(0, 50), st.floats(0, 9)), min_size=1), st.integers(-5, 60))
def test_between_layers_lies_between_their_seconds(known: list[tuple[int, float]], at: int) -> None:
    ordered = sorted(dict(known).items())
    seconds = between(ordered, at)
    assert min(s for _, s in ordered) - 1e-9 <= seconds <= max(s for _, s in ordered) + 1e-9
    if at in dict(ordered):
        assert seconds == pytest.approx(dict(ordered)[at])


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "1 s"), (59, "59 s"), (3599, "59 min"), (7384, "2 h 3 min")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(("count", "text"), [(10, "1 MB"), (2.5e6, "2 MB"), (2.26e9, "2.3 GB")])
def test_sizes(count: float, text: str) -> None:
    assert size(int(count)) == text
