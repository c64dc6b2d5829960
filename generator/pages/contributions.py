"""What feeds a filter and what it feeds, as page sections."""

from __future__ import annotations

from collections.abc import Mapping

from generator.findings.contribution_types import ConnectedFilter, Contributions
from generator.findings.findings import FilterFinding, Findings
from generator.findings.number_text import fixed, plural
from generator.pages import paths
from generator.pages.filter_views import Connections, ConnectionView, FeedingView
from generator.pages.formatting import command
from generator.pages.parts import FilterCard, Link
from generator.pages.views import LayerView
from generator.results.paths import slug

Cards = Mapping[tuple[str, int], FilterCard]
WHY = {
    "image": "It reads the image itself: no filter comes before it.",
    "sum": "It reads a sum of several branches. Which of them raised it cannot be told from the "
    "weights, so nothing is said to feed it.",
    "product": "It reads channels that a gate has multiplied. What they carry is not one filter’s, "
    "so nothing is said to feed it.",
    "flattened": "It reads the places of maps one by one: no channel of what it reads "
    "is one filter’s, so nothing is said to feed it.",
    "reused": "The network runs it more than once: what it reads is not of one layer.",
    "kernel": "It has no weights between channels of its own.",
    "other": "What it reads is not one filter’s, channel by channel, so nothing is said to feed "
    "it.",
}


def cards_of(views: tuple[LayerView, ...]) -> Cards:
    """The card of every filter that has a page."""
    return {(view.module, card.filter): card for view in views for card in view.cards}


def feeding_view(
    findings: Findings, found: FilterFinding, cards: Cards, titles: Mapping[str, str]
) -> FeedingView | None:
    """The section of a filter's page; None where nothing was measured and nothing is missing."""
    fed = found.feeding
    if fed is None:
        return None

    def group(title: str, feeders: tuple[ConnectedFilter, ...]) -> Connections:
        shown = tuple(_connection(findings, each, cards, titles) for each in feeders)
        return Connections(title, shown)

    inward = (group("Excited by", fed.excites), group("Inhibited by", fed.inhibits))
    onward = (group("Excites", fed.drives), group("Inhibits", fed.damps))
    return FeedingView(
        lead=WHY[fed.why] if fed.why else _sum(fed, read=_is_read(findings, found)),
        inward=tuple(each for each in inward if each.shown),
        onward=tuple(each for each in onward if each.shown),
        without=_without(findings, found),
    )


def _is_read(findings: Findings, found: FilterFinding) -> bool:
    """Whether an activation function reads the filter's layer."""
    layers = (model.catalogue.find(found.rendering.layer) for model in findings.models)
    return any(layer is not None and layer.activation for layer in layers)


def _sum(fed: Contributions, *, read: bool) -> str:
    """How contributions add up to a mean response."""
    whole = fed.raised + fed.lowered + fed.bias
    side = " before the activation function" if read else ""
    return (
        f"Over {plural(fed.photographs, 'photograph')} its mean response{side} is "
        f"{fixed(whole)}: {signed(fed.raised)} from filters that excite it, "
        f"{signed(fed.lowered)} from those that inhibit it, {signed(fed.bias)} from its bias."
    )


def _connection(
    findings: Findings, feeder: ConnectedFilter, cards: Cards, titles: Mapping[str, str]
) -> ConnectionView:
    name = f"{feeder.layer}:{feeder.filter}"
    file = f"{slug(feeder.layer)}-{feeder.filter}.png"
    look = ("render", feeder.layer, str(feeder.filter), "-o", file)
    card = cards.get((feeder.layer, feeder.filter))
    return ConnectionView(
        layer=titles.get(feeder.layer, feeder.layer),
        filter=str(feeder.filter),
        contribution=signed(feeder.contribution),
        card=card,
        name=name,
        command="" if card else command(findings.study, *look),
    )


def _without(findings: Findings, found: FilterFinding) -> tuple[Link, ...]:
    """What the classifier loses without the filter, where a claim had it silenced (T7)."""
    return tuple(
        Link(
            f"Without it, the classes of this claim lose {fixed(t7.drop.value)} logits",
            paths.html(paths.claim_page(each.claim.id)),
        )
        for each in findings.claims
        if each.claim.id in found.claims and (t7 := each.results.t7)
    )


def signed(value: float) -> str:
    """A contribution: its sign always said, three digits where it is small."""
    size = abs(value)
    text = fixed(value, 1 if size >= 10 else 2 if size >= 0.1 else 4)
    return text if text.startswith("−") else f"+{text}"
