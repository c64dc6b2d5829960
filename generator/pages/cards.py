"""Filters and claims as cards for galleries, tables and articles."""

from __future__ import annotations

from generator.findings.findings import (
    ClaimFinding,
    Exhibit,
    FilterFinding,
    Findings,
    Gate,
    LayerFinding,
    Verdict,
)
from generator.findings.number_text import NONE, amount, estimated, plural, probability
from generator.pages import paths
from generator.pages.formatting import ROLES, VERDICTS
from generator.pages.maps import of_claim
from generator.pages.parts import (
    ClaimCard,
    FilterCard,
    GateView,
    Link,
    PhotographView,
    Picture,
    Row,
    VerdictView,
)
from generator.pages.photographs import Frame, frame, numbers, show
from generator.pages.trust import figures
from generator.results.write import picture_path

SMALL = 160  # pixels of a gallery's pictures, at most


def layer_title(layer: LayerFinding) -> str:
    """The title that the spec gives a layer, or its dotted name."""
    return layer.title or layer.layer


def filter_card(layer: LayerFinding, found: FilterFinding) -> FilterCard:
    """The card of a filter, with its picture and the claims about it."""
    title = f"{layer_title(layer)} : {found.filter}"
    picture = Picture(
        small=paths.picture(found.layer, found.filter, "small"),
        large=paths.picture(found.layer, found.filter, "large"),
        evidence=picture_path(found.layer, found.filter) if found.original else "",
        side=found.rendering.size,
        small_side=min(SMALL, found.rendering.size),
        alt=f"Picture made to excite filter {found.filter} of {layer_title(layer)}",
    )
    return FilterCard(
        title=title,
        path=paths.html(paths.filter_page(found.layer, found.filter)),
        filter=found.filter,
        picture=picture,
        activation=amount(found.rendering.activation),
        dead=found.rendering.dead,
        claims=tuple(Link(c, paths.html(paths.claim_page(c))) for c in found.claims),
        figures=figures(found),
    )


def find_card(findings: Findings, layer: str, filter_index: int) -> FilterCard:
    """The card of a filter that the report covers."""
    entry = next(each for each in findings.layers if each.layer == layer)
    return filter_card(entry, next(f for f in entry.filters if f.filter == filter_index))


def verdict_view(verdict: Verdict) -> VerdictView:
    """A verdict with its word and tone."""
    word, tone, _ = VERDICTS[verdict.code]
    return VerdictView(verdict.code, word, tone, verdict.sentence, verdict.change)


def claim_card(findings: Findings, finding: ClaimFinding) -> ClaimCard:
    """A claim in short: statement, verdict, key numbers, the best photograph for and against."""
    claim = finding.claim
    card = find_card(findings, claim.layer, claim.filter)
    seen = frame(findings, claim.layer)
    return ClaimCard(
        id=claim.id,
        path=paths.html(paths.claim_page(claim.id)),
        statement=claim.statement,
        verdict=verdict_view(finding.verdict),
        filter=card,
        layer=card.title.rsplit(" : ", 1)[0],
        numbers=_key_numbers(finding),
        counts=", ".join(plural(finding.count(role), noun) for role, noun in ROLES.items()),
        n=" / ".join(str(finding.count(role)) for role in ROLES),
        best=_first(finding, finding.best, seen),
        counter=_first(finding, finding.counterexamples, seen),
        review=claim.review.status,
    )


def _key_numbers(finding: ClaimFinding) -> tuple[Row, ...]:
    rank = finding.results.t3
    place = f"{rank} ({rank.low} to {rank.high})" if rank else NONE
    return numbers(
        (
            ("AUC against controls", estimated(finding.results.t1)),
            ("AUC against look-alikes", estimated(finding.results.t2)),
            ("Rank in its layer", place),
            ("p after Holm", probability(finding.p_holm)),
        )
    )


def _first(
    finding: ClaimFinding, exhibits: tuple[Exhibit, ...], seen: Frame
) -> PhotographView | None:
    return next((show(e, maps=of_claim(finding), frame=seen) for e in exhibits), None)


def gate_views(gates: tuple[Gate, ...]) -> tuple[GateView, ...]:
    """The gates of the report, as every page that they concern lists them."""
    return tuple(GateView(gate.name, gate.held, gate.detail) for gate in gates)
