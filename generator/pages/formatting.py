"""Codes, dates and commands as words, in one format."""

from __future__ import annotations

import datetime
import shlex
from typing import get_args

from generator.spec.gates import VerdictCode
from generator.spec.study import Role, Study

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
ROLES: dict[Role, str] = {"positive": "positive", "lookalike": "look-alike", "control": "control"}
VERDICTS: dict[VerdictCode, tuple[str, str, str]] = {
    "supported": (
        "Supported",
        "good",
        "The photographs pass T1, T2, T3 and T5, and p stays small after Holm’s correction.",
    ),
    "supported_localised": (
        "Supported, localised",
        "good",
        "Supported, and T6 passes as well: it is the thing in the image, not what surrounds it, "
        "that excites the filter.",
    ),
    "mixed": (
        "Mixed",
        "open",
        "The strongest responses come from the positives too rarely (T5 does not pass): other "
        "things excite the filter as much.",
    ),
    "shared": (
        "Shared",
        "open",
        "True of this filter, but other filters of the layer do it as well (T3 does not pass).",
    ),
    "too_narrow": (
        "Too narrow a claim",
        "open",
        "Look-alikes excite the filter as well (T2 does not pass): it looks for something wider.",
    ),
    "weak": (
        "Weak",
        "open",
        "T1’s AUC lies between its lines, with a narrow interval: a preference that is too little "
        "for support and too much for a contradiction, and more photographs would not alter it.",
    ),
    "not_significant": (
        "Not significant",
        "open",
        "The tests pass one by one, but not after Holm’s correction for all claims of the report.",
    ),
    "underpowered": (
        "Underpowered",
        "open",
        "Too few photographs to decide either way.",
    ),
    "contradicted": (
        "Contradicted",
        "bad",
        "The photographs speak against the claim: the filter does not prefer what it names.",
    ),
    "another_filter": (
        "Another filter",
        "open",
        "Whether this filter prefers what the claim names is open (T1), and another filter of the "
        "layer does so clearly better.",
    ),
    "invalid": (
        "Invalid",
        "bad",
        "The evidence cannot be used, whatever it shows.",
    ),
}
if set(VERDICTS) != set(get_args(VerdictCode)):
    raise RuntimeError("a verdict without a word")


def day(date: datetime.date) -> str:
    """A date as ``31 January 2026``, whatever the machine's language."""
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}"


def command(study: Study, *words: str) -> str:
    """A command line of this program, to be given in the folder of the spec."""
    spec = () if study.file.name == "report.yml" else ("--spec", study.file.name)
    return shlex.join(("python", "-m", "generator", *words, *spec))
