"""The keys `render:` and `layers:`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from generator.recipes.objective import Objective, Place, Term
from generator.recipes.presets import Precision, RecipeName
from generator.spec.base import FilterIndex, Identifier, LayerName, Record
from generator.spec.model import OwnModel

MOST_VARIANTS = 9


def one_or_more(value: object) -> object:
    """Read a single name as a list of one."""
    return (value,) if isinstance(value, str) else value


def _kind_of_layer(value: object) -> str:
    return "<all>" if isinstance(value, str) else "<layer>"


def _kind_of_filters(value: object) -> str:
    return "<all>" if isinstance(value, str) else "<list>"


def _kind_of_filter(value: object) -> str:
    return "<filter>" if isinstance(value, dict | FilterSpec) else "<number>"


def _kind_of_place(value: object) -> str:
    return "<centre>" if isinstance(value, str) else "<place>"


def _numbers(value: object) -> object:
    """Keys of a mapping are texts in a spec: those that are numbers are read as such."""
    if not isinstance(value, dict):
        return value
    return {int(k) if isinstance(k, str) and k.isdecimal() else k: v for k, v in value.items()}


Recipes = Annotated[
    tuple[RecipeName, ...],
    BeforeValidator(one_or_more, json_schema_input_type=RecipeName | tuple[RecipeName, ...]),
    Field(min_length=1, max_length=len(get_args(RecipeName))),
]
Side = Annotated[int, Field(ge=56, le=2048)]
Seed = Annotated[int, Field(ge=0, lt=2**31 - 10)]
Variants = Annotated[int, Field(ge=1, le=MOST_VARIANTS)]
Weight = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
At = Annotated[
    Annotated[Literal["centre"], Tag("<centre>")]
    | Annotated[tuple[FilterIndex, ...], Field(min_length=2, max_length=2), Tag("<place>")],
    Discriminator(_kind_of_place),
]


class RenderSpec(Record):
    """How pictures of filters are made."""

    recipe: Recipes = Field(
        default=("multiscale",),
        description="the optimisation's recipe, or a list of them: the first one's picture is the"
        " main one, the others' stand beside it",
    )
    size: Side = Field(default=408, description="side of the published pictures in pixels")
    seed: Seed = Field(default=0, description="seed of the starting noise")
    stability: int = Field(
        default=3,
        ge=1,
        le=10,
        description="from how many seeds small pictures are made, to see whether they agree;"
        " 1 for none; in a layer of more than 64 filters from two at most",
    )
    variants: Variants = Field(
        default=1,
        description="how many pictures of one filter that differ as much as they can: the first is"
        " the picture that there would be without the others",
    )
    precision: Precision = Field(
        default="auto",
        description="arithmetic of the optimisation: fp32, bf16 or int8, or auto for whichever the"
        " device is faster with; figures are always measured in fp32",
    )

    def but(self, *changes: Overrides) -> RenderSpec:
        """The same with what some overrides say instead, the later ones first."""
        wanted = self.model_dump()
        for each in changes:
            wanted |= {k: v for k in Overrides.model_fields if (v := getattr(each, k)) is not None}
        return RenderSpec(**wanted)


class Overrides(Record):
    """What a layer, a filter or an objective wants otherwise than the report."""

    recipe: Recipes | None = Field(default=None, description="as in `render`")
    size: Side | None = Field(default=None, description="as in `render`")
    seed: Seed | None = Field(default=None, description="as in `render`")
    variants: Variants | None = Field(default=None, description="as in `render`")
    precision: Precision | None = Field(default=None, description="as in `render`")


class FilterSpec(Overrides):
    """A filter whose pictures are made in another way than its layer's."""

    filter: FilterIndex = Field(description="the filter's number, counted from 0")


class TermSpec(Record):
    """A part of a weighted sum: one filter, over its whole map or at one place of it."""

    filter: FilterIndex = Field(description="the filter's number, counted from 0")
    weight: Weight = Field(default=1.0, description="how much it counts; below 0 it is silenced")
    at: At | None = Field(
        default=None,
        description="[row, column] of the layer's map, or centre; the whole map if left out",
    )


class ObjectiveSpec(Overrides):
    """A picture of something else than one filter: a neuron, a sum, a direction, a silence."""

    id: Identifier = Field(
        description="a short name, unique in its layer: lower-case letters, digits, - and _"
    )
    filter: FilterIndex | None = Field(default=None, description="one filter, counted from 0")
    sum: Annotated[tuple[TermSpec, ...], Field(min_length=1, max_length=100)] | None = Field(
        default=None, description="a weighted sum: [{filter: 501}, {filter: 286, weight: -0.5}]"
    )
    direction: (
        Annotated[
            dict[FilterIndex, Weight],
            BeforeValidator(_numbers, json_schema_input_type=dict[str, Weight]),
            Field(min_length=1, max_length=100_000),
        ]
        | None
    ) = Field(
        default=None,
        description="a direction in channel space, whatever its length: {501: 1.0, 286: 0.3}",
    )
    at: At | None = Field(
        default=None,
        description="[row, column] of the layer's map, or centre: a neuron instead of the mean",
    )
    negative: bool = Field(default=False, description="whether to minimise instead: what silences")

    @model_validator(mode="after")
    def _one_of_three(self) -> ObjectiveSpec:
        given = [k for k in ("filter", "sum", "direction") if getattr(self, k) is not None]
        if len(given) != 1:
            raise ValueError("write one of filter, sum and direction")
        if self.sum is not None and self.at is not None:
            raise ValueError("write `at` into the terms of the sum, where it is meant")
        if self.direction is not None and not any(self.direction.values()):
            raise ValueError("a direction needs a weight other than 0")
        return self

    @property
    def objective(self) -> Objective:
        """What is maximised."""
        sign = -1.0 if self.negative else 1.0
        if self.sum is not None:
            terms = (Term(t.filter, sign * t.weight, _place(t.at)) for t in self.sum)
            return Objective(tuple(terms))
        at = _place(self.at)
        if self.direction is not None:
            pairs = sorted(self.direction.items())
            return Objective(tuple(Term(n, sign * w, at) for n, w in pairs), direction=True)
        assert self.filter is not None  # noqa: S101 - as checked above
        return Objective((Term(self.filter, sign, at),))


def _place(at: Any) -> Place | None:
    return (at[0], at[1]) if isinstance(at, tuple) else at


Filters = Annotated[
    Annotated[Literal["all"], Tag("<all>")]
    | Annotated[
        tuple[
            Annotated[
                Annotated[FilterIndex, Tag("<number>")] | Annotated[FilterSpec, Tag("<filter>")],
                Discriminator(_kind_of_filter),
            ],
            ...,
        ],
        Field(min_length=1, max_length=10_000),
        Tag("<list>"),
    ],
    Discriminator(_kind_of_filters),
]


class LayerSpec(Record):
    """A layer of the report and what of it gets a picture."""

    layer: LayerName = Field(
        description="the layer's dotted name (features.24), or its index in `features` (24)"
    )
    title: str = Field(default="", max_length=200, description="what pages call it: conv5_1")
    filters: Filters = Field(
        default=(),
        description="numbers of filters, counted from 0; a filter with its own way of rendering as"
        " {filter: 286, recipe: fourier, variants: 4}; or all, which it is beside `all` layers",
    )
    render: Overrides = Field(
        default=Overrides(), description="how this layer's pictures are made otherwise"
    )
    objectives: tuple[ObjectiveSpec, ...] = Field(
        default=(),
        max_length=1_000,
        description="pictures of something else than one filter:"
        " {id: centre, filter: 501, at: [7, 7]}",
    )
    model: OwnModel = ""


LayersSpec = Annotated[
    tuple[
        Annotated[
            Annotated[Literal["all"], Tag("<all>")] | Annotated[LayerSpec, Tag("<layer>")],
            Discriminator(_kind_of_layer),
        ],
        ...,
    ],
    Field(min_length=1, max_length=10_000),
]


@dataclass(frozen=True, slots=True)
class ReportedLayer:
    """A layer with every filter that gets a page and how each of them is rendered.

    Attributes
    ----------
    filters, renders:
        Numbers, each once, and how each one's pictures are made.
    objectives:
        Pictures of something else, and how they are made.
    open:
        Whether it has all filters of a network that is not known yet.
    """

    layer: str
    title: str
    filters: tuple[int, ...]
    renders: tuple[RenderSpec, ...] = ()
    objectives: tuple[tuple[ObjectiveSpec, RenderSpec], ...] = ()
    open: bool = False


def reported(
    render: RenderSpec, entry: LayerSpec | None, name: str, claimed: Iterable[int]
) -> ReportedLayer:
    """A layer as listed, and the filters that only claims name, in ascending order."""
    listed = entry.filters if entry and isinstance(entry.filters, tuple) else ()
    own = render.but(entry.render) if entry else render
    wanted: dict[int, RenderSpec] = {}
    for each in listed:
        number = each.filter if isinstance(each, FilterSpec) else each
        wanted.setdefault(number, own.but(each) if isinstance(each, FilterSpec) else own)
    for number in sorted(claimed):
        wanted.setdefault(number, own)
    return ReportedLayer(
        layer=name,
        title=(entry.title if entry else "") or name,
        filters=tuple(wanted),
        renders=tuple(wanted.values()),
        objectives=tuple((o, own.but(o)) for o in (entry.objectives if entry else ())),
        open=entry is not None and entry.filters == "all",
    )
