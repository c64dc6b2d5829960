"""T8: whether the rendered picture excites the filter. Reported; decides nothing.

A picture made to excite a filter excites it: that says nothing about the claim. What can be asked
is whether it does so by the same measure as photographs do, far outside of what ordinary ones
reach, and this filter before the others of its layer. A picture that does not is a reason to
doubt the picture; one that does is no evidence for the claim (Geirhos et al. 2024, ICML).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from generator.artifacts.artifact import Floats, Rendering
from generator.findings.claim_tests.base import ClaimTest, Sample, TestRow
from generator.findings.number_text import fixed
from generator.findings.thresholds import Thresholds
from generator.findings.trust import mean_activations, stands_out


@dataclass(frozen=True, slots=True)
class PictureAgreement:
    """T8: the rendered picture on the scale of the controls, before the activation function.

    ``rank`` is the tested filter's place among all ``of`` filters of the layer by z on the picture
    (1 is the best); ``control`` is the z of the control that excites the filter most.
    """

    z: float
    rank: int
    of: int
    control: float


def picture_agrees(picture: Rendering, controls: Floats) -> PictureAgreement | None:
    """Standardise the picture's responses on the controls and rank the filter among all.

    Parameters
    ----------
    controls:
        Mean before the activation function, shape (controls, channels).

    Returns
    -------
    Agreement or None
        None where it cannot be said: fewer than two controls with numbers, a picture that was kept
        without its responses, or a filter that responds to all controls alike.
    """
    scale = mean_activations(controls)
    if scale is None or len(picture.response) != len(scale.mean):
        return None
    own, rank = picture.filter, scale.rank(picture.response, picture.filter)
    if rank is None:
        return None
    z, control = (float(scale.z(each)[own]) for each in (picture.response, scale.largest))
    return PictureAgreement(z, rank, len(scale.mean), control)


def agrees(t8: PictureAgreement) -> bool:
    """No control excites the filter as much, and few other filters stand out more."""
    return t8.z > t8.control and stands_out(t8.rank, t8.of)


class PictureAgrees(ClaimTest[PictureAgreement]):
    """The response to the rendered picture."""

    name = "T8"
    heading = "does the rendered picture excite it?"
    question = "Does the rendered picture excite the filter as no control does?"
    explanation = (
        "The picture’s response on the scale of the claim’s controls (<em>z</em>, means before the "
        "activation function), and the rank of the filter by it among all filters of its layer. "
        "“Excites it” means that it does so more than every control, and that the filter is the "
        "first of its layer on it, or among the first hundredth. It says something about the "
        "picture and nothing about the claim: a picture is made to excite the filter, whatever is "
        "said of it (Geirhos et al. 2024). No verdict depends on it."
    )
    record = PictureAgreement

    def measure(self, sample: Sample) -> PictureAgreement | None:
        """Where the picture stands among the controls; None without a picture."""
        if sample.made.picture is None:
            return None
        rows = sample.table.rows(sample.evidence.controls)
        return picture_agrees(sample.made.picture, sample.table.before[rows])

    def row(self, result: PictureAgreement | None, lines: Thresholds) -> TestRow:
        """Whether the picture excites the filter; a mark would speak for the claim."""
        if result is None:
            return TestRow()
        return TestRow(
            statistic=f"z = {fixed(result.z, 1)}, rank {result.rank} of {result.of}",
            limit=f"z above every control ({fixed(result.control, 1)}), first 1\u00a0%",
            outcome="excites it" if agrees(result) else "does not excite it",
        )

    def json(self, result: PictureAgreement, lines: Thresholds) -> dict[str, Any]:
        """With whether it agrees."""
        return {**asdict(result), "agrees": agrees(result)}


T8 = PictureAgrees()
