"""What a reader of a verdict has to know beside it: choices of the author that could favour it."""

from __future__ import annotations

from generator.findings.findings import ClaimFinding
from generator.findings.number_text import probability
from generator.spec.thresholds import Threshold, Thresholds

_WHO = {"lookalike": "look-alikes", "control": "controls"}


def claim_notes(finding: ClaimFinding, lines: Thresholds) -> tuple[str, ...]:
    """Sentences on how photographs and filter were chosen, and on changed thresholds."""
    notes = []
    if finding.claim.retired:
        notes.append("Retired: the authors gave this claim up. It still counts in Holm’s family.")
    if finding.hand_picked:
        roles = " and ".join(_WHO[role] for role in finding.hand_picked)
        notes.append(
            f"Hand-picked: the spec lists the {roles} one by one. The tests against the whole"
            " library do not depend on that choice."
        )
    if finding.p_choice is not None:
        notes.append(
            "How the filter was chosen is not declared. It may be the best of its layer on these"
            f" photographs: p is at least {probability(finding.p_choice)} (max-T)."
        )
    elif finding.claim.chosen:
        notes.append(f"How the filter was chosen, says the report: {finding.claim.chosen}.")
    if changed := threshold_note(lines):
        notes.append(changed)
    return tuple(notes)


def threshold_note(lines: Thresholds) -> str:
    """Which thresholds the report has changed; empty for none."""
    changed = [_changed(row) for row in lines.rows if row.changed]
    return f"This report has {', '.join(changed)}." if changed else ""


def _changed(row: Threshold) -> str:
    verb = "lowered" if row.value < row.default else "raised"
    return f"{verb} {row.name} from {row.default:g} to {row.value:g}"
