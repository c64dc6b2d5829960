"""The classes of a network's classifier."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor

from generator.lab.layers.discover import catalogue
from generator.lab.layers.trial import trial_of


def class_names(
    architecture: str, known: tuple[str, ...], *, code: Path | None = None
) -> tuple[str, ...]:
    """A name for each output: those that are known, if there are as many, or numbers.

    Empty where the network's output is not (batch, classes): features are none (timm's DINOv2).
    """
    layers = catalogue(architecture, code=code)
    trial = trial_of(architecture, code=code)
    if getattr(trial.network, "num_classes", None) == 0:
        return ()
    outputs = trial.output(max(224, layers.least) if layers.most is None else layers.most)
    if not isinstance(outputs, Tensor) or outputs.ndim != 2:
        return ()
    count = outputs.shape[1]
    return known if len(known) == count else tuple(map(str, range(count)))
