"""What makes a claim's evidence unusable."""

from __future__ import annotations

from generator.findings.response_table import Table
from generator.images.photographs import Photograph
from generator.spec.study import Evidence


def find_fault(evidence: Evidence, table: Table | None) -> str:
    """Why the evidence may not be used at all, in words that end a sentence; empty if it may."""
    used = evidence.photographs
    hashes = [photograph.sha256 for photograph in used]
    discovery = {photograph.sha256 for photograph in evidence.discovery}
    leaked = [photograph for photograph in used if photograph.sha256 in discovery]
    if leaked:
        return f"{named(leaked)} chose the filter, and may not count as evidence for it as well"
    if len(set(hashes)) < len(hashes):
        twice = [each for each in used if hashes.count(each.sha256) > 1]
        return f"{named(twice)} stand in the evidence more than once"
    for role, group in (("positives", evidence.positives), ("controls", evidence.controls)):
        if not group:
            return _nothing_left(evidence, role)
    lost = [photograph for photograph in used if table is None or table.row(photograph) is None]
    if table is None or lost:
        return (
            f"no response was recorded for {named(lost)} (the file's hash differs, or is unknown)"
        )
    broken = [photograph for photograph in used if not table.finite(photograph)]
    return f"the responses to {named(broken)} are not all finite numbers" if broken else ""


def _nothing_left(evidence: Evidence, role: str) -> str:
    gone = [r.photograph for r in evidence.removed if f"{r.role}s" == role and r.discovered]
    if not gone:
        return f"there are no {role} left to test it on"
    return (
        f"all its {role} chose the filter ({named(gone)}), and may not count as evidence for it"
        " as well"
    )


def named(photographs: list[Photograph]) -> str:
    """The first photograph by name, and how many more."""
    names = list(dict.fromkeys(photograph.name for photograph in photographs))
    return names[0] + (f" and {len(names) - 1} more" if len(names) > 1 else "")
