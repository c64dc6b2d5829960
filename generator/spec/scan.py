"""The key `scan:`."""

from __future__ import annotations

from pydantic import Field

from generator.spec.base import Record, Text


class ScanSpec(Record):
    """Images by the million, seen once: they show every filter through its whole range."""

    images: Text = Field(
        description="a folder, CSV, WebDataset .tar, .parquet, or a Hugging Face dataset on disk;"
        " also a glob, braces ({0000..0146}), or an address such as s3://…"
    )
    top: int = Field(
        default=9, ge=1, le=25, description="how many of a filter's strongest images are kept"
    )
    source: str = Field(
        default="", max_length=300, description="where images come from that do not say it"
    )
    licence: str = Field(
        default="", max_length=300, description="the licence of images that do not say it"
    )
