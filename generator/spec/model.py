"""The keys `model:` and `models:`."""

from __future__ import annotations

import operator
from typing import Annotated, Literal

from pydantic import Field, PositiveFloat, ValidationInfo, field_validator, model_validator

from generator.spec.base import FilterIndex, LayerName, Record, Text

ORIGINAL_WEIGHTS = "IMAGENET1K_FEATURES"  # of vgg16 alone
WEIGHTS_FILES = (  # .bin as the Hugging Face Hub has them, .tar as in model.pth.tar
    *(".safetensors", ".pth", ".pt", ".bin", ".ckpt", ".tar", ".pkl", ".pickle", ".th", ".model"),
)
Interpolation = Literal["nearest", "bilinear", "bicubic", "lanczos"]
Colours = tuple[float, float, float]
LARGEST_COLOURS = {"mean": 1.5, "std": 10.0}  # of any network that is shown colours of 0 to 1
ModelName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
OwnModel = Annotated[
    str,
    Field(
        pattern=r"^([a-z0-9][a-z0-9_-]{0,31})?$",
        exclude_if=operator.not_,
        description="which of several networks is meant, by its name in `models`",
    ),
]


def is_file(weights: str) -> bool:
    """Whether weights are named by a file of the user's own, and not by torchvision's name."""
    return weights.casefold().endswith(WEIGHTS_FILES)


def is_function(architecture: str) -> bool:
    """Whether it is the user's own ``package.module:function``, and not a name of a library's."""
    return ":" in architecture and not architecture.startswith("timm/")


class PreprocessingSpec(Record):
    """How photographs are shown to the network, where its own configuration does not say it."""

    resize: int | None = Field(
        default=None, ge=8, le=4096, description="the shorter side of a photograph, in pixels"
    )
    crop: int | None = Field(
        default=None, ge=8, le=4096, description="the side of the middle square that is kept"
    )
    mean: tuple[float, float, float] | None = Field(
        default=None, description="subtracted from red, green and blue in [0, 1]"
    )
    std: tuple[PositiveFloat, PositiveFloat, PositiveFloat] | None = Field(
        default=None, description="by which red, green and blue are then divided"
    )
    interpolation: Interpolation | None = Field(
        default=None, description="how photographs are resized"
    )

    @field_validator("mean", "std")
    @classmethod
    def _of_colours(cls, values: Colours | None, info: ValidationInfo) -> Colours | None:
        """Values for colours of 0 to 255 would make of every photograph a black one."""
        most = LARGEST_COLOURS[info.field_name or "mean"]
        if values is not None and max(values) > most:
            shares = ", ".join(f"{value / 255:.4g}" for value in values)
            raise ValueError(f"colours are 0 to 1 here, not 0 to 255: write [{shares}]")
        return values


class ModelSpec(Record):
    """Which network, with which weights: a name of a library's or a file of the user's own."""

    architecture: Text = Field(
        default="vgg16",
        description="torchvision's name of the network, timm/NAME (timm/hf-hub:OWNER/NAME), or"
        " package.module:function",
    )
    weights: Text = Field(
        default=ORIGINAL_WEIGHTS,
        description="torchvision's name of the weights, or the path of a file of your own"
        " (.safetensors, .pth, .pt, .bin, .ckpt, .pth.tar); unless written, IMAGENET1K_FEATURES for"
        " vgg16 and DEFAULT for every other network",
    )
    preprocessing: PreprocessingSpec = Field(
        default=PreprocessingSpec(),
        description="where the network's own configuration does not say it, or says it wrongly",
    )
    state: str = Field(
        default="",
        max_length=200,
        exclude_if=operator.not_,
        description="which of several states of a weights file is meant, where more than one fits:"
        " its name in the file, as ema, or state_dict_ema",
    )
    sha256: str = Field(
        default="",
        pattern=r"^([0-9a-f]{64})?$",
        description="SHA-256 of the weights file: 64 digits of 0-9 and a-f",
    )

    @model_validator(mode="before")
    @classmethod
    def _default_weights(cls, value: object) -> object:
        if not isinstance(value, dict) or "weights" in value:
            return value
        plain = value.get("architecture", "vgg16") == "vgg16"
        return {**value, "weights": ORIGINAL_WEIGHTS if plain else "DEFAULT"}


class NamedModel(ModelSpec):
    """One of several networks of a report; layers and claims say which they mean by its name."""

    name: ModelName = Field(
        description="what the report calls it: lower-case letters, digits, - and _ (at most 32)"
    )


class FilterAddress(Record):
    """A filter of one of the report's networks."""

    model: ModelName = Field(description="the network, by its name in `models`")
    layer: LayerName = Field(description="the layer's dotted name, or its index in `features`")
    filter: FilterIndex = Field(description="the filter's number, counted from 0")
