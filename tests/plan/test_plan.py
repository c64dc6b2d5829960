"""The plan: a key for everything that can change a result, and a reason in words."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.images.photographs import Photograph
from generator.models.card import ModelCard, Preprocessing
from generator.models.layers import vgg
from generator.plan import (
    History,
    MapTask,
    RenderTask,
    ResponseTask,
    Task,
    identity,
    key_of,
    ledger,
    plan,
    probes,
    renders,
    steps,
)
from generator.recipes.objective import Objective, Term, of_channel
from generator.recipes.presets import article, multiscale
from generator.spec.model import ModelSpec
from generator.spec.render import FilterSpec, LayerSpec, ObjectiveSpec, Overrides, RenderSpec
from generator.spec.study import Study
from tests import records

CATALOGUE = vgg("vgg16")
assert CATALOGUE is not None
PREPROCESSING = Preprocessing(256, 224, (0.5, 0.5, 0.5), (0.2, 0.2, 0.2))
CARD = ModelCard("vgg16", "W", "0" * 64, "a file", "none", PREPROCESSING, CATALOGUE)
PHOTOGRAPH = Photograph("images/a.jpg", "/somewhere/images/a.jpg", "1" * 64)
RENDER = RenderTask("features.5", of_channel(3), multiscale(), 0)
SCAN = ResponseTask("features.5", PHOTOGRAPH)
MAP = MapTask("features.5", PHOTOGRAPH, (3, 8))

places = st.none() | st.just("centre") | st.tuples(st.integers(0, 3), st.integers(0, 3))
terms = st.builds(Term, st.integers(0, 9), st.sampled_from([1.0, -1.0, 0.5]), places)
objectives = st.builds(of_channel, st.integers(0, 20)) | st.builds(
    Objective, st.lists(terms, min_size=1, max_size=2).map(tuple), st.booleans()
)
tasks = st.one_of(
    st.builds(
        RenderTask,
        st.sampled_from(["features.5", "features.51", "5"]),
        objectives,
        st.builds(
            lambda make, size: make(size),
            st.sampled_from([article, multiscale]),
            st.integers(56, 70),
        ),
        st.integers(0, 3),
        st.integers(0, 2),
        st.sampled_from(["auto", "fp32", "bf16"]),
    ),
    st.builds(ResponseTask, st.sampled_from(["a", "b"]), st.just(PHOTOGRAPH)),
    st.builds(
        MapTask,
        st.sampled_from(["a", "b"]),
        st.just(PHOTOGRAPH),
        st.sets(st.integers(0, 3)).map(lambda some: tuple(sorted(some))),
    ),
)


def key(task: Task, card: ModelCard = CARD) -> str:
    return key_of(identity(task, card))


@given(tasks, tasks)
def test_equal_tasks_have_equal_keys_and_no_others(one: Task, other: Task) -> None:
    assert (key(one) == key(other)) == (one == other)


@pytest.mark.parametrize(
    "other",
    [
        replace(RENDER, layer="features.7"),
        replace(RENDER, objective=of_channel(4)),
        replace(RENDER, seed=1),
        replace(RENDER, objective=Objective((Term(3, -1.0),))),
        replace(RENDER, objective=Objective((Term(3, at=(1, 2)),))),
        replace(RENDER, objective=Objective((Term(3),), direction=True)),
        replace(RENDER, variant=1),
        replace(RENDER, precision="fp32"),
        replace(RENDER, recipe=article()),
        replace(RENDER, recipe=multiscale(224)),
        replace(RENDER, recipe=replace(multiscale(), version=99)),
        replace(RENDER, recipe=replace(multiscale(), weight_decay=1e-9)),
        replace(RENDER, recipe=replace(multiscale(), bounded=False)),
    ],
)
def test_every_parameter_of_a_picture_is_in_its_key(other: RenderTask) -> None:
    assert key(other) != key(RENDER)


@pytest.mark.parametrize("task", [RENDER, SCAN, MAP])
@pytest.mark.parametrize(
    "card",
    [
        replace(CARD, digest="2" * 64),
        replace(CARD, architecture="vgg19"),
        replace(CARD, preprocessing=replace(PREPROCESSING, crop=192)),
    ],
)
def test_the_model_is_in_every_key(task: Task, card: ModelCard) -> None:
    assert key(task, card) != key(task)


@pytest.mark.parametrize("task", [RENDER, SCAN, MAP])
def test_where_the_same_weights_came_from_is_not(task: Task) -> None:
    elsewhere = replace(CARD, source="torch's cache", weights="my.pth", licence="MIT")
    assert key(task, elsewhere) == key(task)


@pytest.mark.parametrize("task", [SCAN, MAP])
def test_a_photograph_counts_by_its_bytes_not_by_its_name(task: ResponseTask | MapTask) -> None:
    moved = replace(PHOTOGRAPH, name="b.jpg", path="/b.jpg", tags=frozenset({"cat"}))
    assert key(replace(task, photograph=moved)) == key(task)
    assert key(replace(task, photograph=replace(PHOTOGRAPH, sha256="3" * 64))) != key(task)


def rewritten(study: Study, **changes: Any) -> Study:
    """The study with the same change in each of its claims."""
    claims = tuple(claim.model_copy(update=changes) for claim in study.spec.claims)
    return replace(study, spec=study.spec.model_copy(update={"claims": claims}))


def test_a_claim_s_words_are_in_no_key() -> None:
    study = records.study()
    memory = History(lambda _: False, {})
    reworded = rewritten(study, statement="Something else altogether")
    for before, after in zip(
        asdict_keys(plan(study, CARD, memory)),
        asdict_keys(plan(reworded, CARD, memory)),
        strict=True,
    ):
        assert before == after


def asdict_keys(planned: Any) -> list[str]:
    return [step.key for step in (*planned.renders, *planned.scans)]


@pytest.mark.parametrize(
    ("asked", "filters", "each"), [(3, 64, 3), (3, 65, 2), (1, 65, 0), (2, 100, 2), (1, 1, 0)]
)
def test_a_layer_of_many_filters_is_judged_by_two_seeds(asked: int, filters: int, each: int):
    study = records.study()
    layers = (LayerSpec(layer="features.28", filters=tuple(range(filters))),)
    changes = {"layers": layers, "claims": (), "render": RenderSpec(stability=asked)}
    made = probes(replace(study, spec=study.spec.model_copy(update=changes)))
    assert len(made) == filters * each
    assert {task.seed for task in made} == set(range(each))


def why(
    before: Task | None, after: Task, *, cards: tuple[ModelCard, ModelCard] = (CARD, CARD)
) -> str:
    """The reason for ``after`` where the last build made ``before``."""
    nothing = History(lambda _: False, {})
    old = ledger(steps([before], cards[0], nothing), cards[0]) if before else {}
    (step,) = steps([after], cards[1], History(lambda _: False, old))
    return step.reason


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (None, RENDER, "new"),
        (replace(RENDER, objective=of_channel(9)), RENDER, "new"),
        (RENDER, RENDER, "missing from the store"),
        (MAP, replace(MAP, filters=(3, 9)), "other filters"),
        (RENDER, replace(RENDER, recipe=article()), "recipe multiscale → article"),
        (RENDER, replace(RENDER, recipe=multiscale(224)), "size 408 → 224"),
        (RENDER, replace(RENDER, seed=1), "seed 0 → 1"),
        (
            RENDER,
            replace(RENDER, recipe=article(100), seed=7),
            "recipe multiscale → article, seed 0 → 7",
        ),
        (
            RENDER,
            replace(RENDER, recipe=replace(multiscale(), version=99)),
            "the recipe's constants changed",
        ),
        (RENDER, replace(RENDER, precision="bf16"), "precision auto → bf16"),
        (replace(RENDER, precision="fp32"), RENDER, "precision fp32 → auto"),
        (RENDER, replace(RENDER, role="beside"), "new"),
        (RENDER, replace(RENDER, variant=1), "new"),
        (
            SCAN,
            replace(SCAN, photograph=replace(PHOTOGRAPH, sha256="9" * 64)),
            "the photograph changed",
        ),
        (MAP, MAP, "missing from the store"),
    ],
)
def test_reasons_in_words(before: Task | None, after: Task, reason: str) -> None:
    assert why(before, after) == reason


def test_the_model_as_a_reason() -> None:
    other = replace(CARD, digest="2" * 64)
    assert why(SCAN, SCAN, cards=(CARD, other)) == "other weights"
    other = replace(CARD, preprocessing=replace(PREPROCESSING, resize=300))
    assert why(SCAN, SCAN, cards=(CARD, other)) == "other preprocessing"
    other = replace(CARD, architecture="vgg19")
    assert why(SCAN, SCAN, cards=(CARD, other)) == "architecture vgg16 → vgg19"


def test_what_lies_in_the_store_has_no_reason() -> None:
    here = key(RENDER)
    made, due = steps(
        [RENDER, replace(RENDER, objective=of_channel(5))],
        CARD,
        History(lambda key: key == here, {}),
    )
    assert (made.reason, due.reason) == ("", "new")


def test_without_weights_everything_is_due() -> None:
    planned = plan(records.study(), None, History(lambda _: pytest.fail("asked the store"), {}))
    reasons = {step.reason for step in (*planned.renders, *planned.scans)}
    assert reasons == {"the weights have not been fetched yet"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(["layer", "filter", "recipe", "seed", "weights", "kind", "x"]), json_values
    )
    | st.fixed_dictionaries(
        {"recipe": st.dictionaries(st.sampled_from(["name", "scales"]), json_values)}
    )
)
def test_any_ledger_gives_a_reason(written: dict[str, Any]) -> None:
    (step,) = steps([RENDER], CARD, History(lambda _: False, {RENDER.name: written}))
    assert step.reason


def test_every_filter_that_is_listed_or_claimed_gets_a_picture() -> None:
    spec = records.spec().model_copy(
        update={"render": RenderSpec(recipe=("article",), size=64, seed=5), "model": ModelSpec()}
    )
    made = renders(records.study(spec_=spec))
    assert [(task.layer, task.objective.channel) for task in made] == [
        ("features.24", 456),
        ("features.24", 45),
        ("features.28", 501),
        ("features.28", 286),
    ]
    assert {(task.recipe.name, task.recipe.size, task.seed) for task in made} == {
        ("article", 64, 5)
    }
    assert asdict(made[0].recipe)["scales"][-1]["side"] == 64


def test_recipes_variants_and_objectives_each_get_their_pictures() -> None:
    layer = LayerSpec(
        layer="features.28",
        filters=(501, FilterSpec(filter=286, recipe=("fourier", "article"), variants=3, size=96)),
        render=Overrides(seed=7),
        objectives=(ObjectiveSpec(id="silence", filter=501, negative=True, size=64),),
    )
    spec = records.spec().model_copy(update={"layers": (layer,), "claims": ()})
    made = renders(replace(records.study(), spec=spec))
    assert [(task.name, task.recipe.size, task.seed) for task in made] == [
        ("render features.28:501", 408, 7),
        ("render features.28:286", 96, 7),
        ("render features.28:286, variant 2", 96, 7),
        ("render features.28:286, variant 3", 96, 7),
        ("render features.28:286 with article", 96, 7),
        ("render features.28, the negative of the mean of filter 501, which silences it", 64, 7),
    ]
    assert [task.recipe.name for task in made[1:5]] == ["fourier", "fourier", "fourier", "article"]


def test_what_a_picture_is_for_is_not_in_its_key() -> None:
    assert key(replace(RENDER, role="beside")) == key(replace(RENDER, role="probe")) == key(RENDER)
