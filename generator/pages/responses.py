"""A filter's responses to all photographs: histogram, range, similar filters."""

from __future__ import annotations

from generator.findings.findings import FilterFinding, Findings, Histogram
from generator.findings.number_text import amount, fixed, percent, plural
from generator.pages.charts import Bar, histogram
from generator.pages.filter_views import NeighbourView, RangeView, SpreadView
from generator.pages.maps import of_filter
from generator.pages.parts import FilterCard, Row
from generator.pages.photographs import frame, show
from generator.pages.views import LayerView


def spread_view(found: FilterFinding) -> SpreadView | None:
    """The histogram of a filter's responses, with the same numbers as a table."""
    made = found.histogram
    if made is None:
        return None
    ends = _ends(made)
    bars = tuple(
        Bar(count, f"{amount(low)} to {amount(high)}: {plural(count, 'photograph')}")
        for count, low, high in zip(made.counts, ends, ends[1:], strict=False)
    )
    span = (made.high - made.low) or 1.0
    total = plural(sum(made.counts), "photograph")
    alt = f"Responses to {total}, from {amount(made.low)} to {amount(made.high)}"
    return SpreadView(
        svg=histogram(bars, (made.threshold - made.low) / span, alt),
        low=amount(made.low),
        high=amount(made.high),
        threshold=amount(made.threshold),
        share=percent(made.share),
        active=percent(made.active),
        rows=tuple(Row(bar.text.split(": ")[0], (str(bar.count),)) for bar in bars if bar.count),
    )


def _ends(made: Histogram) -> tuple[float, ...]:
    """Where the bins begin and end."""
    step = (made.high - made.low) / max(1, len(made.counts))
    return tuple(made.low + step * at for at in range(len(made.counts) + 1))


def range_views(findings: Findings, found: FilterFinding) -> tuple[RangeView, ...]:
    """Photographs on the way down, each with the share of all that excite the filter less."""
    maps, seen = of_filter(found), frame(findings, found.layer)
    return tuple(
        RangeView(_above(each.share), show(each.exhibit, maps=maps, frame=seen))
        for each in found.range
    )


def _above(share: float) -> str:
    return "the weakest of all" if share <= 0 else f"above {percent(share)} of all"


def neighbour_views(found: FilterFinding, view: LayerView) -> tuple[NeighbourView, ...]:
    """The filters that respond most alike; with a card where the report shows them."""
    cards: dict[int, FilterCard] = {card.filter: card for card in view.cards}
    return tuple(
        NeighbourView(str(each.filter), fixed(each.r), cards.get(each.filter))
        for each in found.similar
    )
