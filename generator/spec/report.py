"""The top-level keys of report.yml."""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator
from pydantic.config import JsonDict

from generator.models.layers import Catalogue
from generator.spec.base import ClassIndex, FilterIndex, Identifier, LayerName, Record, Text
from generator.spec.gates import Gates
from generator.spec.messages import choices
from generator.spec.model import FilterAddress, ModelSpec, NamedModel, OwnModel
from generator.spec.render import (
    LayerSpec,
    LayersSpec,
    RenderSpec,
    ReportedLayer,
    one_or_more,
    reported,
)
from generator.spec.scan import ScanSpec
from generator.spec.thresholds import Thresholds

Side = Literal["before", "after"]
Pooling = Literal["mean", "max"]


def iso_date(value: object) -> object:
    """Read a date as YAML leaves it: the text 2026-01-31, and no other way of writing it."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        with suppress(ValueError):  # no such day: left as text, which is refused as no date
            return date.fromisoformat(value)
    return value


def whole_number(value: object) -> object:
    """Refuse 1.0 and true, which Python takes for 1."""
    if type(value) is not int:
        raise ValueError("expected 1")
    return value


def _one_place_or_several(schema: JsonDict) -> None:
    """Say for editors that a claim stands on a filter, or on several."""
    schema["required"] = ["id", "statement", "positives", "controls"]
    schema["anyOf"] = [{"required": ["layer", "filter"]}, {"required": ["on"]}]


def _kind_of_selection(value: object) -> str:
    return "<query>" if isinstance(value, dict | Query) else "<paths>"


Day = Annotated[date | None, BeforeValidator(iso_date)]
Address = Annotated[str, Field(pattern=r"^(https?://[^\s<>\"']+)?$")]


class Author(Record):
    """Who answers for the report."""

    name: Text = Field(description="the author's name")
    affiliation: str = Field(default="", max_length=300, description="where the author works")
    url: Address = Field(
        default="", description="a page about the author, beginning with http:// or https://"
    )


class EvidenceSpec(Record):
    """How a feature map becomes one number for each photograph."""

    pooling: Pooling = Field(default="mean", description="over the map's positions")
    unit: Side = Field(
        default="after", description="the map before or after the layer's activation function"
    )
    strata: tuple[Text, ...] = Field(
        default=(),
        max_length=20,
        description="tags that set kinds of photographs apart, such as [cutout, photo]: T1 must"
        " pass within them as well; a photograph belongs to the first of them that it has",
    )


class Query(Record):
    """Photographs of the library that carry every tag of ``tags`` and none of ``without``."""

    tags: tuple[Text, ...] = Field(
        default=(), max_length=100, description="tags that a photograph must have"
    )
    without: tuple[Text, ...] = Field(
        default=(), max_length=100, description="tags that a photograph must not have"
    )


Selection = Annotated[
    Annotated[Query, Tag("<query>")]
    | Annotated[tuple[Text, ...], Field(max_length=10_000), Tag("<paths>")],
    Discriminator(_kind_of_selection),
]


class Review(Record):
    """What a reader thinks of a claim: who, when, and why."""

    status: Literal["pending", "accepted", "rejected", "needs work"] = Field(
        default="pending", description="the reviewer's decision"
    )
    by: str = Field(default="", max_length=200, description="the reviewer's name")
    on: Day = Field(default=None, description="the day of the review, written as 2026-01-31")
    note: str = Field(default="", max_length=2_000, description="the reviewer's reasons")


class Claim(Record):
    """A sentence about one filter, with the photographs that speak for and against it."""

    model_config = ConfigDict(json_schema_extra=_one_place_or_several)

    id: Identifier = Field(
        description="a short name, unique in the report: lower-case letters, digits, - and _"
    )
    model: OwnModel = ""
    on: tuple[FilterAddress, ...] = Field(
        default=(),
        max_length=100,
        exclude_if=operator.not_,
        description="in place of layer and filter: the filters of several networks of which the"
        " same is claimed, [{model: a, layer: features.24, filter: 1}, …]",
    )
    layer: LayerName = Field(
        description="the layer's dotted name (features.24), or its index in `features` (24)"
    )
    filter: FilterIndex = Field(description="the filter's number, counted from 0")
    statement: Text = Field(description="what the filter is said to look for, in one sentence")
    positives: Selection = Field(
        description="photographs that show what the claim names: a query on the library"
        " ({tags: […], without: […]}), or a list of paths, folders and globs"
    )
    controls: Selection = Field(description="ordinary photographs, without what the claim names")
    lookalikes: Selection | None = Field(
        default=None, description="photographs that come near the claim and must not count"
    )
    discovery: Selection | None = Field(
        default=None,
        description="photographs by which the filter was chosen: they never count as evidence",
    )
    chosen: str = Field(
        default="",
        max_length=300,
        description="how the filter was chosen, if not by `discovery` photographs: “on the"
        " photographs of another data set”; where neither is written, p counts every filter of the"
        " layer",
    )
    retired: bool = Field(
        default=False,
        description="whether the claim was given up: it stays on its page and among the claims"
        " that p is corrected for",
    )
    classes: tuple[ClassIndex | Text, ...] = Field(
        default=(),
        max_length=100,
        description="the classes that the claim speaks of, by name or number, for T7; unless"
        " written, the five that the network gives its positives most often",
    )
    review: Review = Field(default=Review(), description="the state of the claim's review")

    @model_validator(mode="before")
    @classmethod
    def _somewhere(cls, value: object) -> object:
        """What stands on several networks has no layer of its own until it is written out."""
        if not isinstance(value, dict) or not value.get("on"):
            return value
        if own := [key for key in ("model", "layer", "filter") if key in value]:
            raise ValueError(f"write either `on` or {choices(own)}")
        return {**value, "layer": "on several", "filter": 0}


class Spec(Record):
    """A whole report.yml."""

    version: Annotated[Literal[1], BeforeValidator(whole_number)] = Field(
        description="the version of this format: 1"
    )
    title: Text = Field(description="the report's title")
    authors: tuple[Author, ...] = Field(default=(), description="who answers for the report")
    date: Day = Field(default=None, description="the day of publication, written as 2026-01-31")
    url: Address = Field(
        default="", description="where the report is published, beginning with https://"
    )
    doi: str = Field(
        default="",
        pattern=r"^(10\.[0-9]{4,9}/[^\s<>\"'{}\\]+)?$",
        max_length=200,
        description="the report's DOI: 10.5281/zenodo.1234567",
    )
    repository: Address = Field(
        default="",
        description="the spec's folder where readers can open its lines:"
        " https://github.com/me/report, or …/tree/main/folder",
    )
    model: ModelSpec = Field(default=ModelSpec(), description="the network and its weights")
    models: tuple[NamedModel, ...] = Field(
        default=(),
        max_length=100,
        exclude_if=operator.not_,
        description="in place of model: several networks, each with a name",
    )
    images: str = Field(
        default="",
        max_length=1_000,
        description="the library that queries select from: a CSV file or a folder, relative to"
        " the spec's folder",
    )
    pages: str = Field(
        default="",
        max_length=1_000,
        description="the folder of hand-written pages, relative to the spec's folder",
    )
    render: RenderSpec = Field(default=RenderSpec(), description="how pictures are made")
    evidence: EvidenceSpec = Field(default=EvidenceSpec(), description="how photographs are scored")
    layers: Annotated[
        LayersSpec, BeforeValidator(one_or_more, json_schema_input_type=Literal["all"] | LayersSpec)
    ] = Field(
        description="the layers and filters that get pictures; or all: every convolution of the"
        " network with all of its filters; [all, {layer: features.24, …}] has one otherwise"
    )
    claims: tuple[Claim, ...] = Field(
        default=(), max_length=5_000, description="what is said of filters"
    )
    scan: ScanSpec | None = Field(
        default=None, description="images by the million that show filters, not evidence for claims"
    )
    thresholds: Thresholds = Field(
        default=Thresholds(),
        description="where the lines between verdicts are drawn, if not where the protocol does",
    )
    gates: Gates = Field(default=Gates(), description="what must hold for a build to end with 0")

    @property
    def whole(self) -> bool:
        """Whether it has every convolution of a network that is not known yet."""
        return "all" in self.layers

    @property
    def listed_layers(self) -> tuple[LayerSpec, ...]:
        """The layers that are named; beside ``all``, one that names no filters has all of them."""
        named = (entry for entry in self.layers if isinstance(entry, LayerSpec))
        if not self.whole:
            return tuple(named)
        every = {"filters": "all"}
        return tuple(each if each.filters else each.model_copy(update=every) for each in named)

    @property
    def reported_layers(self) -> tuple[ReportedLayer, ...]:
        """Every layer and filter that gets a page: those listed, then those only claims name.

        Layers keep the order of the spec, then that of the claims; a layer's own filters come
        first as listed, then the claims' in ascending order; each once. ``title`` is never empty.
        """
        listed = {entry.layer: entry for entry in self.listed_layers}
        names = dict.fromkeys([*listed, *(claim.layer for claim in self.claims)])
        return tuple(
            reported(
                self.render,
                listed.get(name),
                name,
                (claim.filter for claim in self.claims if claim.layer == name),
            )
            for name in names
        )

    def with_all(self, catalogues: Mapping[str, Catalogue]) -> Spec:
        """The same with ``layers: all`` and every ``filters: all`` written out.

        Every network's convolutions come first, in its order, then what was named beside them. As
        far as the networks are known, which ``catalogues`` are found by their names in the report.
        """
        named = {(layer.model, layer.layer): layer for layer in self.listed_layers}
        if self.whole:
            every = {
                (model, each.name): _whole(model, each.name)
                for model, catalogue in catalogues.items()
                for each in catalogue.convolutions
            }
            named = {**every, **named}
        layers = (
            layer.model_copy(update={"filters": tuple(range(known.channels))})
            if layer.filters == "all"
            and (catalogue := catalogues.get(layer.model))
            and (known := catalogue.find(layer.layer))
            else layer
            for layer in named.values()
        )
        unknown = len(catalogues) < max(1, len(self.models))
        rest: LayersSpec = ("all",) if self.whole and unknown else ()
        return self.model_copy(update={"layers": (*rest, *layers)})


def _whole(model: str, name: str) -> LayerSpec:
    return LayerSpec(model=model, layer=name, filters="all")
