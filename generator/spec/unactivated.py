"""Layers without an activation function, where the evidence is to be read after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.models.layers import UNACTIVATED, Catalogue, activation_words
from generator.spec.messages import listed
from generator.spec.multi_model import address
from generator.spec.report import Spec

_NAMED = 6


def unactivated_warnings(spec: Spec, catalogues: Mapping[str, Catalogue]) -> Iterator[str]:
    """One sentence on all of them, or none; ``spec`` has its layers under their addresses."""
    if spec.evidence.unit != "after":
        return
    known = {
        address(model, layer.name): layer
        for model, catalogue in catalogues.items()
        for layer in catalogue.layers
    }
    reported = [each.layer for each in spec.reported_layers if each.layer in known]
    names = [name for name in reported if activation_words(known[name]) == UNACTIVATED]
    if names:
        yield (
            f"no activation found after {listed(names, _NAMED)}: own output is read, though"
            " evidence.unit is after (if that is meant, write `evidence: {unit: before}`)"
        )
