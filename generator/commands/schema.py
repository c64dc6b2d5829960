"""`schema`: the JSON schema of report.yml, made from the models that check it."""

from __future__ import annotations

import json
from typing import Any

from generator.errors import ExitCode
from generator.spec.report import Spec


def command() -> int:
    """Print the JSON schema of report.yml, for editors."""
    print(schema_text())
    return ExitCode.DONE


DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """Build the schema: every key with its type, bounds, default and meaning."""
    return {
        "$schema": DIALECT,
        **Spec.model_json_schema(),
        "title": "report.yml",
        "description": "A report of Filterbook: a network, its filters, and claims about them",
    }


def schema_text() -> str:
    """Write the schema as a file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
