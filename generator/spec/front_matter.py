"""Reads the front matter of hand-written pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from generator.errors import Problem, SpecError
from generator.spec.base import Record
from generator.spec.text import Text
from generator.spec.type_errors import explain
from generator.spec.yaml_reader import parse

_EXPECTED = "what stands between the lines of --- is a list of keys with values, such as `title: …`"


class Search(Record):
    """How a page takes part in the search."""

    exclude: bool = Field(default=False, description="whether the search leaves the page out")
    boost: Annotated[float, Field(gt=0, le=100)] = Field(
        default=1.0, description="how much more than other pages it counts"
    )


class FrontMatter(Record):
    """What the head of a hand-written page may say; the theme understands more than is allowed."""

    title: str = Field(default="", max_length=300, description="the page's title")
    description: str = Field(default="", max_length=500, description="the page in one sentence")
    hide: tuple[Literal["navigation", "toc", "footer"], ...] = Field(
        default=(), description="parts of the frame that the page does without"
    )
    search: Search = Field(default=Search(), description="how the page takes part in the search")


def split(text: Text) -> int:
    """How many lines the head takes, its two lines of --- included; 0 without a head."""
    if text.lines[0].rstrip() != "---":
        return 0
    ends = (n for n, line in enumerate(text.lines[1:], 2) if line.rstrip() in ("---", "..."))
    return next(ends, 0)


def read_front_matter(text: Text, lines: int) -> tuple[FrontMatter, tuple[Problem, ...]]:
    """The head of a page, which takes ``lines`` lines, and what is wrong with it."""
    head = text.lines[: max(lines - 1, 0)]
    if not any(line.strip() and not line.lstrip().startswith("#") for line in head[1:]):
        return FrontMatter(), ()
    own = Text(text.file, "\n".join(head) + "\n", head)
    try:
        source = parse(own, Path(text.file), _EXPECTED)
    except SpecError as refusal:
        return FrontMatter(), refusal.problems
    try:
        return FrontMatter.model_validate(source.tree), source.faults
    except ValidationError as error:
        details = [(detail["loc"], detail) for detail in error.errors(include_url=False)]
    problems = (
        source.problem(
            keys, explain(detail, keys, FrontMatter), at_key=detail["type"] == "extra_forbidden"
        )
        for keys, detail in details
    )
    return FrontMatter(), (*source.faults, *problems)
