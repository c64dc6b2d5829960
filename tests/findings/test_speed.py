"""The evidence is quick: a claim on a layer of 512 filters and 500 photographs, all resampling."""

from benchmarks.evidence import CLAIMS, TARGET, seconds


def test_claims_take_their_share_of_the_target_at_most():
    assert seconds(2) <= 2 * (2 * TARGET / CLAIMS)
