"""The verdicts, and the gates that a report may set."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from generator.spec.base import Record

VerdictCode = Literal[
    "invalid",
    "underpowered",
    "contradicted",
    "another_filter",
    "too_narrow",
    "shared",
    "mixed",
    "weak",
    "not_significant",
    "supported",
    "supported_localised",
]


SUPPORTED: tuple[VerdictCode, ...] = ("supported", "supported_localised")


class Gates(Record):
    """What must hold for a build to end with 0."""

    min_supported: int = Field(
        default=0, ge=0, description="how many claims must be supported at least"
    )
    allow: tuple[VerdictCode, ...] | None = Field(
        default=None, description="the only verdicts beside `supported` that may occur"
    )
    none_contradicted: bool = Field(
        default=False, description="whether a contradicted claim fails the build"
    )
    require: dict[str, Annotated[tuple[VerdictCode, ...], Field(min_length=1)]] = Field(
        default={},
        description="the verdicts that a claim may have, by its id: {arches: [supported]}",
    )
