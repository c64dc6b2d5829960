"""Pydantic's errors in plain words."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import UnionType
from typing import Any, TypeGuard, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from generator.spec.messages import choices, found, meant, quoted
from generator.spec.model import LARGEST_COLOURS
from generator.spec.positions import Keys
from generator.spec.report import Query, Spec

Model = type[BaseModel]
_KINDS = {  # pydantic's types of error that say which kind of value is wanted
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "date_type": "a date such as 2026-01-31",
    "tuple_type": "a list such as [a, b]",
}
_BOUNDS = {
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
    "greater_than": "more than {gt}",
    "less_than": "less than {lt}",
}
_PATTERNS = {  # field → what its pattern asks for
    "id": "lower-case letters, digits, - and _ (at most 64)",
    "url": "an address that begins with http:// or https://",
    "repository": "an address that begins with http:// or https://",
    "doi": "a DOI such as 10.5281/zenodo.1234567",
    "sha256": "64 digits of 0-9 and a-f",
}


def explain(error: ErrorDetails, keys: Keys, root: Model = Spec) -> str:
    """Say what is wrong at ``keys``, which lead through the models below ``root``."""
    kind, value = error["type"], error["input"]
    if kind in _KINDS:
        return _wrong_kind(kind, value, keys, root)
    if kind in _BOUNDS:
        return f"must be {_BOUNDS[kind].format(**error['ctx'])}, found {value}"
    say = _SENTENCES.get(kind)
    return say(error, keys, root) if say else f"{error['msg']}, found {found(value)}"


def model_at(keys: Keys, root: Model = Spec) -> Model | None:
    """Give the model of the mapping that stands at that place."""
    model: Model | None = root
    for key in keys:
        if isinstance(key, str):
            field = model.model_fields.get(key) if model else None
            model = _model_in(field.annotation) if field else None
    return model


def field_at(keys: Keys, root: Model = Spec) -> FieldInfo | None:
    """Give the field that the value at that place belongs to."""
    for index in reversed(range(len(keys))):  # upwards: a key of the user's own has no field
        model = model_at(keys[:index], root)
        field = model.model_fields.get(str(keys[index])) if model else None
        if field:
            return field
    return None


def _model_in(annotation: Any) -> Model | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    models = (_model_in(part) for part in get_args(annotation))
    return next((model for model in models if model), None)


def _allowed(keys: Keys, root: Model) -> list[str]:
    model = model_at(keys, root)
    return list(model.model_fields) if model else []


def _literals(keys: Keys, root: Model) -> list[str]:
    field = field_at(keys, root)
    return _leaves(field.annotation) if field else []


def _leaves(annotation: Any) -> list[str]:
    if not get_args(annotation):
        return [str(annotation)] if isinstance(annotation, str | int) else []
    return [leaf for part in get_args(annotation) for leaf in _leaves(part)]


def _purpose(keys: Keys, root: Model) -> str:
    field = field_at(keys, root)
    return f": {field.description}" if field and field.description else ""


def _unknown_key(error: ErrorDetails, keys: Keys, root: Model) -> str:
    allowed = _allowed(keys[:-1], root)
    near = meant(str(keys[-1]), allowed) or "."
    return f"unknown key {quoted(str(keys[-1]))}{near} Allowed here: {', '.join(allowed)}"


def _no_mapping(error: ErrorDetails, keys: Keys, root: Model) -> str:
    allowed = ", ".join(_allowed(keys, root))
    return f"expected a mapping with the keys {allowed}, found {found(error['input'])}"


def _none_of(error: ErrorDetails, keys: Keys, root: Model) -> str:
    value, allowed = error["input"], _literals(keys, root)
    if keys[0] == "layers" and len(keys) <= 2:
        near = meant(value, allowed)
        example = "a layer such as {layer: features.24, filters: [456]}"
        return f"expected all or {example}, found {found(value)}{near}"
    near = meant(value, allowed) if isinstance(value, str) else ""
    return f"expected {choices(allowed)}, found {found(value)}{near}"


def _mismatch(error: ErrorDetails, keys: Keys, _: Model) -> str:
    value = str(error["input"])
    text = f"expected {_PATTERNS.get(str(keys[-1]), 'another form')}, found {quoted(value)}"
    name = re.sub(r"[^a-z0-9]+", "-", value.casefold()).strip("-")[:64]
    return f"{text}; {quoted(name)} would do" if keys[-1] == "id" and name else text


def _wrong_kind(kind: str, value: object, keys: Keys, root: Model) -> str:
    wanted = _KINDS[kind]
    if kind == "tuple_type" and model_at(keys, root) is Query:
        wanted = "a query such as {tags: [bird]} or a list of paths"
    text = f"expected {wanted}, found {found(value)}"
    if kind == "tuple_type" and isinstance(value, str | int | float):
        entry = f"{value / 255:.4g}" if _is_of_255(value, keys) else str(value)[:40]
        entries = ", ".join([entry] * (_fixed_length(field_at(keys, root)) or 1))
        return f"{text}: write [{entries}]"
    if kind == "string_type" and isinstance(value, int | float):
        return f"{text}: put it in quotes if it is meant as text"
    return text


def _is_of_255(value: object, keys: Keys) -> TypeGuard[float]:
    """Whether it is a colour's mean or deviation on the scale of 0 to 255, where 0 to 1 counts."""
    most = LARGEST_COLOURS.get(str(keys[-1])) if keys else None
    return most is not None and isinstance(value, int | float) and value > most


def _fixed_length(field: FieldInfo | None) -> int:
    """How many entries a list must have; 0 if that is open."""
    for part in _parts(field.annotation) if field else ():
        if get_origin(part) is tuple and Ellipsis not in get_args(part):
            return len(get_args(part))
    return 0


def _parts(annotation: Any) -> tuple[Any, ...]:
    """The alternatives of an annotation."""
    return get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)


def _missing(keys: Keys, root: Model) -> str:
    if keys and isinstance(keys[-1], int):  # an entry of a list of so many
        wanted = _fixed_length(field_at(keys, root))
        return f"entry {keys[-1] + 1} of {wanted} is missing{_purpose(keys, root)}"
    return f"is missing{_purpose(keys, root)}"


def _too_few(error: ErrorDetails) -> str:
    least: int = error["ctx"]["min_length"]
    return "must not be empty" if least == 1 else f"needs {least} entries"


_SENTENCES: dict[str, Callable[[ErrorDetails, Keys, Model], str]] = {
    "extra_forbidden": _unknown_key,
    "literal_error": _none_of,
    "missing": lambda error, keys, root: _missing(keys, root),
    "model_attributes_type": _no_mapping,
    "model_type": _no_mapping,
    "string_pattern_mismatch": _mismatch,
    "string_too_short": lambda error, keys, root: f"must not be empty{_purpose(keys, root)}",
    "too_short": lambda error, keys, root: f"{_too_few(error)}{_purpose(keys, root)}",
    "too_long": lambda error, keys, root: f"has more than {error['ctx']['max_length']} entries",
    "string_too_long": lambda error, keys, root: (
        f"is {len(error['input'])} characters long, {error['ctx']['max_length']} are allowed"
    ),
    "value_error": lambda error, keys, root: (
        f"{error['ctx']['error']}, found {found(error['input'])}"
    ),
}
