"""The key `evidence.thresholds`: every number that decides a verdict.

The defaults are the protocol's; a spec may set others below ``thresholds:``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

Count = Annotated[int, Field(ge=2, le=10_000)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Auc = Annotated[float, Field(ge=0.5, le=1, allow_inf_nan=False)]
Inside = Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)]


@dataclass(frozen=True, slots=True)
class Threshold:
    """One row of the table, as the method page prints it; ``changed`` from the protocol's."""

    name: str
    value: float
    default: float
    changed: bool
    meaning: str


class Thresholds(BaseModel):
    """The lines between verdicts. Iterate over ``rows`` to print them."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    min_positives: Count = Field(
        default=10, description="With fewer positives, a claim is underpowered."
    )
    min_controls: Count = Field(
        default=100, description="With fewer controls, a claim is underpowered."
    )
    min_lookalikes: Count = Field(
        default=10, description="With fewer look-alikes, a claim is underpowered."
    )
    max_half_width: Share = Field(
        default=0.15,
        description="While T1 is undecided, an interval wider than ± this means: too few"
        " photographs.",
    )
    t1_low: Auc = Field(
        default=0.75, description="T1 passes when the lower end of its interval reaches this AUC."
    )
    t1_contradicted: Auc = Field(
        default=0.65,
        description="A claim is contradicted when the upper end of T1's interval is below this"
        " AUC.",
    )
    max_unmatched: Share = Field(
        default=0.2,
        description="A claim is underpowered when more of its positives than this share are in"
        " strata without enough controls.",
    )
    t2_low: Auc = Field(
        default=0.5, description="T2 passes when the lower end of its interval is above this AUC …"
    )
    t2_auc: Auc = Field(default=0.7, description="… and its AUC reaches this.")
    t3_rank: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        default=5, description="T3 passes when the worst rank of its interval is at most this, or …"
    )
    t3_share: Share = Field(
        default=0.02,
        description="… at most this share of the layer's filters, whichever is larger.",
    )
    rival_share: Share = Field(
        default=0.05,
        description="Another filter is meant when one is better (the interval of the margin is"
        " below 0), T1 does not pass, and even the best rank of the interval is beyond this share"
        " of the layer's filters.",
    )
    t4_quantile: Annotated[float, Field(ge=0.5, lt=1, allow_inf_nan=False)] = Field(
        default=0.99, description="T4's threshold is this quantile of the controls' responses."
    )
    t4_controls: Count = Field(
        default=100, description="With fewer controls, T4's threshold cannot be measured."
    )
    t4_hits: Share = Field(
        default=0.2,
        description="The filter “detects” what is claimed when T1 and T2 pass, the lower end of"
        " its hit rate's interval reaches this and it hits more positives than look-alikes; else"
        " it “prefers” it. No verdict depends on it.",
    )
    prevalence: Inside = Field(
        default=0.05,
        description="Precision, F1 and average precision are those of a world in which this share"
        " of photographs shows what is claimed. No verdict depends on it.",
    )
    t5_top: Share = Field(
        default=0.8,
        description="T5 passes when positives make up at least this share of the top tenth of"
        " responses, positives weighing one half, look-alikes and controls one quarter each.",
    )
    t6_photographs: Count = Field(
        default=10,
        description="T6 is decided by at least this many positives on which it is known where the"
        " thing is, and which have room beside it.",
    )
    t6_drop: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] = Field(
        default=0.5,
        description="T6 passes when the response falls by at least this many standard deviations"
        " of the controls more than beside the thing, and chance would do so in at most 2.5 %.",
    )
    alpha: Inside = Field(
        default=0.05,
        description="The chance of any wrong “significant” among all claims of the report, by"
        " Holm's method.",
    )

    @model_validator(mode="after")
    def _in_order(self) -> Thresholds:
        if self.t1_contradicted > self.t1_low:
            raise ValueError("t1_contradicted must not be above t1_low")
        return self

    @property
    def rows(self) -> tuple[Threshold, ...]:
        """Name, value, default and one-sentence meaning of each, in order."""
        return tuple(
            Threshold(name, value, field.default, value != field.default, field.description or "")
            for name, field in type(self).model_fields.items()
            for value in (getattr(self, name),)
        )
