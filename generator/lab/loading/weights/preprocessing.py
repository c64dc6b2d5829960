"""The preprocessing of weights, with the spec's changes."""

from __future__ import annotations

from dataclasses import replace

from generator.errors import WeightsError
from generator.lab.loading.weights.weights import Weights
from generator.models.card import Preprocessing
from generator.spec.model import PreprocessingSpec

IMAGENET = Preprocessing(256, 224, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


def amended(weights: Weights, written: PreprocessingSpec) -> Weights:
    """The weights with the spec's own keys in place; a crop alone keeps its share of the image.

    Raises
    ------
    WeightsError
        If the square would be larger than the image it is cut from.
    """
    own = {key: value for key, value in written.model_dump().items() if value is not None}
    if not own:
        return weights
    before = weights.preprocessing
    if "crop" in own and "resize" not in own:
        own["resize"] = max(own["crop"], round(own["crop"] * before.resize / before.crop))
    after = replace(before, **own)
    if after.crop > after.resize:
        raise WeightsError(
            f"a square of {after.crop} pixels cannot be cut from an image of {after.resize}",
            "correct resize and crop in model.preprocessing",
        )
    note = f"of its preprocessing the report says: {', '.join(sorted(own))}"
    return replace(weights, preprocessing=after, notes=(*weights.notes, note))
