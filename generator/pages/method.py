"""The home, method and provenance pages."""

from __future__ import annotations

from collections import Counter

from generator import __version__
from generator.findings import claim_tests
from generator.findings.findings import Findings
from generator.findings.number_text import exact, plural
from generator.models.card import ModelCard
from generator.models.layers import UNACTIVATED, activation_words
from generator.pages import paths
from generator.pages.cards import claim_card, gate_views, layer_title
from generator.pages.formatting import VERDICTS, command, day
from generator.pages.page import Page
from generator.pages.parts import Link, Row, VerdictView
from generator.pages.photographs import numbers
from generator.pages.recipes import recipe_views
from generator.pages.test_table import thresholds
from generator.pages.trust import constants
from generator.pages.views import (
    AuthorView,
    FitView,
    HomeView,
    LayerView,
    MethodView,
    ProvenanceView,
)

POOLED = {"mean": "mean over all its places", "max": "largest value"}
TOKENS = {
    "tokens": "Where a layer gives tokens, those of the image are the places of its map; those "
    "before them (a class token, registers) are left out.",
    "class token": "A layer called class_token is the class token alone of the layer before that "
    "word: a map of one place.",
}
UNITS = {
    "before": "before the layer’s activation function",
    "after": "after the layer’s activation function",
}


def home_view(findings: Findings, layers: tuple[LayerView, ...]) -> HomeView:
    """Everything that a home page made from the data alone shows."""
    spec = findings.study.spec
    return HomeView(
        title=spec.title,
        authors=tuple(AuthorView(a.name, a.url, a.affiliation) for a in spec.authors),
        date=spec.date.isoformat() if spec.date else "",
        day=day(spec.date) if spec.date else "",
        url=spec.url,
        doi=spec.doi,
        architecture=" and ".join(each.name or each.architecture for each in findings.models),
        claims=tuple(claim_card(findings, each) for each in findings.claims),
        layers=layers,
        gates=gate_views(findings.gates),
    )


def method_page(findings: Findings) -> Page:
    """How pictures are made, photographs scored and verdicts reached, in this report."""
    spec = findings.study.spec
    view = MethodView(
        recipes=recipe_views(findings),
        trust=constants(spec),
        size=spec.render.size,
        seed=spec.render.seed,
        pooling=POOLED[spec.evidence.pooling],
        pooling_code=spec.evidence.pooling,
        unit=UNITS[spec.evidence.unit] + _unactivated(findings),
        tokens=_tokens(findings),
        fits=tuple(map(_fit, findings.models)),
        tests=claim_tests.TESTS,
        strata=spec.evidence.strata,
        thresholds=thresholds(spec.thresholds),
        changed=sum(row.changed for row in spec.thresholds.rows),
        verdicts=tuple(
            VerdictView(code, word, tone, meaning, "")
            for code, (word, tone, meaning) in VERDICTS.items()
        ),
        claims=len(findings.claims),
    )
    return Page(paths.METHOD, "Method", "method.md.j2", view)


def _unactivated(findings: Findings) -> str:
    """Of which layers another value is meant than that after an activation function."""
    if findings.study.spec.evidence.unit != "after":
        return ""
    known = [
        (layer_title(each), findings.model_of(each.layer).catalogue.find(each.layer))
        for each in findings.layers
    ]
    names = [title for title, layer in known if layer and activation_words(layer) == UNACTIVATED]
    return f" (of {', '.join(names)}: {UNACTIVATED})" if names else ""


def _tokens(findings: Findings) -> tuple[str, ...]:
    """What is read of tokens, in the words that the reported layers need."""
    layers = (
        model.catalogue.find(each.layer) for model in findings.models for each in findings.layers
    )
    layouts = {layer.layout for layer in layers if layer}
    return tuple(words for layout, words in TOKENS.items() if layout in layouts)


def provenance_page(findings: Findings) -> Page:
    """The model, the software, the photographs and their licences, and what was left out."""
    study = findings.study
    sources = Counter((p.source, p.licence) for p in study.library)
    view = ProvenanceView(
        models=tuple(map(_model, findings.models)),
        software=numbers(
            (
                ("Filterbook", __version__),
                ("Spec", study.file.name),
                ("Devices", ", ".join(sorted({each.device for each in findings.renderings}))),
                ("Arithmetic", ", ".join(sorted({p.arithmetic for p in findings.renderings}))),
            )
        ),
        libraries=tuple(
            Row(source or "not stated", (licence or "not stated", str(count)))
            for (source, licence), count in sorted(sources.items())
        ),
        photographs=len(study.library),
        warnings=study.warnings,
        downloads=_downloads(findings),
        command=command(study, "build"),
    )
    return Page(paths.PROVENANCE, "Provenance", "provenance.md.j2", view)


def _fit(model: ModelCard) -> FitView:
    fit = model.preprocessing
    return FitView(
        model=model.name,
        resize=fit.resize,
        interpolation=fit.interpolation,
        crop=fit.crop,
        mean=", ".join(exact(value) for value in fit.mean),
        std=", ".join(exact(value) for value in fit.std),
    )


def _model(model: ModelCard) -> tuple[Row, ...]:
    fit = model.preprocessing
    prepared = (
        f"shorter side to {fit.resize} px ({fit.interpolation}, antialiased), "
        f"middle {fit.crop} × {fit.crop} px, scaled to [0, 1]"
    )
    normalised = (
        f"(x − mean) / std with mean {', '.join(exact(m) for m in fit.mean)} and "
        f"std {', '.join(exact(s) for s in fit.std)} for red, green and blue"
    )
    return numbers(
        (
            *((("Network", model.name),) if model.name else ()),
            ("Architecture", model.architecture),
            ("Weights", model.weights),
            ("SHA-256 of the tensors", model.digest),
            ("Source", model.source),
            ("Licence", model.licence),
            ("Photographs are prepared", prepared),
            ("and normalised", normalised),
            ("Preprocessing", model.checked),
        )
    )


def _downloads(findings: Findings) -> tuple[Link, ...]:
    fixed_ = (
        Link("results.json: every number of this report", paths.RESULTS),
        Link("claims.csv: one line a claim", "data/claims.csv"),
        Link("filters.csv: one line a filter", "data/filters.csv"),
        Link("photographs.csv: every photograph with source and licence", "data/photographs.csv"),
        Link("The library’s own notes on its photographs", paths.NOTES),
    )
    responses = tuple(
        Link(
            f"{f.claim.id}.csv: the {plural(len(f.scores), 'response')} behind this claim",
            paths.responses(f.claim.id),
        )
        for f in findings.claims
    )
    return fixed_ + responses
