"""Artifacts → claims with evidence and verdicts.

T1 to T7 each have a module of their name; ``measure`` runs them, ``verdicts`` judges by the
lines in ``thresholds``, ``assemble`` puts it all together. A further test is one more module beside
them, a field of ``Measured`` and a place in the order of the verdicts.
"""

from generator.findings.assemble import find
from generator.findings.circuits import wanted_kernels, wanted_signals
from generator.findings.downloads import claims_csv, filters_csv, responses_csv
from generator.findings.exhibits import wanted_maps
from generator.findings.gates import gates
from generator.findings.interventions import wanted_ablations, wanted_covers
from generator.findings.results import picture_path, results
from generator.findings.scanned import wanted_images, wanted_of_scan
from generator.findings.thresholds import THRESHOLDS, Threshold, Thresholds
from generator.findings.ways import wanted_traces

__all__ = [
    "THRESHOLDS",
    "Threshold",
    "Thresholds",
    "claims_csv",
    "filters_csv",
    "find",
    "gates",
    "picture_path",
    "responses_csv",
    "results",
    "wanted_ablations",
    "wanted_covers",
    "wanted_images",
    "wanted_kernels",
    "wanted_maps",
    "wanted_of_scan",
    "wanted_signals",
    "wanted_traces",
]
