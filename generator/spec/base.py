"""The base class of spec records, and shared types."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Text = Annotated[str, Field(min_length=1, max_length=2_000)]
Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
FilterIndex = Annotated[int, Field(ge=0)]
ClassIndex = Annotated[int, Field(ge=0)]


def layer_name(value: object) -> object:
    """Turn the article's way of counting (an index into ``features``) into a dotted name."""
    is_index = isinstance(value, int) and not isinstance(value, bool)
    return f"features.{value}" if is_index else value


LayerName = Annotated[
    str,
    BeforeValidator(layer_name, json_schema_input_type=FilterIndex | Text),
    Field(min_length=1, max_length=200),
]


class Record(BaseModel):
    """A frozen part of a spec; unknown keys are errors, and types are not guessed."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
