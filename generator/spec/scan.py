"""The key `scan:`."""

from __future__ import annotations

import operator

from pydantic import Field

from generator.spec.base import Record, Text


class ScanSpec(Record):
    """Images by the million, seen once: they show every filter through its whole range."""

    images: Text = Field(
        description="a folder, CSV, WebDataset .tar, .parquet, or a Hugging Face dataset on disk;"
        " also a glob, braces ({0000..0146}), or an address such as s3://…"
    )
    column: str = Field(
        default="",
        max_length=200,
        exclude_if=operator.not_,
        description="where a table has several columns of images, or each sample of a tar several"
        " images: the name of the column, or the ending of the file (seg.png), that is shown",
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
