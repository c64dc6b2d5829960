"""Which image it was: content digest and position."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class ImageId:
    """An image of a source; ``position`` is its place in the shard, spoiled ones counted."""

    name: str
    shard: str
    position: int
    sha256: str  # of the encoded bytes
    subject: str = ""
    source: str = ""
    licence: str = ""


def identity(sha256: str) -> int:
    """The first 64 bits of the digest: enough to tell millions of images apart.

    Digests are spread evenly, so that the images with the smallest ones are a random sample.
    """
    return int(sha256[:16], 16)
