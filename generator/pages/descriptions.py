"""A page's meta description: one sentence for search engines."""

from __future__ import annotations

from textwrap import shorten

from generator.findings.number_text import plural
from generator.pages.filter_views import FilterView
from generator.pages.page import Page
from generator.pages.views import ClaimView, HomeView, LayerView, ReviewPageView, SheetView

FIXED = {
    "layers.md.j2": "Every layer of the report, with pictures of what its filters look for.",
    "method.md.j2": "How pictures are made, photographs scored and claims decided, line by line.",
    "calibration.md.j2": "How often tests and verdicts err where the truth is known: simulations.",
    "provenance.md.j2": "Where the network, the photographs and the numbers of a report come from.",
}
LONGEST = 240  # characters; what shows them cuts at about 160


def summary(page: Page) -> str:
    """What a page says, as far as one sentence can."""
    return shorten(_summary(page), LONGEST, placeholder=" …")


def _summary(page: Page) -> str:
    match page.view:
        case ClaimView(card=card):
            said = f"{card.verdict.word}: {card.statement}, said of {card.filter.title}."
            return f"{said} {card.verdict.sentence}"
        case FilterView(card=card, subjects=subjects):
            strongest = f" (strongest: {subjects})" if subjects else ""
            return (
                f"What excites {card.title}: photographs{strongest}, a picture made for it, and "
                "how far that can be believed."
            )
        case LayerView() | SheetView() as view:
            return _pictures(view)
        case HomeView(title=title, layers=layers, claims=claims):
            tested = plural(len(claims), "claim")
            return f"{title}: {plural(len(layers), 'layer')}, and {tested} tested on photographs."
        case ReviewPageView(tally=tally):
            counted = ", ".join(f"{row.cells[0]} {row.head.lower()}" for row in tally)
            return f"Every claim of the report with its verdict: {counted or 'none'}."
    return FIXED[page.template]


def _pictures(view: LayerView | SheetView) -> str:
    if isinstance(view, SheetView):
        filters = f"filters {view.layer.gallery.sheets[view.at - 1].title}"
        return f"{view.layer.title}: pictures of what {filters} look for."
    shown = f"{len(view.cards)} of {plural(view.channels, 'filter')}"
    return f"{view.title}: pictures of what {shown} look for."
