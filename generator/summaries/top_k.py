"""The strongest distinct images of every unit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generator.summaries.summary import Floats, Ids

Patterns = npt.NDArray[np.uint32]

_HALF, _SIGN = np.uint64(32), np.uint32(2**31)


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Images of every unit, each array (images, units): response and identity."""

    values: Floats
    ids: Ids

    def strongest(self, top: int) -> Ranking:
        """The ``top`` strongest of each unit, each image once; equals in the order of identity.

        Of an image that comes twice, the stronger response counts.
        """
        by_image = np.lexsort((-self.values, self.ids), axis=0)
        ranked = self._taken(by_image)
        values = ranked.values.copy()
        values[1:][ranked.ids[1:] == ranked.ids[:-1]] = -np.inf
        by_value = np.lexsort((ranked.ids, -values), axis=0)[:top]
        return Ranking(values, ranked.ids)._taken(by_value)._blanked()

    def joined(self, other: Ranking) -> Ranking:
        """Both, one above the other."""
        return Ranking(
            np.concatenate((self.values, other.values)), np.concatenate((self.ids, other.ids))
        )

    def of(self, units: npt.NDArray[np.bool_]) -> Ranking:
        """Some units of it."""
        return Ranking(self.values[:, units], self.ids[:, units])

    def replaced(self, units: npt.NDArray[np.bool_], others: Ranking) -> Ranking:
        """The same with some units' images taken from ``others``, which has those units only."""
        values, ids = self.values.copy(), self.ids.copy()
        values[:, units], ids[:, units] = others.values, others.ids
        return Ranking(values, ids)

    def _taken(self, order: npt.NDArray[np.intp]) -> Ranking:
        return Ranking(
            np.take_along_axis(self.values, order, axis=0),
            np.take_along_axis(self.ids, order, axis=0),
        )

    def _blanked(self) -> Ranking:
        """Where there is no image, the same blank everywhere."""
        return Ranking(self.values, np.where(np.isneginf(self.values), np.uint64(0), self.ids))


def top_order(values: Floats, ids: Ids, top: int) -> Ranking:
    """Of a chunk, (images, units) and (images,), all that can be among a unit's ``top`` strongest.

    Sorted as whole numbers that hold the response above and the image below: a twentieth of the
    time that sorting by two keys takes. Values are finite, and none is −0.
    """
    known, image = np.unique(ids, return_inverse=True)
    patterns = _mirrored(np.ascontiguousarray(values.T).view(np.uint32))
    keys = patterns.astype(np.uint64) << _HALF | image.astype(np.uint64)
    kept = np.sort(keys, axis=1)[:, : top + len(ids) - len(known)].T
    found = _mirrored((kept >> _HALF).astype(np.uint32)).view(np.float32)
    return Ranking(found, known[kept.astype(np.uint32)])


def _mirrored(patterns: Patterns) -> Patterns:
    """Floats' bits as whole numbers that fall where the floats rise; and the other way round."""
    return np.where(patterns & _SIGN, patterns, patterns ^ ~_SIGN)
