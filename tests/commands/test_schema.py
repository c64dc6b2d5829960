"""Editors are told what the checks will say."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from generator.commands.schema import schema, schema_text

REPORT: dict[str, Any] = {
    "version": 1,
    "title": "t",
    "authors": [{"name": "Jane", "url": "https://example.org"}],
    "model": {"architecture": "vgg16"},
    "images": "images/images.csv",
    "layers": [{"layer": 24, "filters": [1]}, {"layer": "features.28", "filters": [1, 2]}],
    "claims": [
        {
            "id": "arches",
            "layer": 24,
            "filter": 456,
            "statement": "Arches",
            "positives": {"tags": ["arch"]},
            "lookalikes": {"tags": ["building"], "without": ["arch"]},
            "controls": ["a.jpg", "b/*"],
            "review": {"status": "accepted", "on": "2026-01-31"},
        }
    ],
    "gates": {"min_supported": 1, "allow": ["underpowered"]},
}


def judge(**changes: object) -> None:
    jsonschema.Draft202012Validator(schema()).validate({**REPORT, **changes})


def test_a_report_in_order_is_accepted():
    jsonschema.Draft202012Validator.check_schema(schema())
    judge()


@pytest.mark.parametrize(
    "changes",
    [
        {"titel": "t"},
        {"version": 2},
        {"layers": []},
        {"layers": [{"layer": 1.5, "filters": [1]}]},
        {"layers": [{"layer": True, "filters": [1]}]},
        {"layers": [{"layer": 24, "filters": ["1"]}]},
        {"layers": [{"layer": 24, "filters": [-1]}]},
        {"claims": [{**REPORT["claims"][0], "id": "Rows of arches"}]},
        {"claims": [{**REPORT["claims"][0], "positives": "a.jpg"}]},
        {"claims": [{**REPORT["claims"][0], "positives": {"tag": ["arch"]}}]},
        {"render": {"size": 20}},
        {"render": {"recipe": "magic"}},
    ],
    ids=str,
)
def test_what_a_check_would_refuse_is_refused(changes: dict[str, object]):
    with pytest.raises(jsonschema.ValidationError):
        judge(**changes)


def test_every_key_says_what_it_is_for():
    whole = schema()
    models = [whole, *whole["$defs"].values()]
    bare = [
        f"{model['title']}.{key}"
        for model in models
        for key, field in model["properties"].items()
        if not field.get("description")
    ]
    assert bare == []
    assert all(model["description"] for model in models)


def test_the_text_is_the_schema_and_always_the_same():
    assert json.loads(schema_text()) == schema()
    assert schema_text() == schema_text()
    assert schema_text().endswith("}\n")
