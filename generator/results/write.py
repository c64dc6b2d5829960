"""Writes results.json: every number of the report."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import get_args

from generator import __version__, plan
from generator.artifacts.artifact import Rendering
from generator.findings import claim_tests
from generator.findings.findings import (
    ClaimFinding,
    FilterFinding,
    Findings,
    LayerFinding,
    ObjectiveFinding,
    OtherPicture,
    Score,
)
from generator.findings.thresholds import Thresholds
from generator.findings.trust import Trust
from generator.models.card import ModelCard
from generator.models.layers import activation_words
from generator.plan import contributions, interventions
from generator.results.csv import claims_csv, filters_csv, responses_csv
from generator.results.paths import objective_path, other_path, picture_path, six_digits
from generator.spec.gates import VerdictCode

__all__ = ["claims_csv", "filter_json", "filters_csv", "picture_path", "responses_csv", "results"]

FORMAT = 1
EVIDENCE_VERSION = 4  # raised by hand when the statistics behind verdicts change
# What a comparison of two builds calls the algorithm: the constants that enter the tasks' keys.
ALGORITHMS = {
    "render": plan.RENDER_VERSION,
    "scan": plan.SCAN_VERSION,
    "cover": interventions.COVER_VERSION,
    "ablate": interventions.ABLATE_VERSION,
    "kernels": contributions.KERNEL_VERSION,
    "signals": contributions.SIGNAL_VERSION,
    "evidence": EVIDENCE_VERSION,
}
Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def results(findings: Findings) -> str:
    """The text of results.json.

    Keys are sorted, numbers have six significant digits, what is not a number is null, and the text
    ends with a newline: the same findings give the same bytes.
    """
    spec = findings.study.spec
    text = {
        "format": FORMAT,
        "software": {"name": "filterbook", "version": __version__, "algorithms": ALGORITHMS},
        "title": spec.title,
        "counts": _counts(findings),
        **_models(findings),
        "evidence": {
            "pooling": spec.evidence.pooling,
            "unit": spec.evidence.unit,
            "tests": [test.name for test in claim_tests.TESTS],
            "correction": "Holm",
        },
        "thresholds": [asdict(row) for row in spec.thresholds.rows],
        "layers": [
            {**_layer(layer), **_reading(findings, layer.layer), **_of(findings, layer.layer)}
            for layer in findings.layers
        ],
        "filters": [_filter(each) for layer in findings.layers for each in layer.filters],
        "objectives": [
            _objective(layer, each) for layer in findings.layers for each in layer.objectives
        ],
        "claims": [
            {**_claim(claim, spec.thresholds), **_of(findings, claim.claim.layer)}
            for claim in findings.claims
        ],
        "gates": [asdict(gate) for gate in findings.gates],
        "warnings": list(findings.study.warnings),
    }
    return _text(text)


def filter_json(found: FilterFinding) -> str:
    """One filter's entry of results.json as a text of its own."""
    return _text(_filter(found))


def _text(value: object) -> str:
    held = plain(value)
    return json.dumps(held, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def plain(value: object) -> Json:
    """What JSON can hold of it: tuples as lists, six digits, null for what is not a number."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return six_digits(value)
    return value if isinstance(value, bool | int | str) or value is None else str(value)


def _counts(findings: Findings) -> dict[str, object]:
    """How much there is of everything, verdicts that never came out included."""
    codes = [claim.verdict.code for claim in findings.claims]
    return {
        "photographs": len(findings.study.library),
        "layers": len(findings.layers),
        "filters": sum(len(layer.filters) for layer in findings.layers),
        "claims": len(codes),
        "verdicts": {code: codes.count(code) for code in get_args(VerdictCode)},
    }


def _models(findings: Findings) -> dict[str, object]:
    """The network; or each of several, and the claims that are made on more than one filter."""
    if not findings.several:
        return {"model": _model(findings.models[0])}
    return {
        "models": {each.name: _model(each) for each in findings.models},
        "comparisons": [
            {"id": each.id, "claims": [claim.claim.id for claim in each.claims]}
            for each in findings.comparisons
        ],
    }


def _model(model: ModelCard) -> dict[str, object]:
    return {
        "architecture": model.architecture,
        "weights": model.weights,
        "digest": model.digest,
        "source": model.source,
        "licence": model.licence,
        "classes": len(model.classes),
        "preprocessing": asdict(model.preprocessing),
        "preprocessing_checked": model.checked,
    }


def _of(findings: Findings, layer: str) -> dict[str, object]:
    """Which of several networks it is of."""
    return {"model": findings.model_of(layer).name} if findings.several else {}


def _layer(layer: LayerFinding) -> dict[str, object]:
    return {
        "layer": layer.layer,
        "title": layer.title,
        "channels": layer.channels,
        "filters": [each.filter for each in layer.filters],
    }


def _reading(findings: Findings, name: str) -> dict[str, object]:
    """What is read after the layer, and which call of its module it is."""
    layer = findings.model_of(name).catalogue.find(name)
    if layer is None:
        return {}
    call = {"call": layer.call + 1, "calls": layer.calls} if layer.calls > 1 else {}
    return {"activation": activation_words(layer), **call}


def _filter(found: FilterFinding) -> dict[str, object]:
    return {
        "layer": found.layer,
        "filter": found.filter,
        **_picture(found.rendering),
        "trust": _trust(found.trust),
        "files": [picture_path(found.layer, found.filter)] if found.original else [],
        "others": _others(found.layer, found.filter, found.others, original=found.original),
        "claims": found.claims,
        "photographs": [_score(exhibit.score) for exhibit in found.top],
        "range": [{"share": step.share, **_score(step.exhibit.score)} for step in found.range],
        "histogram": asdict(found.histogram) if found.histogram else None,
        "scanned": found.scanned,
        "similar": [[each.filter, each.r] for each in found.similar],
        "feeding": asdict(found.feeding) if found.feeding else None,
    }


def _objective(layer: LayerFinding, found: ObjectiveFinding) -> dict[str, object]:
    return {
        "layer": layer.layer,
        "id": found.id,
        "objective": found.words,
        **_picture(found.rendering),
        "files": [objective_path(layer.layer, found.id)],
        "others": _others(layer.layer, found.id, found.others),
    }


def _others(
    layer: str, unit: int | str, others: tuple[OtherPicture, ...], *, original: bool = True
) -> list[dict[str, object]]:
    return [
        {
            "label": each.label,
            **_picture(each.rendering),
            "files": [other_path(layer, unit, each.label)] if original else [],
        }
        for each in others
    ]


def _picture(made: Rendering) -> dict[str, object]:
    return {
        "recipe": made.recipe,
        "seed": made.seed,
        "size": made.size,
        "device": made.device,
        "arithmetic": made.arithmetic,
        "activation": made.activation,
        "dead": made.dead,
        "history": made.history,
        "sides": made.sides,
        "sha256": made.sha256,
        "growth": made.growth.sha256 if made.growth else None,
    }


def _trust(trust: Trust | None) -> dict[str, object] | None:
    """The path in short: its value, and a pair of each layer's name and value."""
    if trust is None:
        return None
    path = trust.path and {
        "value": trust.path.value,
        "layers": [[each.layer, each.value] for each in trust.path.stations],
    }
    return {**asdict(replace(trust, path=None)), "path": path}


def _claim(found: ClaimFinding, lines: Thresholds) -> dict[str, object]:
    claim = found.claim
    return {
        "id": claim.id,
        "layer": claim.layer,
        "filter": claim.filter,
        "statement": claim.statement,
        "verdict": asdict(found.verdict),
        "n": {
            "positives": found.count("positive"),
            "lookalikes": found.count("lookalike"),
            "controls": found.count("control"),
            "removed": len(found.removed),
        },
        **_tests(found, lines),
        "p": found.p,
        "p_holm": found.p_holm,
        "p_choice": found.p_choice,
        "hand_picked": found.hand_picked,
        "retired": claim.retired,
        "chosen": claim.chosen,
        "review": claim.review.model_dump(mode="json"),
        "removed": [
            {
                "photograph": each.photograph.name,
                "sha256": each.photograph.sha256,
                "role": each.role,
                "reason": each.reason,
            }
            for each in found.removed
        ],
        "photographs": [_score(score) for score in found.scores],
    }


def _tests(found: ClaimFinding, lines: Thresholds) -> dict[str, object]:
    results = ((test, found.results.of(test)) for test in claim_tests.TESTS)
    return {
        test.name.lower(): None if result is None else test.json(result, lines)
        for test, result in results
    }


def _score(score: Score) -> dict[str, object]:
    return {
        "photograph": score.photograph.name,
        "sha256": score.photograph.sha256,
        "role": score.role,
        "mean": score.mean,
        "max": score.max,
        "z": score.z,
        "rank": score.rank,
    }
