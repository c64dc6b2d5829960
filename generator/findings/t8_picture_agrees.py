"""T8: whether the rendered picture excites the filter. Reported; decides nothing.

A picture made to excite a filter excites it: that says nothing about the claim. What can be asked
is whether it does so by the same measure as photographs do, far outside of what ordinary ones
reach, and this filter before the others of its layer. A picture that does not is a reason to
doubt the picture; one that does is no evidence for the claim (Geirhos et al. 2024, ICML).
"""

from __future__ import annotations

from generator.artifacts.artifact import Floats, Rendering
from generator.findings.test_records import PictureAgreement
from generator.findings.trust import mean_activations, stands_out


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
