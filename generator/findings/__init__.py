"""Artifacts → claims with evidence and verdicts.

``claim_tests`` holds T1 to T8; ``measure`` runs them, ``verdicts`` judges by the lines in
``thresholds``, ``assemble`` puts it all together. A further test is one module in ``claim_tests``
and one line of its table; if it is to decide, it gets a place in the order of the verdicts as well.
"""

from generator.findings.assemble import find
from generator.findings.contributions import wanted_inputs, wanted_weights
from generator.findings.gates import gates
from generator.findings.interventions import wanted_ablations, wanted_occlusions
from generator.findings.photographs import wanted_maps
from generator.findings.streamed import wanted_images, wanted_of_scan
from generator.findings.thresholds import THRESHOLDS, Threshold, Thresholds
from generator.findings.traces import wanted_traces

__all__ = [
    "THRESHOLDS",
    "Threshold",
    "Thresholds",
    "find",
    "gates",
    "wanted_ablations",
    "wanted_images",
    "wanted_inputs",
    "wanted_maps",
    "wanted_occlusions",
    "wanted_of_scan",
    "wanted_traces",
    "wanted_weights",
]
