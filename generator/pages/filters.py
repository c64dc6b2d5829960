"""The page of a filter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import shorten

from generator.findings.findings import FilterFinding, Findings, LayerFinding
from generator.findings.number_text import amount
from generator.pages import paths
from generator.pages.cards import gate_views, layer_title
from generator.pages.contributions import Cards, cards_of, feeding_view
from generator.pages.filter_views import FilterView
from generator.pages.layers import WIDE, layer_link
from generator.pages.maps import of_filter
from generator.pages.other_pictures import again, besides
from generator.pages.page import Page
from generator.pages.parts import ClaimCard, FilterCard, Group, Jump, Link, Row
from generator.pages.photographs import credit, frame, numbers, show
from generator.pages.responses import neighbour_views, range_views, spread_view
from generator.pages.trust import curve_view, growth, marks, path_view
from generator.pages.views import LayerView
from generator.results.write import picture_path

NAMED, WIDEST = 5, 40  # subjects in a line, and characters of each


@dataclass(frozen=True, slots=True)
class _Report:
    """What the pages of all filters look up."""

    findings: Findings
    claims: Mapping[str, ClaimCard]
    cards: Cards
    titles: Mapping[str, str]  # of layers


def filter_pages(findings: Findings, views: tuple[LayerView, ...]) -> tuple[Page, ...]:
    """One page for each filter, layer by layer."""
    report = _Report(
        findings,
        {card.id: card for view in views for card in view.claims},
        cards_of(views),
        {view.module: view.title for view in views},
    )
    return tuple(
        _page(report, layer, view, at)
        for layer, view in zip(findings.layers, views, strict=True)
        for at in range(len(layer.filters))
    )


def _page(report: _Report, layer: LayerFinding, view: LayerView, at: int) -> Page:
    findings, claims = report.findings, report.claims
    found, card = layer.filters[at], view.cards[at]
    rendering = found.rendering
    about = tuple(claims[each] for each in found.claims if each in claims)
    made = FilterView(
        card=card,
        layer=layer_link(layer),
        module=found.layer,
        jump=Jump(view.title, view.numbers),
        top=_top(findings, found),
        subjects=_subjects(found),
        spread=spread_view(found),
        range=range_views(findings, found),
        similar=neighbour_views(found, view),
        feeding=feeding_view(findings, found, report.cards, report.titles),
        trust=marks(
            found,
            photographs=len(findings.study.library),
            seeds=found.trust.seeds if found.trust else 0,
        ),
        others=besides(findings, found, card.title),
        growth=growth(rendering, card.title),
        curve=curve_view(rendering),
        path=path_view(found.trust),
        facts=_facts(found),
        history=tuple(
            Row(f"{side_} px", (amount(value),))
            for side_, value in zip(rendering.sides, rendering.history, strict=True)
        ),
        claims=about,
        gates=gate_views(findings.gates) if about else (),
        command=_again(findings, found),
        json=paths.filter_json(found.layer, found.filter),
        credits=credit((*found.top, *(each.exhibit for each in found.range))),
        previous=_beside(view, at - 1),
        next=_beside(view, at + 1),
    )
    path = paths.filter_page(found.layer, found.filter)
    return Page(path, f"{layer_title(layer)} : {found.filter}", "filter.md.j2", made, hide=WIDE)


def _beside(view: LayerView, at: int) -> Link | None:
    if not 0 <= at < len(view.cards):
        return None
    card: FilterCard = view.cards[at]
    return Link(str(card.filter), card.path)


def _top(findings: Findings, found: FilterFinding) -> Group:
    seen, maps = frame(findings, found.layer), of_filter(found)
    shown = tuple(show(each, maps=maps, frame=seen) for each in found.top)
    lead = (
        f"The strongest of the {found.scanned:,} images that were scanned, each file once, by the "
        "filter’s response. They show the filter; no claim is tested on them."
        if found.scanned
        else f"The strongest of the {len(findings.study.library)} photographs of this report, by "
        "the filter’s response."
    )
    title = "The photographs that excite it most"
    return Group("top", title, lead, shown, "No photographs were scanned.")


def _subjects(found: FilterFinding) -> str:
    """What the strongest photographs show, each thing once: what a search finds the filter by."""
    named = (each.score.photograph.subject for each in found.top)
    short = (shorten(subject, WIDEST, placeholder=" …") for subject in named if subject)
    return ", ".join(list(dict.fromkeys(short))[:NAMED])


def _again(findings: Findings, found: FilterFinding) -> str:
    path = picture_path(found.layer, found.filter)
    return again(findings.study, found.rendering, str(found.filter), path)


def _facts(found: FilterFinding) -> tuple[Row, ...]:
    rendering = found.rendering
    fast = "" if rendering.arithmetic == "fp32" else "; figures in fp32"
    return numbers(
        (
            ("Published activation", amount(rendering.activation)),
            ("Recipe", rendering.recipe),
            ("Seed", str(rendering.seed)),
            ("Size", f"{rendering.size} × {rendering.size} px"),
            ("Device", rendering.device),
            ("Arithmetic", rendering.arithmetic + fast),
        )
    )
