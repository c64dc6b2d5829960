"""Which photographs are shown, and that a contact sheet is one file whatever they are called."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from generator.artifacts.artifact import Responses
from generator.commands.explore.contact_sheet import contact_sheet
from generator.commands.explore.samples import choose, sample
from generator.findings.response_table import tabulate
from generator.models.card import Preprocessing
from generator.spec.report import EvidenceSpec
from tests.hostile import HOSTILE
from tests.records import library

NUMBERS = st.lists(st.floats(-10, 10, width=32), min_size=1, max_size=40)


@given(NUMBERS, st.integers(1, 15))
def test_each_is_shown_once_and_sections_do_not_cross(values: list[float], count: int) -> None:
    responses = np.array(values)
    chosen = choose(responses, count)
    shown = [index for section in chosen.values() for index in section]
    assert len(set(shown)) == len(shown)
    assert all(len(section) <= count for section in chosen.values())
    assert len(shown) == min(len(values), 3 * count)
    assert list(chosen) == ["top", "range", "bottom"]
    in_order = responses[shown]
    assert np.all(np.diff(in_order) <= 0)
    assert chosen["top"] and responses[chosen["top"][0]] == responses.max()


def test_the_range_is_even_in_the_response_not_in_the_rank() -> None:
    values = np.concatenate([np.zeros(90), np.arange(1, 11)])
    chosen = choose(values, 3)
    assert values[list(chosen["top"])].tolist() == [10, 9, 8]
    assert values[list(chosen["range"])].tolist() == [7, 5, 3]  # near 7.5, 5 and 2.5


def test_places_and_z() -> None:
    photographs = library()[:6]
    after = np.array([3.0, 1.0, 5.0, 0.0, 4.0, 2.0], dtype=np.float32)
    responses = tuple(
        Responses("l", photograph.sha256, *(np.array([0.0, value * k], "f4") for k in (0, 0, 1, 2)))
        for photograph, value in zip(photographs, after, strict=True)
    )
    (table,) = tabulate(EvidenceSpec(), responses)
    twin = replace(photographs[0], name="the same file again")
    samples = sample(table, 1, (*photographs, twin), count=2)
    assert [each.place for each in samples] == [1, 2, 3, 4, 5, 6]
    assert [each.mean for each in samples] == [5, 4, 3, 2, 1, 0]
    assert [each.max for each in samples] == [10, 8, 6, 4, 2, 0]
    assert samples[0].z == pytest.approx(2.5 / after.std())
    dead = sample(table, 0, photographs, count=2)
    assert {each.z for each in dead} == {0.0}


@pytest.mark.parametrize("text", HOSTILE)
def test_a_sheet_of_hostile_names(text: str) -> None:
    (photograph,) = library()[:1]
    responses = Responses("l", photograph.sha256, *(np.ones(1, "f4") for _ in range(4)))
    (table,) = tabulate(EvidenceSpec(), (responses,))
    samples = sample(table, 0, [replace(photograph, name=text, subject=text)], count=1)
    seen = Preprocessing(64, 48, (0.5, 0.5, 0.5), (1, 1, 1))
    page = contact_sheet(text, samples, preprocessing=seen)
    tags = re.findall(r"<(\w+)", page)
    assert tags == re.findall(
        r"<(\w+)", contact_sheet("x", samples_named(samples), preprocessing=seen)
    )
    (data,) = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', page)
    with Image.open(io.BytesIO(base64.b64decode(data))) as image:
        assert (image.format, image.size) == ("JPEG", (48, 48))


def samples_named(samples: tuple) -> tuple:
    """The same with harmless names."""
    return tuple(
        replace(each, photograph=replace(each.photograph, name="x", subject="x"))
        for each in samples
    )
