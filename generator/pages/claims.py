"""The page of a claim."""

from __future__ import annotations

import statistics

from generator.findings.findings import ClaimFinding, Exhibit, Findings, Score
from generator.findings.number_text import NONE, amount, exact, fixed, probability
from generator.pages import paths
from generator.pages.cards import claim_card, gate_views
from generator.pages.charts import Dots, Strip, Svg, profile
from generator.pages.claim_notes import claim_notes
from generator.pages.comparisons import comparison_of
from generator.pages.formatting import ROLES, command
from generator.pages.maps import of_claim
from generator.pages.page import Page
from generator.pages.parts import Group, Link, PhotographView, ReviewView, Row
from generator.pages.photographs import credit, frame, numbers, show
from generator.pages.source_links import lines_of
from generator.pages.test_table import bins, details, rows_of_tests
from generator.pages.views import ClaimView
from generator.spec.study import Role

SHAPES: tuple[tuple[Role, str, str, str], ...] = (
    ("positive", "positives", "circle", "fb-accent"),
    ("lookalike", "look-alikes", "triangle-up", "fb-ink"),
    ("control", "controls", "diamond", "fb-muted"),
)
POOLING = {"mean": "mean", "max": "maximum"}


def claim_pages(findings: Findings) -> tuple[Page, ...]:
    """One page for each claim, in the order of the spec."""
    return tuple(_page(findings, index) for index in range(len(findings.claims)))


def _page(findings: Findings, index: int) -> Page:
    finding = findings.claims[index]
    return Page(
        path=paths.claim_page(finding.claim.id),
        title=f"Claim: {finding.claim.id}",
        template="claim.md.j2",
        view=_view(findings, index),
        hide=("navigation", "toc"),
    )


def _view(findings: Findings, index: int) -> ClaimView:
    finding = findings.claims[index]
    claim, card = finding.claim, claim_card(findings, finding)
    ids = [each.claim.id for each in findings.claims]
    return ClaimView(
        card=card,
        counts=_counts(findings, finding),
        removed=tuple(Row(r.photograph.name, (ROLES[r.role], r.reason)) for r in finding.removed),
        tests=rows_of_tests(finding, findings.study.spec.thresholds),
        details=details(finding),
        notes=claim_notes(finding, findings.study.spec.thresholds),
        bins=bins(finding.results.t5),
        p=probability(finding.p),
        p_holm=probability(finding.p_holm),
        alpha=exact(findings.study.spec.thresholds.alpha),
        strip=_strip(finding),
        summary=tuple(_summary(finding, role, noun) for role, noun, _, _ in SHAPES),
        groups=_groups(findings, finding),
        profile=profile(finding.profile, claim.filter) if len(finding.profile) else Svg(""),
        profile_alt=_profile_words(finding, card.layer),
        pooling=POOLING[findings.study.spec.evidence.pooling],
        review=_review(findings, index),
        gates=gate_views(findings.gates),
        csv=paths.responses(claim.id),
        command=_command(findings, finding),
        credits=credit(finding.best + finding.worst + finding.counterexamples),
        previous=_link(ids[index - 1]) if index else None,
        next=_link(ids[index + 1]) if index + 1 < len(ids) else None,
        compared=comparison_of(findings, claim.id),
    )


def _link(claim: str) -> Link:
    return Link(claim, paths.html(paths.claim_page(claim)))


def _counts(findings: Findings, finding: ClaimFinding) -> tuple[Row, ...]:
    rows = [(noun.capitalize(), str(finding.count(role))) for role, noun, _, _ in SHAPES]
    discovery = {e.claim.id: len(e.discovery) for e in findings.study.evidence}
    rows.append(("Discovery, not counted", str(discovery.get(finding.claim.id, 0))))
    rows.append(("Taken out", str(len(finding.removed))))
    return numbers(rows)


def _strip(finding: ClaimFinding) -> Strip | None:
    rows = tuple(
        Dots(noun, shape, css, tuple(s.z for s in scores), tuple(map(_named, scores)))
        for role, noun, shape, css in SHAPES
        if (scores := [s for s in finding.scores if s.role == role])
    )
    if not rows:
        return None
    words = "; ".join(
        f"{row.label}: {len(row.values)}, median {fixed(statistics.median(row.values))}, "
        f"from {fixed(min(row.values))} to {fixed(max(row.values))}"
        for row in rows
    )
    axis = "response, in standard deviations of the controls (z)"
    return Strip(rows, axis, f"Responses by role, as z. {words}")


def _named(score: Score) -> str:
    return f"{score.photograph.subject or score.photograph.name}: z = {fixed(score.z)}"


def _summary(finding: ClaimFinding, role: Role, noun: str) -> Row:
    scores = sorted((s for s in finding.scores if s.role == role), key=lambda score: score.z)
    if not scores:
        return Row(noun.capitalize(), ("0", NONE, NONE, NONE, NONE))
    middle = statistics.median(score.z for score in scores)
    raw = statistics.median(score.mean for score in scores)
    ends = (fixed(scores[0].z), fixed(middle), fixed(scores[-1].z))
    return Row(noun.capitalize(), (str(len(scores)), *ends, amount(raw)))


GROUPS = (
    ("best", "The strongest positives", "What speaks for the claim.", "No positives were tested."),
    (
        "counterexamples",
        "The strongest counter-examples",
        "The look-alikes and controls that excite the filter most: what speaks against the claim.",
        "No look-alikes or controls were tested.",
    ),
    (
        "weakest",
        "The weakest positives",
        "Photographs of what the claim names that excite the filter least.",
        "No positives were tested.",
    ),
)


def _groups(findings: Findings, finding: ClaimFinding) -> tuple[Group, ...]:
    exhibits = (finding.best, finding.counterexamples, finding.worst)
    return tuple(
        Group(key, title, lead, _shown(findings, finding, chosen), empty)
        for (key, title, lead, empty), chosen in zip(GROUPS, exhibits, strict=True)
    )


def _shown(
    findings: Findings, finding: ClaimFinding, exhibits: tuple[Exhibit, ...]
) -> tuple[PhotographView, ...]:
    claim, maps = finding.claim, of_claim(finding)
    seen = frame(findings, claim.layer)
    return tuple(show(e, maps=maps, frame=seen, filter_index=claim.filter) for e in exhibits)


def _profile_words(finding: ClaimFinding, layer: str) -> str:
    if not len(finding.profile):
        return "No positive was scored, so that there is no profile"
    own = float(finding.profile[finding.claim.filter])
    place = int((finding.profile > own).sum()) + 1
    return (
        f"Mean activation of the {len(finding.profile)} feature maps of {layer} over "
        f"all positives; filter {finding.claim.filter} stands at {amount(own)}, place {place}"
    )


def _review(findings: Findings, index: int) -> ReviewView:
    review = findings.claims[index].claim.review
    on = review.on.isoformat() if review.on else ""
    return ReviewView(review.status, review.by, on, review.note, lines_of(findings.study, index))


def _command(findings: Findings, finding: ClaimFinding) -> str:
    claim = finding.claim
    shown: tuple[Score, ...] = tuple(e.score for e in finding.best + finding.counterexamples)
    photograph = shown[0].photograph.name if shown else "PHOTOGRAPH.jpg"
    words = ("score", claim.layer, photograph, "--filter", str(claim.filter))
    return command(findings.study, *words)
