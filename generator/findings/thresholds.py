"""Where the lines are drawn: every number that a verdict depends on, in one literal table."""

from __future__ import annotations

from dataclasses import dataclass, field, fields


@dataclass(frozen=True, slots=True)
class Threshold:
    """One row of the table, as the method page prints it."""

    name: str
    value: float
    meaning: str


def _line(value: float, meaning: str) -> float:
    """Declare a threshold; the annotation says float, the field carries both."""
    made: float = field(default=value, metadata={"meaning": meaning})
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """The lines between verdicts. Iterate over ``rows`` to print them."""

    min_positives: float = _line(10, "With fewer positives, a claim is underpowered.")
    min_controls: float = _line(10, "With fewer controls, a claim is underpowered.")
    max_half_width: float = _line(
        0.15, "While T1 is undecided, an interval wider than ± this means: too few photographs."
    )
    t1_low: float = _line(0.75, "T1 passes when the lower end of its interval reaches this AUC.")
    t1_contradicted: float = _line(
        0.65, "A claim is contradicted when the upper end of T1's interval is below this AUC."
    )
    t2_low: float = _line(0.5, "T2 passes when the lower end of its interval is above this AUC …")
    t2_auc: float = _line(0.7, "… and its AUC reaches this.")
    t3_rank: float = _line(5, "T3 passes when the worst rank of its interval is at most this, or …")
    t3_share: float = _line(
        0.02, "… at most this share of the layer's filters, whichever is larger."
    )
    rival_share: float = _line(
        0.05,
        "A claim is contradicted when another filter is better (the interval of the margin is below"
        " 0) and even the best rank of the interval is beyond this share of the layer's filters.",
    )
    alpha: float = _line(
        0.05,
        "The chance of any wrong “significant” among all claims of the report, by Holm's method.",
    )

    @property
    def rows(self) -> tuple[Threshold, ...]:
        """Name, value and one-sentence meaning of each, in order."""
        return tuple(
            Threshold(line.name, getattr(self, line.name), line.metadata["meaning"])
            for line in fields(self)
        )


THRESHOLDS = Thresholds()
