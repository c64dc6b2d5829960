"""Machine 2AFC: a picture of a filter, judged by an independent network against photographs.

Of two photographs, one that excites the filter and one that does not, which is nearer to the
picture? The share of right answers over all such pairs; 0.5 is chance. Nearness is the cosine
between an independent network's pooled features. As in Borowski et al. 2021, with a machine in the
place of people. No torch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
SKIPPED, TAKEN = 0.01, 0.04  # of the photographs, by rank: the very first are kept out of it


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Which photographs excite a filter and which do not, as indices.

    ``first`` are the most exciting ones, which ask nothing: they show how good an answer can be.
    """

    first: npt.NDArray[np.intp]
    exciting: npt.NDArray[np.intp]
    other: npt.NDArray[np.intp]


def question(responses: Floats) -> Question:
    """From the filter's response to each photograph, (photographs,).

    Exciting are the ranks from the first to the fourth hundredth (of a thousand photographs, ranks
    10 to 39); the others are the lower half.

    Raises
    ------
    ValueError
        If there are too few photographs to have any rank in between: fewer than 34.
    """
    order = np.argsort(-responses, kind="stable")
    skipped, taken = math.ceil(SKIPPED * len(order)), round(TAKEN * len(order))
    if taken <= skipped:
        raise ValueError(f"{len(order)} photographs are too few to ask with")
    return Question(order[:skipped], order[skipped:taken], order[len(order) // 2 :])


def agreement(picture: Floats, photographs: Floats, asked: Question) -> float:
    """The share of right answers.

    Parameters
    ----------
    picture:
        Its features, (features,).
    photographs:
        All photographs' features, (photographs, features).
    """
    nearness = _unit(photographs) @ _unit(picture)
    yes, no = nearness[asked.exciting][:, None], nearness[asked.other][None, :]
    return float(np.mean((yes > no) + 0.5 * (yes == no)))


def of_photographs(photographs: Floats, asked: Question) -> float:
    """What the most exciting photographs themselves get in the picture's place: their mean."""
    return float(np.mean([agreement(photographs[k], photographs, asked) for k in asked.first]))


def _unit(features: Floats) -> Floats:
    lengths = np.linalg.norm(features, axis=-1, keepdims=True)
    return np.asarray(features / np.where(lengths > 0, lengths, 1))
