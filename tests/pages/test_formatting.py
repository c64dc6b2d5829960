"""Numbers and codes as words."""

import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.findings import number_text
from generator.findings.claim_tests.t3_which_filter import Rank
from generator.findings.estimate import Estimate
from generator.pages import formatting, paths
from tests import records


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.934, 2, "0.93"),
        (-1.5, 1, "−1.5"),
        (-0.001, 2, "0.00"),
        (1234567.0, 0, "1\u202f234\u202f567"),
        (math.nan, 2, "—"),
        (math.inf, 2, "—"),
        (None, 2, "—"),
    ],
)
def test_fixed_numbers(value: float | None, digits: int, text: str):
    assert number_text.fixed(value, digits) == text


@pytest.mark.parametrize(
    ("p", "text"), [(0.00004, "< 0.0001"), (0.0001, "0.0001"), (1.0, "1.0000"), (None, "—")]
)
def test_a_small_p_is_never_zero(p: float | None, text: str):
    assert number_text.probability(p) == text


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_every_amount_can_be_printed(value: float):
    text = number_text.amount(value)
    assert text == number_text.NONE or set(text) <= set("0123456789.−\u202f")


def test_estimates_and_ranks_carry_their_intervals():
    estimate = Estimate(0.93, 0.88, 0.97)
    assert number_text.estimated(estimate) == "0.93 (0.88 to 0.97)"
    assert number_text.estimated(None) == number_text.interval(None) == "—"
    assert str(Rank(2, 1, 5, 512, 3, estimate)) == "2 of 512"


def test_commands_are_quoted_for_a_shell():
    assert formatting.command(records.study(), "score", "a b.jpg", "$(x)") == (
        "python -m generator score 'a b.jpg' '$(x)'"
    )
    elsewhere = replace(records.study(), file=Path("my report.yml"))
    assert (
        formatting.command(elsewhere, "build") == "python -m generator build --spec 'my report.yml'"
    )


@given(st.text(min_size=1, max_size=120), st.text(min_size=1, max_size=120))
def test_slugs_are_safe_file_names_and_tell_layers_apart(one: str, other: str):
    slug = paths.slug(one)
    assert slug not in {"", ".", ".."}
    assert re.fullmatch(r"[A-Za-z0-9._-]+", slug)
    assert len(slug) <= 80
    assert (slug == paths.slug(other)) == (one == other)


def test_a_share_and_its_interval_are_per_cent():
    assert number_text.estimated_share(Estimate(0.83, 0.68, 0.92, 0.01)) == "83 % (68 % to 92 %)"
    assert number_text.share_interval(None) == number_text.estimated_share(None) == "—"
