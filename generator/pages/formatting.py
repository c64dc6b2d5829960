"""Numbers and codes as words, in one format."""

from __future__ import annotations

import datetime
import math
import shlex
from typing import get_args

from generator.findings.test_records import Estimate, Rank
from generator.findings.wording import percent
from generator.spec.gates import VerdictCode
from generator.spec.study import Role, Study

NONE = "—"
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
        "The photographs speak against the claim: the filter does not prefer what it names, or "
        "other filters do so clearly better.",
    ),
    "invalid": (
        "Invalid",
        "bad",
        "The evidence cannot be used, whatever it shows.",
    ),
}
if set(VERDICTS) != set(get_args(VerdictCode)):
    raise RuntimeError("a verdict without a word")


def fixed(value: float | None, digits: int = 2) -> str:
    """A number with a fixed number of digits and a real minus sign."""
    if value is None or not math.isfinite(value):
        return NONE
    text = f"{value:,.{digits}f}"
    if float(text.replace(",", "")) == 0:
        text = text.removeprefix("-")
    return text.replace("-", "−").replace(",", "\u202f")


def grouped(value: int) -> str:
    """A whole number with a thin space between its thousands."""
    return f"{value:,}".replace("-", "−").replace(",", "\u202f")


def amount(value: float) -> str:
    """An activation: whole where large, with digits where small."""
    size = abs(value) if math.isfinite(value) else 0.0
    return fixed(value, 0 if size >= 100 else 1 if size >= 10 else 2)


def probability(p: float | None) -> str:
    """A p-value: four digits, and never a zero that was not measured."""
    if p is None or not math.isfinite(p):
        return NONE
    return "< 0.0001" if p < 0.0001 else fixed(p, 4)


def exact(value: float) -> str:
    """A constant with six significant digits."""
    return f"{value:.6g}".replace("-", "−")


def interval(estimate: Estimate | None) -> str:
    """The 95 % interval as ``0.88 to 0.97``."""
    if estimate is None:
        return NONE
    return f"{fixed(estimate.low)} to {fixed(estimate.high)}"


def estimated(estimate: Estimate | None) -> str:
    """A statistic with its interval, as ``0.93 (0.88 to 0.97)``."""
    return NONE if estimate is None else f"{fixed(estimate.value)} ({interval(estimate)})"


def share_interval(share: Estimate | None) -> str:
    """The 95 % interval of a share as ``68 % to 92 %``."""
    return f"{percent(share.low)} to {percent(share.high)}" if share else NONE


def estimated_share(share: Estimate | None) -> str:
    """A share with its interval, as ``83 % (68 % to 92 %)``."""
    return f"{percent(share.value)} ({share_interval(share)})" if share else NONE


def ranked(rank: Rank | None) -> str:
    """A rank as ``1 of 512``."""
    return NONE if rank is None else f"{rank.value} of {rank.of}"


def day(date: datetime.date) -> str:
    """A date as ``31 January 2026``, whatever the machine's language."""
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}"


def plural(count: int, noun: str) -> str:
    """A count with its noun in the right number."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def command(study: Study, *words: str) -> str:
    """A command line of this program, to be given in the folder of the spec."""
    spec = () if study.file.name == "report.yml" else ("--spec", study.file.name)
    return shlex.join(("python", "-m", "generator", *words, *spec))
