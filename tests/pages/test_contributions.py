"""The way from filter to filter: links where there is a page, a command where there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.findings.contribution_types import ConnectedFilter, Contributions
from generator.findings.findings import Findings
from generator.pages import compose
from generator.pages.contributions import WHY, signed
from generator.pages.filter_views import FeedingView, FilterView
from tests import records


def section(feeding: Contributions | None, *, activation: str = "") -> FeedingView | None:
    """What the page of the first filter says of it."""
    findings = records.findings()
    (card,) = findings.models
    layers = (replace(each, activation=activation) for each in card.catalogue.layers)
    card = replace(card, catalogue=replace(card.catalogue, layers=tuple(layers)))
    findings = replace(findings, models=(card,))
    layer = findings.layers[0]
    fed = replace(layer.filters[0], feeding=feeding)
    layers = (replace(layer, filters=(fed, *layer.filters[1:])), *findings.layers[1:])
    made: Findings = replace(findings, layers=layers)
    views = [page.view for page in compose(made).pages if isinstance(page.view, FilterView)]
    return views[0].feeding


def test_filters_with_a_page_are_linked_and_the_others_can_be_looked_at() -> None:
    last = records.findings().layers[-1]
    here = ConnectedFilter(last.layer, last.filters[0].filter, 1.25, 3.0)
    there = ConnectedFilter("features.26", 77, -0.0123, -1.0)
    found = section(
        Contributions(
            excites=(here,), inhibits=(there,), drives=(there,), raised=1.25, lowered=-0.0123
        )
    )
    assert found is not None
    assert [part.title for part in found.inward] == ["Excited by", "Inhibited by"]
    assert [part.title for part in found.onward] == ["Excites"]
    shown = found.inward[0].shown[0]
    assert shown.card is not None
    assert shown.card.path == f"layers/{last.layer}/{last.filters[0].filter}.html"
    assert (shown.contribution, shown.command) == ("+1.25", "")
    assert [len(part.linked) for part in (*found.inward, *found.onward)] == [1, 0, 0]
    (unseen,) = found.unseen
    assert unseen.card is None
    assert unseen.contribution == "−0.0123"
    assert unseen.command.startswith("python -m generator render features.26 77 -o features.26-77")


@pytest.mark.parametrize("why", WHY)
def test_a_reason_in_place_of_a_list(why: str) -> None:
    found = section(Contributions(why=why))
    assert found is not None
    assert found.lead == WHY[why]
    assert (found.inward, found.onward, found.unseen) == ((), (), ())


@pytest.mark.parametrize("activation", ["", "features.25"])
def test_contributions_are_to_the_layer_s_own_output(activation: str) -> None:
    found = section(
        Contributions(raised=2.0, lowered=-0.5, bias=0.25, photographs=3), activation=activation
    )
    assert found is not None
    side = " before the activation function" if activation else ""
    assert found.lead.startswith(f"Over 3 photographs its mean response{side} is 1.75: +2.00")


def test_nothing_measured_is_no_section() -> None:
    assert section(None) is None


@pytest.mark.parametrize(
    ("value", "text"), [(12.34, "+12.3"), (-0.5, "−0.50"), (0.00004, "+0.0000"), (0.0, "+0.0000")]
)
def test_contributions_say_their_sign(value: float, text: str) -> None:
    assert signed(value) == text
