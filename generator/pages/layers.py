"""The pages of layers and filters: real photographs first, pictures beside them."""

from __future__ import annotations

from collections.abc import Callable

from generator.findings.records import ClaimFinding, FilterFinding, Findings, LayerFinding
from generator.pages import paths
from generator.pages.cards import claim_card, filter_card, gate_views, layer_title
from generator.pages.exhibits import credit, numbers, show, side
from generator.pages.parts import ClaimCard, Group, Link, Row
from generator.pages.records import Page
from generator.pages.trust import curve_view, growth, marks
from generator.pages.views import FilterView, LayersView, LayerView
from generator.pages.words import amount, command


def layer_pages(findings: Findings) -> tuple[Page, ...]:
    """The overview, then a page for each layer followed by those of its filters."""
    layers = tuple(layer_view(findings, index) for index in range(len(findings.layers)))
    pages = [Page(paths.LAYERS, "Layers", "layers.md.j2", LayersView(layers))]
    for found, view in zip(findings.layers, layers, strict=True):
        pages.append(Page(paths.layer_page(found.layer), view.title, "layer.md.j2", view))
        pages.extend(_filter_page(findings, found, at) for at in range(len(found.filters)))
    return tuple(pages)


def layer_view(findings: Findings, index: int) -> LayerView:
    """The view of a layer; galleries of hand-written pages show it as well."""
    found = findings.layers[index]
    known = findings.model.catalogue.find(found.layer)
    before, after = findings.layers[:index][-1:], findings.layers[index + 1 :][:1]
    return LayerView(
        title=layer_title(found),
        module=found.layer,
        path=paths.html(paths.layer_page(found.layer)),
        channels=found.channels,
        activation=known.activation if known else "",
        cards=tuple(filter_card(found, each) for each in found.filters),
        claims=_claims(findings, lambda finding: finding.claim.layer == found.layer),
        previous=_layer_link(before[0]) if before else None,
        next=_layer_link(after[0]) if after else None,
    )


def _layer_link(layer: LayerFinding) -> Link:
    return Link(layer_title(layer), paths.html(paths.layer_page(layer.layer)))


def _claims(findings: Findings, wanted: Callable[[ClaimFinding], bool]) -> tuple[ClaimCard, ...]:
    return tuple(claim_card(findings, each) for each in findings.claims if wanted(each))


def _filter_page(findings: Findings, layer: LayerFinding, at: int) -> Page:
    found = layer.filters[at]
    return Page(
        path=paths.filter_page(found.layer, found.filter),
        title=f"{layer_title(layer)} : {found.filter}",
        template="filter.md.j2",
        view=_filter_view(findings, layer, at),
    )


def _filter_view(findings: Findings, layer: LayerFinding, at: int) -> FilterView:
    found = layer.filters[at]
    claims = _claims(findings, lambda finding: finding.claim.id in found.claims)
    rendering = found.rendering
    before, after = layer.filters[:at][-1:], layer.filters[at + 1 :][:1]
    return FilterView(
        card=filter_card(layer, found),
        layer=_layer_link(layer),
        module=found.layer,
        top=_top(findings, found),
        trust=marks(
            found,
            photographs=len(findings.study.library),
            seeds=findings.study.spec.render.stability,
        ),
        growth=growth(rendering, _filter_link(layer, found).title),
        curve=curve_view(rendering),
        facts=_facts(found),
        history=tuple(
            Row(f"{side_} px", (amount(value),))
            for side_, value in zip(rendering.sides, rendering.history, strict=True)
        ),
        claims=claims,
        gates=gate_views(findings.gates) if claims else (),
        command=_command(findings, found),
        credits=credit(found.top),
        previous=_filter_link(layer, before[0]) if before else None,
        next=_filter_link(layer, after[0]) if after else None,
    )


def _top(findings: Findings, found: FilterFinding) -> Group:
    width = side(findings)
    shown = (show(e, filter_index=found.filter, context="top", side=width) for e in found.top)
    lead = (
        f"The strongest of the {len(findings.study.library)} photographs of this report, by the "
        "filter’s response."
    )
    title = "The photographs that excite it most"
    return Group("top", title, lead, tuple(shown), "No photographs were scanned.")


def _facts(found: FilterFinding) -> tuple[Row, ...]:
    rendering = found.rendering
    return numbers(
        (
            ("Published activation", amount(rendering.activation)),
            ("Recipe", rendering.recipe),
            ("Seed", str(rendering.seed)),
            ("Size", f"{rendering.size} × {rendering.size} px"),
            ("Device", rendering.device),
        )
    )


def _command(findings: Findings, found: FilterFinding) -> str:
    rendering = found.rendering
    options = ("--recipe", rendering.recipe, "--size", str(rendering.size))
    where = ("--seed", str(rendering.seed), "-o", f"{paths.slug(found.layer)}-{found.filter}.png")
    unit = (found.layer, str(found.filter))
    return command(findings.study, "render", *unit, *options, *where)


def _filter_link(layer: LayerFinding, found: FilterFinding) -> Link:
    path = paths.html(paths.filter_page(found.layer, found.filter))
    return Link(f"{layer_title(layer)} : {found.filter}", path)
